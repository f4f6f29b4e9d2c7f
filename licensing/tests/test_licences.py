"""The public pages of licences and of the licence terms."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from articles.terms import Syndication
from licensing.models import Licence, LicenceTerms
from licensing.references import is_sound, make_reference
from licensing.tests.build import TERMS, WHO, days_ago, make_card, make_order, make_story, make_terms, pay, unkept

pytestmark = pytest.mark.django_db
STAMPS = ["In force", "Not begun", "Ended", "Revoked"]


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def make_licence(pictures=(), **fields) -> Licence:
    story = make_story(Syndication.FOR_SALE, pictures=pictures)
    licence = make_order("PAID", story, choice={"pictures": True}).licences.get()
    with unkept():
        Licence.objects.filter(pk=licence.pk).update(**fields)
    return Licence.objects.get(pk=licence.pk)


def stamped(page: str) -> list[str]:
    """Return the states that are stamped on a page."""
    return [word for word in STAMPS if f'<span class="stamp{" stamp--not" * (word != "In force")}">{word}</span>' in page]


def page_of(client, licence: Licence) -> str:
    answer = client.get(licence.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_page_says_what_a_licence_covers(client):
    licence = make_licence(pictures=["FOR_SALE", "NONE"], starts_on=days_ago(1), ends_on=date(2099, 1, 31))

    page = page_of(client, licence)

    facts = [
        licence.reference,
        "Hill Farming Monthly, France",
        "A newspaper, in print",
        "Up to 5,000 readers",
        "31 January 2099, that day included",
    ]
    facts += [f'<a href="{licence.article.get_absolute_url()}">The shepherd’s rain gauge</a>', "The gauge, seen from gate 1", "/licence-terms/1/"]
    facts += [licence.revision.sha256, "/.well-known/jwks.json"]
    assert [fact for fact in facts if fact not in page] == []
    assert ("gate 2" not in page, stamped(page)) == (True, ["In force"])


def test_page_names_neither_the_price_nor_the_person(client):
    licence = make_licence()

    page = page_of(client, licence)

    secrets = ["120.00", "€", WHO["name"], WHO["email"], WHO["order_number"], "Drovers Yard", licence.order.reference, licence.order.secret]
    assert [secret for secret in secrets if secret in page] == []


@pytest.mark.parametrize(
    ("starts", "ends", "stamp"),
    [
        (0, 0, "In force"),
        (-10, 0, "In force"),
        (0, None, "In force"),
        (-10, -1, "Ended"),
        (1, 10, "Not begun"),
        (1, None, "Not begun"),
    ],
)
def test_page_says_whether_a_licence_is_in_force_today(client, starts, ends, stamp):
    today = timezone.localdate()
    licence = make_licence(starts_on=today + timedelta(days=starts), ends_on=None if ends is None else today + timedelta(days=ends))

    page = page_of(client, licence)

    assert (stamped(page), "Without end" in page, "has licensed" in page) == ([stamp], ends is None, stamp != "Ended")
    words = {"Not begun": "gives no right before.", "Ended": "Copies online have to be down; what was printed until then may stay."}
    assert [state for state, text in words.items() if text in page] == [stamp] * (stamp != "In force")


def test_page_of_a_revoked_licence_says_since_when_and_not_why(client):
    licence = make_licence()
    licence.revoke("Printed with another byline.")

    page = page_of(client, licence)

    assert (stamped(page), "another byline" in page) == (["Revoked"], False)
    assert f"It was revoked on {timezone.localdate():%-d %B %Y} and gives no right since then." in page


def test_licence_of_an_order_that_was_paid_back_is_revoked_on_its_page(client):
    order = make_order()
    pay(order)
    order.cancel_stories(list(order.stories.all()), "The buyer has no room for it.")

    assert stamped(page_of(client, order.licences.get())) == ["Revoked"]


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_pictures(client, number, django_assert_num_queries):
    licence = make_licence(pictures=["FOR_SALE"] * number)

    with django_assert_num_queries(4):
        page = client.get(licence.get_absolute_url()).content.decode()

    assert page.count("The gauge, seen from gate") == number


def test_page_is_not_kept_or_indexed(client):
    answer = client.get(make_licence().get_absolute_url())

    assert ("no-store" in answer["Cache-Control"], '<meta name="robots" content="noindex">' in answer.content.decode()) == (True, True)


def test_headline_is_the_one_that_was_licensed(client):
    licence = make_licence()
    story = licence.article
    story.headline = "Another headline"
    story.correct("The headline was wrong.")

    page = page_of(client, licence)

    assert ("The shepherd’s rain gauge" in page, "Another headline" in page) == (True, False)


def test_story_that_was_withdrawn_since_is_said_to_be(client):
    licence = make_licence()
    licence.article.withdraw("It was wrong.")

    page = page_of(client, licence)

    assert "The story is not on our own pages at the moment." in page
    assert ("The shepherd’s rain gauge" in page, licence.article.get_absolute_url() in page) == (True, False)


def test_headline_that_the_law_took_down_is_hidden(client):
    licence = make_licence()
    licence.article.withdraw("A court has ordered it.", is_legal_takedown=True)

    page = page_of(client, licence)

    assert ["rain gauge" in page, licence.article.get_absolute_url() in page, "The story is not on our own pages" in page] == [False, False, True]


# --- References


@pytest.mark.parametrize("typing", [str.lower, lambda text: text.replace("-", ""), lambda text: text.replace("-", " "), lambda text: f"{text} "])
def test_sloppy_reference_leads_to_the_licence(client, typing):
    licence = make_licence()

    direct = client.get(f"/licence/{typing(licence.reference)}/")
    looked_up = client.get("/licence/", {"reference": typing(licence.reference)})

    assert [(answer.status_code, answer["Location"]) for answer in (direct, looked_up)] == [(302, f"/licence/{licence.reference}/")] * 2


def test_reference_with_a_slip_in_it_is_told_from_one_that_nobody_has(client):
    unknown = make_reference()
    slip = unknown[:-1] + ("2" if unknown[-1] != "2" else "3")

    answers = [client.get(f"/licence/{reference}/") for reference in (unknown, slip)]

    assert (is_sound(unknown), is_sound(slip)) == (True, False)
    assert [answer.status_code for answer in answers] == [404, 404]
    words = ["The reference is well formed, but no licence has it.", "No licence has such a reference: one character or more is wrong."]
    assert [[text in answer.content.decode() for text in words] for answer in answers] == [[True, False], [False, True]]


def test_reference_of_an_order_is_no_licence(client):
    order = make_order()

    assert client.get(f"/licence/{order.reference}/").status_code == 404


@pytest.mark.parametrize("typed", ["", " ", "hello", "K7M4-2QXE" * 5, "\x00", "<script>alert(1)</script>", "²²²²-²²²²"])
def test_lookup_says_what_is_wrong(client, typed):
    answer = client.get("/licence/", {"reference": typed})

    assert (answer.status_code, len(answer.context["form"].errors["reference"])) == (200, 1)
    assert "<script>alert" not in answer.content.decode()


def test_lookup_asks_for_a_reference(client):
    page = client.get("/licence/").content.decode()

    assert ('name="reference"' in page, 'aria-invalid="true"' in page) == (True, False)


# --- Terms


def test_terms_in_force_and_those_of_earlier_orders_can_be_read(client):
    make_terms("<p>Print the byline in bold.</p>", in_force_from=date(2024, 1, 1))
    make_terms("<p>A draft.</p>", in_force_from=None)
    make_terms("<p>Of tomorrow.</p>", in_force_from=days_ago(-1))

    answers = [client.get(f"/licence-terms/{version}") for version in ("", "1/", "2/", "3/", "4/", "0/", "99999999999999999999/")]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 404, 404, 404]
    pages = [answer.content.decode() for answer in answers]
    assert ["Print the byline in bold." in page for page in pages[:3]] == [True, False, True]
    assert [text in page for page in pages for text in ("A draft.", "Of tomorrow.")] == [False] * 14
    assert (TERMS in pages[1], 'href="/licence-terms/1/"' in pages[0], 'href="/licence-terms/3/"' in pages[0]) == (True, True, False)


def test_without_terms_there_is_no_page(client):
    LicenceTerms.objects.all().delete()

    assert client.get("/licence-terms/").status_code == 404


@pytest.mark.parametrize("address", ["/licence/", "/licence-terms/"])
def test_pages_are_for_reading_only(client, address):
    assert client.post(address).status_code in {403, 405}
    assert client.head(address).status_code == 200
