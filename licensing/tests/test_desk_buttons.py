"""The buttons of the rights desk: what each does, and what it says when it cannot."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from articles.tests.newsroom import sign_in
from licensing.models import Licence, LicenceOrder, Payment
from licensing.tests.build import days_ago, make_card, make_order, make_story, make_terms, pay, set_back
from licensing.tests.desk import DESK, press, rows, url
from mail.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def complaints(response) -> list[str]:
    return [error for errors in response.context["form"].errors.values() for error in errors]


def history() -> list[tuple]:
    """Return what the orders' histories say, the oldest first."""
    return [(entry.object_id, entry.user.username, entry.change_message) for entry in LogEntry.objects.order_by("pk")]


def test_approval_is_kept_under_the_name_of_who_approved():
    order, client = make_order("REQUESTED"), sign_in("desk", *DESK)

    answer = press(client, order, "approve")

    order = LicenceOrder.objects.get()
    assert (answer["Location"], order.state, order.decided_by.username) == (url(order), "ACCEPTED", "desk")
    assert f"{order} is approved; the buyer is told how to pay." in client.get(url(order)).content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001, "No.\x00"])
def test_refusal_needs_a_reason_that_can_be_sent(reason):
    order = make_order("REQUESTED")
    before = rows()

    answer = press(sign_in("desk", *DESK), order, "decline", reason=reason)

    assert (answer.status_code, len(complaints(answer)), rows()) == (200, 1, before)


def test_refusal_reaches_the_buyers_page(client):
    order = make_order("REQUESTED")

    press(sign_in("desk", *DESK), order, "decline", reason="The photographer’s <heirs> say no.")

    assert "The photographer’s &lt;heirs&gt; say no." in client.get(order.get_absolute_url()).content.decode()


def test_payment_form_begins_with_what_is_owed_today():
    order = make_order()
    pay(order, "20.00")

    form = sign_in("desk", *DESK).get(url(order, "mark_paid")).context["form"]

    assert [form[name].value() for name in ("amount", "received_on", "paid_before")] == [Decimal("100.00"), timezone.localdate(), Decimal("20.00")]


def test_payment_is_kept_with_amount_and_date_and_yields_the_licence():
    order, client = make_order(), sign_in("desk", *DESK)
    set_back(order, days=5)

    press(client, order, "mark_paid", received_on=days_ago(3).isoformat())

    payment, licence = Payment.objects.get(), Licence.objects.get()
    assert (payment.amount, payment.received_on, payment.recorded_by.username) == (Decimal("120.00"), days_ago(3), "desk")
    page = client.get(url(order)).content.decode()
    assert [f"licence {licence} is issued and sent." in page, licence.get_absolute_url() in page, str(payment) in page] == [True] * 3


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
        {"amount": "120.01"},
        {"received_on": ""},
        {"received_on": "yesterday"},
        {"received_on": days_ago(-1).isoformat()},
        {"received_on": days_ago(1).isoformat()},
        {"received_on": "99999-01-01"},
        {"paid_before": ""},
        {"paid_before": "5"},
        {"paid_before": "NaN"},
    ],
)
def test_payment_with_a_slip_in_it_is_not_recorded(wrong):
    order = make_order()
    before = rows()

    answer = press(sign_in("desk", *DESK), order, "mark_paid", **wrong)

    assert (answer.status_code, len(complaints(answer)), rows()) == (200, 1, before)
    assert list(answer.context["form"].errors) == (["__all__"] if wrong == {"paid_before": "5"} else list(wrong))


def test_payment_of_more_than_is_owed_is_refused_at_its_field():
    order, client = make_order(), sign_in("desk", *DESK)

    answer = press(client, order, "mark_paid", amount="200.00")

    assert answer.context["form"].errors == {"amount": ["Only €120.00 is owed. Record that, and send the rest back."]}
    assert "Only €120.00 is owed." in answer.content.decode()


