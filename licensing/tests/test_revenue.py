"""What came in: counted on its day, spread over the stories to the cent."""

from datetime import date
from decimal import Decimal

import pytest

from articles.tests.build import make_source
from licensing.models import LicenceOrder
from licensing.revenue import Revenue, currencies, revenue, spread
from licensing.tests.build import make_card, make_order, make_story, make_terms, pay, set_back

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)
LONG_AGO = 3000  # days: before all that comes in
SPAN = (date(2024, 3, 10), date(2024, 5, 20))


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def story(headline: str, source="The For sale"):
    return make_story(None, headline=headline, source=make_source(source, syndication="FOR_SALE", is_ours=source == "The Halyard"))


@pytest.fixture(autouse=True)
def ours():
    return make_source("The Halyard", syndication="FOR_SALE", is_ours=True)


def order_of(*headlines: str, **options) -> LicenceOrder:
    return make_order("ACCEPTED", *(story(headline, "The Halyard") for headline in headlines), **options)


def came_in(order: LicenceOrder, amount: str, on: date) -> None:
    set_back(order, days=LONG_AGO)
    pay(order, amount, on=on)


def went_back(order: LicenceOrder, amount: str, on: date) -> None:
    order.record_refund(Decimal(amount), on, "Too much.")


def tables(found: Revenue) -> list[list[tuple]]:
    return [list(found.months), found.by_story, found.by_source, found.by_medium, found.by_country]


def sums(found: Revenue) -> list[Decimal]:
    return [sum((amount for _, amount in table), Decimal(0)) for table in tables(found)]


def test_nothing_came_in_where_nobody_ordered():
    found = revenue(*SPAN, "EUR")

    assert (found.total, found.months) == (Decimal(0), ((MARCH, Decimal(0)), (APRIL, Decimal(0)), (MAY, Decimal(0))))
    assert tables(found)[1:] == [[], [], [], []]


def test_money_counts_in_the_month_in_which_it_came_in_or_went_back():
    order = order_of("The shepherd’s rain gauge")
    came_in(order, "20.00", SPAN[0])
    came_in(order, "130.00", date(2024, 4, 30))
    went_back(order, "30.00", SPAN[1])

    found = revenue(*SPAN, "EUR")

    assert dict(found.months) == {MARCH: Decimal(20), APRIL: Decimal(130), MAY: Decimal(-30)}
    assert found.total == Decimal(120)


def test_money_outside_the_span_does_not_count():
    order = order_of("The shepherd’s rain gauge")
    came_in(order, "20.00", date(2024, 3, 9))
    came_in(order, "150.00", date(2024, 5, 21))
    went_back(order, "10.00", date(2024, 5, 21))

    assert sums(revenue(*SPAN, "EUR")) == [Decimal(0)] * 5


def test_money_of_another_currency_does_not_count():
    order = order_of("The shepherd’s rain gauge")
    came_in(order, "120.00", APRIL)
    LicenceOrder.objects.update(currency="NOK")

    assert (revenue(*SPAN, "EUR").total, revenue(*SPAN, "NOK").total, currencies()) == (Decimal(0), Decimal(120), ["NOK"])


def test_money_is_summed_by_story_source_medium_and_country():
    came_in(order_of("The gauge", "The ferry"), "240.00", APRIL)
    came_in(order_of("The gauge", choice={"medium": "web"}, country="IE"), "90.00", MAY)
    came_in(make_order("ACCEPTED", make_story(headline="The roof"), country="GB"), "120.00", APRIL)

    found = revenue(*SPAN, "EUR")

    assert tables(found) == [
        [(MARCH, Decimal(0)), (APRIL, Decimal(360)), (MAY, Decimal(90))],
        [("The ferry", Decimal(120)), ("The gauge", Decimal(120)), ("The roof", Decimal(120)), ("The gauge", Decimal(90))],
        [("The Halyard", Decimal(330)), ("The For sale", Decimal(120))],
        [("Print", Decimal(360)), ("Web", Decimal(90))],
        [("France", Decimal(240)), ("United Kingdom", Decimal(120)), ("Ireland", Decimal(90))],
    ]


