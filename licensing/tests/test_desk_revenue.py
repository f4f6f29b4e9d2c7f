"""The page of revenue, and its files for a spreadsheet."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.utils import timezone

from articles.tests.build import make_source
from articles.tests.newsroom import sign_in
from licensing.admin import revenue as pages
from licensing.models import LicenceOrder, Payment
from licensing.tests.build import make_card, make_order, make_story, make_terms, pay, set_back
from licensing.tests.desk import DECIDE, DESK, LIST, PAY, VIEW

pytestmark = pytest.mark.django_db
LONG_AGO = 3000  # days: before all that comes in
PAGE = f"{LIST}revenue/"
APRIL = {"since": "2024-04-01", "until": "2024-04-30"}


@pytest.fixture(autouse=True)
def card():
    make_terms()
    make_source("The Halyard", syndication="FOR_SALE", is_ours=True)
    return make_card()


@pytest.fixture
def desk():
    return sign_in("desk", *DESK)


def sold(headline="The shepherd’s rain gauge", on: date | None = None, **options) -> LicenceOrder:
    """Return a paid order of a story of our own."""
    order = make_order("ACCEPTED", make_story(None, headline=headline, source=make_source("The Halyard")), **options)
    set_back(order, days=LONG_AGO)
    pay(order, on=on)
    return order


def file_of(answer) -> list[list[str]]:
    """Return what a spreadsheet reads from a file."""
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))


# --- The page


def test_page_shows_the_last_twelve_months_with_a_bar_for_each(desk):
    sold()

    answer = desk.get(PAGE)

    page, today = answer.content.decode(), timezone.localdate()
    month = answer.context["tables"][0]
    assert [len(month["rows"]), month["rows"][-1]] == [
        12, {"name": f"{today:%B %Y}", "words": "€120.00", "share": 100, "is_loss": False}
    ]  # fmt: skip
    assert [row["share"] for row in month["rows"][:-1]] == [0] * 11
    assert ('<rect class="" width="100" height="1"/>' in page, '<strong class="desk__total">€120.00</strong>' in page) == (True, True)
    assert [table["title"] for table in answer.context["tables"]] == ["By month", "By story", "By source", "By medium", "By country"]


def test_chosen_days_alone_count(desk):
    sold("In April", date(2024, 4, 30))
    sold("In May", date(2024, 5, 1))

    answer = desk.get(PAGE, APRIL)

    assert [[row["name"] for row in table["rows"]] for table in answer.context["tables"]] == [
        ["April 2024"], ["In April"], ["The Halyard"], ["Print"], ["France"]
    ]  # fmt: skip


def test_longer_span_sums_up_what_came_before_its_last_twelve_months(desk):
    sold("Early", date(2022, 2, 3))
    sold("Late", date(2024, 4, 30))

    month = desk.get(PAGE, {"since": "2022-01-01", "until": "2024-04-30"}).context["tables"][0]

    assert (len(month["rows"]), month["rest"]) == (12, {"name": "Earlier in these days", "words": "€120.00"})


def test_month_in_which_more_went_back_than_came_in_is_a_loss(desk):
    order = sold("In April", date(2024, 4, 2))
    order.cancel_stories(order.live, "No room for it.")
    order.record_refund(Decimal("120.00"), date(2024, 5, 2), "Cancelled.")

    answer = desk.get(PAGE, {"since": "2024-04-01", "until": "2024-05-31"})

    assert [(row["words"], row["share"], row["is_loss"]) for row in answer.context["tables"][0]["rows"]] == [
        ("€120.00", 100, False), ("−€120.00", 100, True)
    ]  # fmt: skip
    assert '<rect class="sums__loss" width="100" height="1"/>' in answer.content.decode()


def test_tables_are_cut_and_the_rest_is_summed_up(desk, monkeypatch):
    monkeypatch.setattr(pages, "MOST", 2)
    for number in range(4):
        sold(f"Story {number}", date(2024, 4, 2))

    table = desk.get(PAGE, APRIL).context["tables"][1]

    assert ([row["name"] for row in table["rows"]], table["rest"]) == (["Story 0", "Story 1"], {"name": "And 2 more", "words": "€240.00"})


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"since": "yesterday"}, "Enter a valid date."),
        ({"since": "2024-05-01", "until": "2024-04-30"}, "The first day comes after the last."),
        ({"since": "0001-01-01", "until": "2024-04-30"}, "Choose 30 years at most."),
        ({"currency": "XYZ"}, "Select a valid choice."),
        ({"since": "0000-00-00"}, "Enter a valid date."),
    ],
)
@pytest.mark.parametrize("table", ["", "story"])
def test_days_that_are_none_are_answered_in_words(asked, words, table, desk):
    answer = desk.get(PAGE, asked | {"table": table})

    assert (answer.status_code, words in answer.content.decode(), "tables" in answer.context) == (200, True, False)


def test_currency_is_asked_only_where_there_are_several(desk):
    sold()
    alone = desk.get(PAGE).context["form"]["currency"].is_hidden
    sold("In crowns")
    LicenceOrder.objects.filter(stories__article__headline="In crowns").update(currency="NOK")

    answer = desk.get(PAGE, {"currency": "NOK"})

    assert (alone, answer.context["form"]["currency"].is_hidden, answer.context["total"]) == (True, False, "NOK120.00")


def test_page_takes_the_same_queries_for_any_number_of_orders(desk, django_assert_num_queries):
    for number in range(3):
        sold(f"Story {number}")
    desk.get(PAGE)

    with django_assert_num_queries(8):
        desk.get(PAGE)


@pytest.mark.parametrize("table", ["", "month", "story"])
@pytest.mark.parametrize(("permissions", "status"), [([VIEW], 200), ([], 403), ([DECIDE, PAY, "licensing.view_licence"], 403)])
def test_revenue_is_for_those_who_may_see_orders(table, permissions, status):
    assert sign_in("somebody", *permissions).get(PAGE, {"table": table}).status_code == status


@pytest.mark.parametrize(("permissions", "status"), [([VIEW, "licensing.view_licence"], 200), ([VIEW], 403), (["licensing.view_licence"], 403)])
def test_licences_are_handed_out_to_those_who_may_see_them(permissions, status):
    assert sign_in("somebody", *permissions).get(PAGE, {"table": "licences"}).status_code == status


# --- The files


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("month", [["Month", "EUR"], ["2024-04", "210.00"]]),
        ("story", [["Story", "EUR"], ["The ferry", "120.00"], ["The gauge", "90.00"]]),
        ("source", [["Source", "EUR"], ["The Halyard", "210.00"]]),
        ("medium", [["Medium", "EUR"], ["Print", "120.00"], ["Web", "90.00"]]),
        ("country", [["Country", "EUR"], ["Ireland", "120.00"], ["France", "90.00"]]),
    ],
)
def test_table_is_a_file_for_a_spreadsheet(table, rows, desk):
    sold("The gauge", date(2024, 4, 2), choice={"medium": "web"})
    sold("The ferry", date(2024, 4, 3), country="IE")

    answer = desk.get(PAGE, APRIL | {"table": table})

    assert file_of(answer) == rows
    assert (answer["Content-Type"], "no-store" in answer["Cache-Control"]) == ("text/csv; charset=utf-8", True)
    assert answer["Content-Disposition"] == f'attachment; filename="revenue-by-{table}-2024-04-01-2024-04-30.csv"'


def test_file_is_not_cut_where_the_page_is(desk, monkeypatch):
    monkeypatch.setattr(pages, "MOST", 1)
    for number in range(3):
        sold(f"Story {number}", date(2024, 4, 2))

    assert len(file_of(desk.get(PAGE, APRIL | {"table": "story"}))) == 4


def test_every_sold_licence_is_in_the_file_of_licences(desk):
    order = sold("The gauge", organisation="Farming, “Sons” & Co.")
    kept = sold("The ferry", choice={"term": "ever"})
    kept.cancel_stories(kept.live, "No room for it.", kept=Decimal("20.00"))
    first, second, today = order.licences.get(), kept.licences.get(), timezone.localdate()

    answer = file_of(desk.get(PAGE, {"table": "licences"}))

    assert answer == [
        ["reference", "order", "story", "source", "medium", "licensee", "country", "currency", "fee", "kept", "issued on", "ends on", "state"],
        [first.reference, order.reference, "The gauge", "The Halyard", "Print", "Farming, “Sons” & Co.", "France", "EUR", "120.00", "120.00",
         today.isoformat(), first.ends_on.isoformat(), "In force"],
        [second.reference, kept.reference, "The ferry", "The Halyard", "Print", "Hill Farming Monthly", "France", "EUR", "300.00", "20.00",
         today.isoformat(), "without end", "Revoked"],
    ]  # fmt: skip


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
def test_words_are_never_taken_for_a_formula(beginning, desk):
    sold(f"{beginning}1+1 equals two" if beginning.strip() else "Three", organisation=f"{beginning}cmd|' /C calc'!A0")

    licences = file_of(desk.get(PAGE, {"table": "licences"}))
    stories = file_of(desk.get(PAGE, {"table": "story"}))

    assert licences[1][5] == f"'{beginning}cmd|' /C calc'!A0"
    assert stories[1][0] == (f"'{beginning}1+1 equals two" if beginning.strip() else "Three")


def test_file_of_licences_takes_the_same_queries_for_any_number(desk, django_assert_num_queries):
    for number in range(3):
        sold(f"Story {number}")
    file_of(desk.get(PAGE, {"table": "licences"}))

    with django_assert_num_queries(5):
        rows = file_of(desk.get(PAGE, {"table": "licences"}))

    assert (len(rows), Payment.objects.count()) == (4, 3)
