"""What licensees are told after they have their licence: once each time, and only those whose licence stands."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from licensing.models import LicenceOrder, LicenceTerms, Notice, RateCard, Shown
from licensing.tests.build import change_licences, days_ago, make_card, make_licence, make_order, make_story, make_terms, pay
from licensing.tests.letters import letters
from licensing.tests.verbs import two_stories
from mail.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


@pytest.fixture
def story():
    return make_story()


@pytest.fixture
def licence(story):
    """A licence whose licensee has had no mail yet."""
    licence = make_licence(story)
    Message.objects.all().delete()
    return licence


def told() -> list[str]:
    """Return the subjects of all mails, each up to the licence's reference."""
    return [message.subject.rpartition(" ")[0] for message in Message.objects.order_by("pk")]


def notices(licence) -> list[tuple]:
    return [(notice.kind, notice.revision and notice.revision.number, notice.days, notice.is_superseded) for notice in licence.notices.all()]


def tell_of_changes() -> int:
    """Look twice: what was told is not told again."""
    first = Notice.objects.tell_of_changes()
    assert Notice.objects.tell_of_changes() == 0
    return first


def tell_of_ends(day) -> int:
    first = Notice.objects.tell_of_ends(day)
    assert Notice.objects.tell_of_ends(day) == 0
    return first


def packed() -> list[dict]:
    return list(ProcrastinateJob.objects.filter(task_name="licensing.tasks.pack").order_by("pk").values_list("args", flat=True))


# --- Changes


def test_correction_is_told_once_and_packed_anew(story, licence):
    before = len(packed())
    story.correct("The gauge holds five litres.")

    assert (tell_of_changes(), told()) == (1, ["Corrected: the story of licence"])
    assert (notices(licence), licence.corrected_revision) == ([("CORRECTED", 2, None, False)], story.revisions.last())
    assert packed()[before:] == [{"licence": licence.pk}]


def test_two_corrections_at_once_are_told_once_as_things_stand(story, licence):
    story.correct("The gauge holds five litres.")
    story.correct("It holds six.")

    assert (tell_of_changes(), told()) == (1, ["Corrected: the story of licence"])
    assert (notices(licence), licence.corrected_revision.number) == ([("CORRECTED", 2, None, True), ("CORRECTED", 3, None, False)], 3)


def test_next_correction_takes_the_place_of_one_that_nobody_acknowledged(story, licence):
    story.correct("The gauge holds five litres.")
    tell_of_changes()
    story.correct("It holds six.")

    assert (tell_of_changes(), len(told())) == (1, 2)
    assert notices(licence) == [("CORRECTED", 2, None, True), ("CORRECTED", 3, None, False)]


def test_withdrawal_is_told_once_and_leaves_nothing_to_deliver_anew(story, licence):
    story.correct("The gauge holds five litres.")
    tell_of_changes()
    before = len(packed())
    story.withdraw("There is no gauge.")

    assert (tell_of_changes(), told()[1:]) == (1, ["Please take down the story of licence"])
    assert (notices(licence)[1:], licence.corrected_revision, len(packed())) == ([("WITHDRAWN", 3, None, False)], None, before)


def test_correction_and_withdrawal_at_once_are_told_as_a_withdrawal(story, licence):
    story.correct("The gauge holds five litres.")
    story.withdraw("There is no gauge.")

    assert (tell_of_changes(), told()) == (1, ["Please take down the story of licence"])
    assert notices(licence) == [("WITHDRAWN", 3, None, False)]


def test_correction_that_nobody_could_read_is_told_when_the_story_is_in_print_again(story, licence):
    story.correct("The gauge holds five litres.")
    story.withdraw("There is no gauge.")
    tell_of_changes()
    story.publish(at=timezone.now() + timedelta(days=1))
    waiting = tell_of_changes()
    story.publish(at=timezone.now())

    assert (waiting, tell_of_changes(), told()[1:]) == (0, 1, ["In print again: the story of licence"])
    assert licence.corrected_revision.number == story.revisions.last().number


def test_story_that_is_in_print_again_is_told_and_packed_as_it_is_now(story, licence):
    story.withdraw("There is no gauge.")
    tell_of_changes()
    before = len(packed())
    story.publish()

    assert (tell_of_changes(), told()[1:]) == (1, ["In print again: the story of licence"])
    assert (licence.corrected_revision, packed()[before:]) == (story.revisions.last(), [{"licence": licence.pk}])


def test_what_was_changed_before_the_licence_is_not_told(story):
    story.correct("The gauge holds five litres.")
    make_licence(story)

    assert tell_of_changes() == 0


def test_change_of_terms_or_address_is_not_told(story, licence):
    story.move(slug="another-address")

    assert (story.revisions.last().event, tell_of_changes()) == ("CHANGED", 0)


def test_every_licensee_of_the_story_is_told_and_no_other(story, licence):
    second, other = make_licence(story, email="joost@farming.example"), make_licence(make_story(headline="Snow in May"))
    Message.objects.all().delete()
    story.correct("The gauge holds five litres.")

    assert (tell_of_changes(), sorted(Message.objects.values_list("to", flat=True))) == (2, ["joost@farming.example", "maud@hill-farming.example"])
    assert [len(notices(each)) for each in (licence, second, other)] == [1, 1, 0]