def test_payment_that_somebody_else_noted_meanwhile_is_not_noted_again():
    order, client = make_order(), sign_in("desk", *DESK)
    first = press(client, order, "mark_paid", amount="60.00")

    second = press(client, order, "mark_paid", amount="60.00")

    assert (first.status_code, second.status_code, Payment.objects.count()) == (302, 200, 1)
    assert complaints(second) == ["Somebody has recorded a payment for this order meanwhile. Look at it again before you go on."]


def test_refusal_asks_whether_money_was_sent_back_only_where_some_came_in(client):
    paid, unpaid = make_order(), make_order()
    pay(paid, "20.00")
    desk = sign_in("desk", *DESK)

    assert ["is_sent_back" in desk.get(url(order, "decline")).context["form"].fields for order in (paid, unpaid)] == [True, False]
    answer, before = press(desk, paid, "decline"), rows()
    sent_back = press(desk, paid, "decline", is_sent_back="on")

    assert complaints(answer) == ["€20.00 has come in for this order. Send it back first, and say so here."]
    assert ([row[1] for row in before[0]], sent_back.status_code) == (["ACCEPTED", "ACCEPTED"], 302)
    assert [each.get_state_display() for each in LicenceOrder.objects.order_by("pk")] == ["Declined", "Waits for payment"]
    assert "What you paid is on its way back to you." in Message.objects.get().text
    assert "What you paid is on its way back to you." in client.get(paid.get_absolute_url()).content.decode()


def test_money_that_came_in_since_the_desk_looked_is_not_forgotten_by_a_refusal():
    order, desk = make_order(), sign_in("desk", *DESK)
    seen = desk.get(url(order, "decline")).context["form"]["seen"].value()
    pay(order, "20.00")
    before = rows()

    answer = press(desk, order, "decline", seen=seen)

    assert (complaints(answer), rows()) == (["€20.00 has come in for this order. Send it back first, and say so here."], before)


def test_order_that_was_approved_since_the_desk_looked_is_not_declined():
    order, desk = make_order("REQUESTED"), sign_in("desk", *DESK)
    seen = desk.get(url(order, "decline")).context["form"]["seen"].value()
    order.approve()
    before = rows()

    answer = press(desk, order, "decline", seen=seen)

    assert (seen, answer.status_code, rows()) == ("REQUESTED", 200, before)
    assert complaints(answer) == ["Somebody has decided about this order meanwhile. Look at it again before you go on."]


def test_what_each_button_did_is_in_the_orders_history():
    desk, (asked, declined) = sign_in("desk", *DESK), [make_order("REQUESTED") for _ in range(2)]

    press(desk, asked, "approve")
    press(desk, asked, "mark_paid", amount="20.00")
    press(desk, asked, "mark_paid", amount="200.00", paid_before="20")
    press(desk, declined, "decline")

    payment = Payment.objects.get()
    assert history() == [
        (str(asked.pk), "desk", f"{asked} is approved; the buyer is told how to pay."),
        (str(asked.pk), "desk", f"{payment} is recorded. The order waits for the rest."),
        (str(declined.pk), "desk", f"{declined} is declined; the buyer is told why."),
    ]
    assert "is approved; the buyer is told how to pay." in desk.get(url(asked, "history")).content.decode()


@pytest.mark.parametrize(("state", "button"), [("REQUESTED", "approve"), ("ACCEPTED", "mark_paid")])
@pytest.mark.parametrize("change", ["withdrawn", "none"])
def test_desk_is_told_why_what_cannot_be_sold_any_more_is_not_sold(state, button, change):
    story = make_story(Syndication.ON_REQUEST)
    order, client = make_order(state, story), sign_in("desk", *DESK)
    if change == "withdrawn":
        story.withdraw("It was wrong.")
    else:
        Article.objects.filter(pk=story.pk).update(syndication="NONE")
    before = rows()

    answer = press(client, order, button)

    assert (answer.status_code, rows()) == (200, before)
    assert ["so it cannot be licensed. Decline the order" in complaint for complaint in complaints(answer)] == [True]