def test_story_sold_twice_is_one_row():
    gauge = story("The gauge", "The Halyard")
    came_in(make_order("ACCEPTED", gauge), "120.00", APRIL)
    came_in(make_order("ACCEPTED", gauge, choice={"medium": "web"}), "90.00", MAY)

    assert revenue(*SPAN, "EUR").by_story == [("The gauge", Decimal(210))]


def test_partial_payment_is_spread_in_proportion_and_no_cent_is_lost():
    came_in(order_of("A", "B", "C"), "100.00", APRIL)

    found = revenue(*SPAN, "EUR")

    assert found.by_story == [("C", Decimal("33.34")), ("A", Decimal("33.33")), ("B", Decimal("33.33"))]
    assert sums(found) == [Decimal(100)] * 5


def test_cancelled_story_counts_with_what_was_kept_of_it():
    order = order_of("A", "B")
    came_in(order, "240.00", APRIL)
    order.cancel_stories(order.live[:1], "No room for it.", kept=Decimal("30.00"))
    went_back(order, "90.00", MAY)

    found = revenue(*SPAN, "EUR")

    assert found.by_story == [("B", Decimal(120)), ("A", Decimal(30))]
    assert sums(found) == [Decimal(150)] * 5


def test_order_of_which_nothing_is_due_any_more_is_spread_by_its_fees():
    source = make_source("The Halyard")
    dear, cheap = make_story(headline="A", source=source, pictures=["FOR_SALE"] * 2), make_story(headline="B", source=source)
    order = make_order("ACCEPTED", dear, cheap, choice={"pictures": True})
    came_in(order, "310.00", APRIL)
    order.cancel_stories(order.live, "No room for them.")
    went_back(order, "155.00", MAY)

    found = revenue(*SPAN, "EUR")

    assert found.by_story == [("A", Decimal(95)), ("B", Decimal(60))]
    assert sums(found) == [Decimal(155)] * 5


@pytest.mark.parametrize("payments", [["0.01"], ["0.02", "99.99"], ["33.33", "33.33", "33.34"], ["371.07"], ["0.10"]])
def test_every_table_adds_up_to_payments_less_refunds(payments):
    order = make_order("ACCEPTED", *(story(f"Story {number}", "The Halyard") for number in range(7)), choice={"audience": "medium", "term": "month"})
    for amount in payments:
        came_in(order, amount, APRIL)
    order.decline("We know of no heir.")
    back = order.surplus / 3
    back = back.quantize(Decimal("0.01")) or Decimal("0.01")
    went_back(order, str(back), MAY)

    found = revenue(*SPAN, "EUR")

    assert sums(found) == [sum(map(Decimal, payments)) - back] * 5


def test_three_queries_for_any_number_of_orders(django_assert_num_queries):
    for number in range(3):
        came_in(order_of(f"Story {number}", f"Another {number}"), "240.00", APRIL)

    with django_assert_num_queries(3):
        found = revenue(*SPAN, "EUR")

    assert len(found.by_story) == 6


@pytest.mark.parametrize(
    ("amount", "weights", "currency", "parts"),
    [
        ("10.00", [1, 1, 1], "EUR", ["3.33", "3.33", "3.34"]),
        ("-10.00", [1, 1, 1], "EUR", ["-3.33", "-3.33", "-3.34"]),
        ("0.01", [1, 1, 1], "EUR", ["0.00", "0.00", "0.01"]),
        ("0.10", [1, 1, 0], "EUR", ["0.05", "0.05", "0"]),
        ("0.01", [5, 5, 0], "EUR", ["0.00", "0.01", "0"]),
        ("10.00", [0, 0], "EUR", ["5.00", "5.00"]),
        ("100", [2, 1], "JPY", ["66", "34"]),
        ("7.77", [1], "EUR", ["7.77"]),
    ],
)
def test_amount_is_parted_in_whole_coins(amount, weights, currency, parts):
    assert spread(Decimal(amount), [Decimal(weight) for weight in weights], currency) == [Decimal(part) for part in parts]
