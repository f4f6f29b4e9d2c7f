"""Money that goes back: never more than came in beyond what is due, and each time on record."""

from decimal import Decimal

import pytest
from django.utils import timezone

from articles.tests.build import make_user
from licensing.models import Refund
from licensing.tests.build import days_ago, make_card, make_order, make_terms, pay
from licensing.tests.verbs import anew, log, money, refusal, subjects

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def refund(order, amount, reason="It was too much.", on=None, **options) -> Refund:
    return order.record_refund(Decimal(amount), on or timezone.localdate(), reason, **options)


def test_refund_is_recorded_and_told():
    order, clerk = make_order(), make_user("clerk")
    pay(order, "150.00")

    made = refund(order, "20.00", by=clerk)

    assert (made.amount, made.sent_on, made.reason, made.recorded_by) == (Decimal("20.00"), timezone.localdate(), "It was too much.", clerk)
    assert (anew(order).state, money(anew(order))) == ("PAID", ["120.00", "150.00", "20.00", "0.00", "10.00"])
    assert log(order)[-1] == ("PAID", f"€20.00 went back on {timezone.localdate():%-d %B %Y}: It was too much.")
    assert subjects()[1:] == [f"Money sent back: order {order.reference}"]


@pytest.mark.parametrize("state", ["REQUESTED", "OFFERED", "DECLINED", "CANCELLED"])
def test_all_that_came_in_for_what_was_not_sold_can_go_back(state):
    order = make_order(state)
    pay(order, "120.00")

    refund(order, "120.00")

    assert money(anew(order)) == ["0.00", "120.00", "120.00", "0.00", "0.00"]


@pytest.mark.parametrize(("paid", "amount", "left"), [("120.00", "0.01", "€0.00"), ("150.00", "30.01", "€30.00"), ("60.00", "1.00", "€0.00")])
def test_no_more_goes_back_than_came_in_beyond_what_is_due(paid, amount, left):
    order = make_order()
    pay(order, paid)

    words = refusal(refund, order, amount)

    assert words == f"Only {left} of what came in is too much. Cancel what is not wanted any more first."


def test_second_refund_is_weighed_against_the_first():
    order = make_order()
    pay(order, "150.00")
    refund(order, "20.00")

    assert refusal(refund, order, "10.01").startswith("Only €10.00 of what came in is too much.")


def test_same_refund_sent_twice_is_recorded_once():
    order = make_order()
    pay(order, "150.00")

    first, second = (refund(anew(order), "15.00", key="the-form-of-one-morning") for _ in range(2))

    assert (first, Refund.objects.count(), money(anew(order))[2:]) == (second, 1, ["15.00", "0.00", "15.00"])


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity"])
def test_refund_that_is_no_amount_of_money_is_refused(amount):
    order = make_order()
    pay(order, "150.00")

    refusal(refund, order, amount)


@pytest.mark.parametrize(("on", "reason"), [(days_ago(-1), "It was too much."), (days_ago(1), "It was too much."), (days_ago(0), "")])
def test_refund_of_another_day_or_without_a_reason_is_refused(on, reason):
    order = make_order()
    pay(order, "150.00")

    refusal(refund, order, "30.00", reason, on)
