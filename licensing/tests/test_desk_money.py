"""Money at the rights desk: what came in and what went back, recorded once."""

from decimal import Decimal

import pytest
from django.utils import timezone

from articles.tests.newsroom import sign_in
from licensing.models import Licence, Payment, Refund
from licensing.tests.build import days_ago, make_card, make_order, make_story, make_terms, pay, set_back
from licensing.tests.desk import DESK, answers, complaints, press, rows, said, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


@pytest.fixture
def desk():
    return sign_in("desk", *DESK)


# --- Payments


def test_payment_form_begins_with_what_is_owed_today(desk):
    order = make_order()
    pay(order, "20.00")

    form = desk.get(url(order, "record_payment")).context["form"]

    assert [form[name].value() for name in ("amount", "received_on", "paid_before")] == [Decimal("100.00"), timezone.localdate(), Decimal("20.00")]


def test_payment_is_kept_with_amount_and_date_and_yields_the_licence(desk):
    order = make_order()
    set_back(order, days=5)

    press(desk, order, "record_payment", received_on=days_ago(3).isoformat())

    payment, licence = Payment.objects.get(), Licence.objects.get()
    assert (payment.amount, payment.received_on, payment.recorded_by.username) == (Decimal("120.00"), days_ago(3), "desk")
    page = said(desk, order)
    assert [f"Issued and sent: {licence}." in page, licence.get_absolute_url() in page, str(payment) in page] == [True] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": ""},
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "1.005"},
        {"amount": "NaN"},
        {"amount": "Infinity"},
        {"amount": "a lot"},
        {"amount": "99999999999999"},
        {"received_on": ""},
        {"received_on": "yesterday"},
        {"received_on": days_ago(-1).isoformat()},
        {"received_on": days_ago(1).isoformat()},
        {"received_on": "99999-01-01"},
        {"paid_before": ""},
        {"paid_before": "5"},
        {"paid_before": "NaN"},
        {"key": ""},
        {"key": "short"},
        {"key": "\x00" * 20},
        {"key": "x" * 65},
    ],
)
def test_payment_with_a_slip_in_it_is_not_recorded(wrong, desk):
    order = make_order()
    before = rows()

    answer = press(desk, order, "record_payment", **wrong)

    assert (answer.status_code, rows()) == (200, before)
    assert complaints(answer) != []
    assert list(answer.context["form"].errors) == (["__all__"] if wrong == {"paid_before": "5"} else list(wrong))


def test_payment_of_more_than_is_owed_is_recorded_and_has_to_go_back_in_part(desk):
    order = make_order()

    press(desk, order, "record_payment", amount="200.00")
    press(desk, order, "record_payment", amount="7.00", paid_before="200.00")

    order.refresh_from_db()
    assert (order.state, order.surplus) == ("PAID", Decimal("87.00"))
    assert "€87.00 is too much, and has to go back." in said(desk, order)


def test_same_payment_form_sent_twice_records_once(desk):
    order = make_order()
    sent = answers(order, "record_payment") | {"amount": "60.00"}

    first, second = (desk.post(url(order, "record_payment"), sent) for _ in range(2))

    assert (first.status_code, second.status_code, Payment.objects.count()) == (302, 302, 1)


def test_each_opening_of_a_money_form_has_a_key_of_its_own(desk):
    order = make_order()

    keys = {desk.get(url(order, "record_payment")).context["form"]["key"].value() for _ in range(3)}

    assert len(keys) == 3


def test_payment_that_somebody_else_noted_meanwhile_is_not_noted_again(desk):
    order = make_order()
    sent = answers(order, "record_payment") | {"amount": "60.00"}
    pay(order, "60.00")

    answer = desk.post(url(order, "record_payment"), sent)

    assert (answer.status_code, Payment.objects.count()) == (200, 1)
    assert complaints(answer) == ["Somebody has recorded a payment for this order meanwhile. Look at it again before you go on."]


def test_key_of_another_orders_payment_is_refused_in_words(desk):
    first, second = make_order(), make_order()
    sent = answers(first, "record_payment")
    desk.post(url(first, "record_payment"), sent)

    answer = desk.post(url(second, "record_payment"), sent)

    assert (answer.status_code, Payment.objects.count(), complaints(answer)) == (200, 1, ["Payment with this Key already exists."])


def test_payment_of_what_can_no_longer_be_licensed_is_recorded_and_says_why_nothing_is_issued(desk):
    story = make_story()
    order = make_order("ACCEPTED", story)
    story.withdraw("It was wrong.")

    press(desk, order, "record_payment")

    page = said(desk, order)
    assert (Payment.objects.count(), Licence.objects.count()) == (1, 0)
    assert "is recorded, but nothing is licensed: The story is no longer in print, so it cannot be licensed." in page


# --- Refunds


def test_refund_form_begins_with_what_has_to_go_back(desk):
    order = make_order()
    pay(order, "150.00")

    form = desk.get(url(order, "record_refund")).context["form"]

    assert [form[name].value() for name in ("amount", "sent_on")] == [Decimal("30.00"), timezone.localdate()]


def test_same_refund_form_sent_twice_records_once_even_when_nothing_is_left(desk):
    order = make_order()
    pay(order, "150.00")
    sent = answers(order, "record_refund") | {"amount": "30.00"}

    answered = [desk.post(url(order, "record_refund"), sent).status_code for _ in range(2)]

    page = said(desk, order)
    assert (answered, Refund.objects.count(), "too late" in page, "has to go back." in page) == ([302, 302], 1, False, False)
    assert Refund.objects.get().recorded_by.username == "desk"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"amount": "30.01"}, "Only €30.00 of what came in is too much. Cancel what is not wanted any more first."),
        ({"amount": "0"}, "Ensure this value is greater than or equal to 0.01."),
        ({"sent_on": days_ago(-1).isoformat()}, "That day is still to come."),
        ({"key": ""}, "This field is required."),
    ],
)
def test_refund_with_a_slip_in_it_is_not_recorded(wrong, complaint, desk):
    order = make_order()
    pay(order, "150.00")
    before = rows()

    answer = press(desk, order, "record_refund", **wrong)

    assert (answer.status_code, complaints(answer), rows()) == (200, [complaint], before)
