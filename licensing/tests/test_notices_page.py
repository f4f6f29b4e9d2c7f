"""What a licensee was told, on the page of the order, and the buttons that say it is done."""

import pytest
from django.utils import timezone

from licensing.models import Licence, Notice
from licensing.tests.build import make_card, make_licence, make_notice, make_story, make_terms, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def said(answer) -> str:
    return answer.content.decode()


def button(page: str, words: str) -> bool:
    return f"{words}</button>" in page


def corrected(licence: Licence) -> Notice:
    """Correct the licensed story, and tell the licensee."""
    story = licence.article
    story.headline = "The shepherd’s two rain gauges"
    story.correct("There are two gauges.")
    return make_notice(licence, "CORRECTED", revision=story.revisions.last())


@pytest.mark.parametrize(
    ("kind", "told", "done"),
    [
        ("CORRECTED", "Please change your copy within two working days; the corrected files are free.", "Our copy is corrected"),
        ("WITHDRAWN", "Please take your copy down within two working days; if you printed it, say so in your next issue.", "Our copy is taken down"),
        ("ENDED", "The term has ended. Please take the story down. What you have printed may stay.", "Our copy is taken down"),
    ],
)
def test_what_a_licensee_was_told_stands_on_the_page_with_a_button_that_says_it_is_done(client, kind, told, done):
    licence = make_licence()
    notice = corrected(licence) if kind == "CORRECTED" else make_notice(licence, kind)
    before = said(client.get(licence.order.get_absolute_url()))

    address = f"{licence.order.get_absolute_url()}licences/{licence.reference}/seen/{notice.pk}/"
    answer = submit(client, address)
    after = said(client.get(licence.order.get_absolute_url()))

    assert (answer.status_code, answer["Location"], f'action="{address}"' in before) == (302, licence.order.get_absolute_url(), True)
    assert [[told in page, button(page, done)] for page in (before, after)] == [[True, True], [True, False]]
    assert f"You told us on {timezone.localdate():%-d %B %Y} that it is done." in after


def test_story_that_is_back_in_print_is_seen_and_not_done(client):
    licence = make_licence()
    notice = make_notice(licence, "CORRECTED", revision=licence.revision)
    before = said(client.get(licence.order.get_absolute_url()))

    notice.acknowledge()
    after = said(client.get(licence.order.get_absolute_url()))

    assert ["This story is back in print since" in before, button(before, "We have seen this")] == [True, True]
    assert [f"You told us on {timezone.localdate():%-d %B %Y} that you have seen this." in after, button(after, "We have seen this")] == [True, False]


def test_first_time_that_something_was_seen_counts_and_looking_is_not_seeing(client):
    licence = make_licence()
    notice = make_notice(licence, "WITHDRAWN")
    address = f"{licence.order.get_absolute_url()}licences/{licence.reference}/seen/{notice.pk}/"

    looks = [client.get(address).status_code, client.head(address).status_code, client.post(address).status_code]
    unseen = Notice.objects.get().acknowledged_at
    submit(client, address)
    first = Notice.objects.get().acknowledged_at
    submit(client, address)

    assert (looks, unseen, first is not None, Notice.objects.get().acknowledged_at == first) == ([405, 405, 403], None, True, True)


def test_notice_of_another_licence_is_not_found(client):
    licence, other = make_licence(), make_licence(make_story(headline="Another"))
    notice = make_notice(other, "WITHDRAWN")

    mine, theirs = (f"{each.order.get_absolute_url()}licences/" for each in (licence, other))
    wrong = [f"{mine}{licence.reference}/seen/{notice.pk}/", f"{mine}{other.reference}/seen/{notice.pk}/", f"{mine}{licence.reference}/seen/0/"]
    wrong += [f"{theirs}{licence.reference}/seen/{notice.pk}/", f"/orders/{'x' * 43}/licences/{other.reference}/seen/{notice.pk}/"]

    assert [submit(client, address).status_code for address in wrong] == [404] * 5
    assert Notice.objects.get().acknowledged_at is None


def test_what_does_not_hold_any_more_and_reminders_are_not_on_the_page(client):
    licence = make_licence()
    make_notice(licence, "WITHDRAWN", is_superseded=True)
    make_notice(licence, "ENDING", days=30)

    page = said(client.get(licence.order.get_absolute_url()))

    assert ("We withdrew this story" in page, 'class="notice"' in page) == (False, False)