@pytest.mark.parametrize("end", ["revoked", "ended", "cancelled"])
def test_whose_licence_does_not_stand_any_more_is_not_told(story, licence, end):
    if end == "revoked":
        licence.revoke("It was printed with another byline.")
    elif end == "cancelled":
        licence.order.cancel_stories(licence.order.live, "There was no room for it.")
    else:
        change_licences(starts_on=days_ago(9), ends_on=days_ago(1))
    story.correct("The gauge holds five litres.")

    assert (tell_of_changes(), notices(licence)) == (0, [])


def test_licence_that_is_still_to_begin_is_told(story, licence):
    change_licences(starts_on=days_ago(-5), ends_on=days_ago(-9))
    story.correct("The gauge holds five litres.")

    assert tell_of_changes() == 1


def test_licensee_who_has_seen_it_says_so_once(story, licence):
    story.correct("The gauge holds five litres.")
    tell_of_changes()
    notice = Notice.objects.get()

    notice.acknowledge()
    first = Notice.objects.get().acknowledged_at
    notice.acknowledge()

    assert (bool(first), Notice.objects.get().acknowledged_at) == (True, first)


def test_what_was_acknowledged_stays_so_when_the_next_change_is_told(story, licence):
    story.correct("The gauge holds five litres.")
    tell_of_changes()
    Notice.objects.get().acknowledge()
    story.correct("It holds six.")
    tell_of_changes()

    assert notices(licence) == [("CORRECTED", 2, None, False), ("CORRECTED", 3, None, False)]
    assert [bool(notice.acknowledged_at) for notice in licence.notices.all()] == [True, False]
    assert licence.corrected_revision.number == 3


# --- The end


def test_end_is_told_thirty_days_before_seven_days_before_and_after_it(licence):
    days = [licence.ends_on - timedelta(days=left) for left in (31, 30, 20, 8, 7, 1, 0, -1, -2)]

    assert [tell_of_ends(day) for day in days] == [0, 1, 0, 0, 1, 0, 0, 1, 0]
    assert told() == [f"Your licence {licence} ends on {licence.ends_on:%-d %B}"] * 2 + [f"Your licence {licence} has"]
    assert notices(licence) == [("ENDING", None, 30, False), ("ENDING", None, 7, False), ("ENDED", None, 0, False)]


def test_licence_shorter_than_the_first_warning_is_warned_once(licence):
    assert [tell_of_ends(licence.ends_on - timedelta(days=left)) for left in (5, 4)] == [1, 0]
    assert notices(licence) == [("ENDING", None, 7, False)]


def test_licence_for_a_month_is_warned_in_its_last_week_only(story):
    licence = make_licence(story, choice={"term": "month"})

    assert [tell_of_ends(licence.ends_on - timedelta(days=left)) for left in (29, 8, 7, -1)] == [0, 0, 1, 1]


def test_licence_without_end_is_never_told_of_one():
    make_order("PAID", choice={"term": "ever"})

    assert tell_of_ends(timezone.localdate() + timedelta(days=4000)) == 0


def test_revoked_licence_is_not_told_of_its_end(licence):
    licence.revoke("It was printed with another byline.")

    assert [tell_of_ends(licence.ends_on + timedelta(days=days)) for days in (-30, -7, 1)] == [0, 0, 0]


def renew(licence) -> LicenceOrder:
    shown = Shown(licence.renewal(RateCard.objects.current()).as_shown, LicenceTerms.objects.current().version)
    return LicenceOrder.objects.renew(licence, shown)


def test_who_has_renewed_is_neither_warned_nor_told_to_take_it_down(licence):
    pay(renew(licence))

    assert [tell_of_ends(licence.ends_on + timedelta(days=days)) for days in (-30, -7, 1)] == [0, 0, 0]
    assert notices(licence) == []


def test_renewal_that_is_not_paid_stops_the_warnings_but_not_the_end(licence):
    renew(licence)

    assert [tell_of_ends(licence.ends_on + timedelta(days=days)) for days in (-30, -7, 1)] == [0, 0, 1]


@pytest.mark.parametrize("end", ["cancel", "decline"])
def test_who_has_given_the_renewal_up_is_warned(licence, end):
    order = renew(licence)
    getattr(order, end)("There is no room for it.")

    assert [tell_of_ends(licence.ends_on + timedelta(days=days)) for days in (-30, -7, 1)] == [1, 1, 1]


def test_renewal_that_was_revoked_leaves_nothing_but_the_end(licence):
    pay(order := renew(licence))
    order.licences.get().revoke("It was printed with another byline.")

    assert tell_of_ends(licence.ends_on + timedelta(days=1)) == 1


def test_each_licence_of_an_order_is_told_by_itself():
    order = make_order("PAID", *two_stories())
    Message.objects.all().delete()

    assert (tell_of_ends(order.licences.first().ends_on), len(letters())) == (2, 2)
