"""The desk's verbs: approve, decline, record a payment; and when each is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Article, Image, Source
from articles.terms import Syndication
from articles.tests.build import make_user
from licensing.models import Licence, LicenceOrder, Payment
from licensing.tests.build import days_ago, make_card, make_order, make_story, make_terms, pay, set_back
from mail.models import Message

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
STATES = ["REQUESTED", "ACCEPTED", "DECLINED", "PAID"]


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def rows() -> tuple:
    """Return what there is of everything that a verb writes."""
    orders = list(LicenceOrder.objects.values_list("state", "decision_reason", "decided_at", "decided_by"))
    return orders, Payment.objects.count(), Licence.objects.count(), Message.objects.count()


def subjects() -> list[str]:
    return [message.subject for message in Message.objects.order_by("pk")]


def refusal(verb, *arguments, **fields) -> str:
    """Return what a verb says that refuses, having written nothing."""
    before = rows()
    with pytest.raises(ValidationError) as problem:
        verb(*arguments, **fields)
    assert rows() == before
    return " ".join(problem.value.messages)


# --- Approve and decline


def test_approval_lets_the_buyer_pay_and_says_who_approved():
    order, clerk = make_order("REQUESTED"), make_user("clerk")

    order.approve(by=clerk)

    order = LicenceOrder.objects.get()
    assert (order.state, order.decided_by, order.decision_reason, bool(order.decided_at)) == ("ACCEPTED", clerk, "", True)
    assert (Licence.objects.count(), subjects()) == (0, [f"Approved, and now to be paid: order {order.reference}"])


@pytest.mark.parametrize("state", ["REQUESTED", "ACCEPTED"])
def test_refusal_keeps_its_reason_and_who_refused(state):
    order, clerk = make_order(state), make_user("clerk")

    order.decline("  We know of no heir. ", by=clerk)

    order = LicenceOrder.objects.get()
    assert (order.state, order.decided_by, order.decision_reason) == ("DECLINED", clerk, "We know of no heir.")
    assert (Licence.objects.count(), subjects()) == (0, [f"Your order {order.reference} was declined"])


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_refusal_without_a_reason_is_refused(reason):
    assert refusal(make_order("REQUESTED").decline, reason) == "Say why: the buyer reads it."


@pytest.mark.parametrize("state", ["ACCEPTED", "DECLINED", "PAID"])
def test_only_a_request_can_be_approved(state):
    assert refusal(make_order(state).approve).startswith("Only an order that waits for the desk can be approved.")


@pytest.mark.parametrize("state", ["DECLINED", "PAID"])
def test_what_is_settled_cannot_be_declined(state):
    assert refusal(make_order(state).decline, "No.").startswith("Only an order that waits for the desk or for its payment can be declined.")


@pytest.mark.parametrize("state", ["REQUESTED", "DECLINED", "PAID"])
def test_only_an_accepted_order_can_be_paid(state):
    order = make_order(state)

    words = refusal(order.record_payment, order.total, timezone.localdate(), order.paid, by=make_user("clerk"))

    assert words.startswith("Only an order that waits for its payment can be marked paid.")


def test_verb_reads_the_state_anew():
    order = make_order("REQUESTED")
    stale = LicenceOrder.objects.get()
    order.decline("We know of no heir.")

    assert "in the state “Declined”" in refusal(stale.approve)


def test_order_that_money_came_in_for_is_declined_only_once_it_was_sent_back():
    order = make_order()
    pay(order, "1.00")

    assert refusal(order.decline, "No.") == "€1.00 has come in for this order. Send it back first, and say so here."
    order.decline("No.", is_sent_back=True)

    assert (LicenceOrder.objects.get().state, Payment.objects.count(), subjects()) == ("DECLINED", 1, [f"Your order {order.reference} was declined"])


def test_order_that_was_approved_since_the_desk_looked_is_not_declined():
    order = make_order("REQUESTED")
    order.approve()

    assert refusal(order.decline, "No.", seen="REQUESTED") == "Somebody has decided about this order meanwhile. Look at it again before you go on."
    order.decline("No.", seen="ACCEPTED")

    assert LicenceOrder.objects.get().state == "DECLINED"


def test_approval_of_what_costs_nothing_issues_the_licence(card):
    card.rates.filter(key="print").update(fee=0)
    order = make_order("REQUESTED")

    order.approve()

    assert (LicenceOrder.objects.get().state, Licence.objects.get().fee) == ("PAID", Decimal(0))
    assert subjects()[1:] == [f"Your licence {Licence.objects.get()}"]


# --- Payment


def test_whole_price_yields_a_licence_and_a_mail():
    order, clerk = make_order(), make_user("clerk")

    pay(order, by=clerk)

    payment, licence = Payment.objects.get(), Licence.objects.get()
    assert (payment.amount, payment.received_on, payment.recorded_by) == (Decimal("120.00"), timezone.localdate(), clerk)
    assert (LicenceOrder.objects.get().state, licence.order) == ("PAID", order)
    assert subjects() == [f"Your licence {licence}"]


def test_order_waits_for_the_rest_of_a_short_payment():
    order = make_order()

    pay(order, "119.99")
    short = (LicenceOrder.objects.get().state, str(order.owed), Licence.objects.count(), subjects())
    pay(order, "0.01")

    assert short == ("ACCEPTED", "0.01", 0, [])
    assert (LicenceOrder.objects.get().state, Licence.objects.count(), len(subjects())) == ("PAID", 1, 1)


@pytest.mark.parametrize(("paid", "amount", "owed"), [(None, "120.01", "€120.00"), (None, "200.00", "€120.00"), ("119.50", "0.51", "€0.50")])
def test_payment_of_more_than_is_owed_is_refused(paid, amount, owed):
    order, clerk = make_order(), make_user("clerk")
    if paid:
        pay(order, paid)

    assert refusal(pay, order, amount, by=clerk) == f"Only {owed} is owed. Record that, and send the rest back."


def test_payment_in_coins_that_a_currency_does_not_have_is_refused():
    make_card(currency="JPY")
    order, clerk = make_order(), make_user("clerk")

    assert refusal(pay, order, "60.50", by=clerk) == "JPY has no such coin."
    pay(order, "120")

    assert LicenceOrder.objects.get().state == "PAID"


def test_same_transfer_noted_twice_is_refused():
    order = make_order()
    pay(order, "60.00")

    assert "Somebody has recorded a payment" in refusal(pay, order, "60.00", paid_before=Decimal(0))


@pytest.mark.parametrize("amount", ["0", "0.00", "-1", "-120.00", "0.001", "1.005", "NaN", "99999999999.00"])
def test_payment_that_is_no_amount_of_money_is_refused(amount):
    order = make_order()
    clerk = make_user("clerk")

    refusal(pay, order, amount, by=clerk)


def test_payment_of_a_day_to_come_is_refused():
    order, clerk = make_order(), make_user("clerk")

    words = refusal(pay, order, on=timezone.localdate() + timedelta(days=1), by=clerk)

    assert words == "That day is still to come."


def test_payment_of_a_day_before_the_order_is_refused():
    order, clerk = make_order(), make_user("clerk")
    set_back(order, days=3)

    words = refusal(pay, order, on=days_ago(4), by=clerk)

    assert words == f"The order was placed after that, on {days_ago(3):%d %B %Y}."
    pay(order, on=days_ago(3), by=clerk)
    assert LicenceOrder.objects.get().state == "PAID"


def test_payment_of_last_month_starts_the_licence_today():
    order = make_order()
    set_back(order, days=40)

    pay(order, on=days_ago(30))

    assert order.licences.get().starts_on == timezone.localdate()


# --- What changed between the order and the desk's word


def withdraw(story):
    story.withdraw("It was wrong.")


def make_source_none(story):
    Source.objects.filter(pk=story.source_id).update(syndication=NONE)


def make_story_none(story):
    Article.objects.filter(pk=story.pk).update(syndication=NONE)


def make_source_free(story):
    Source.objects.filter(pk=story.source_id).update(syndication=FREE)


def make_picture_none(story):
    Image.objects.filter(figures__article=story, alt_text="The gauge, seen from gate 2").update(syndication=NONE)


def embargo(story):
    Article.objects.filter(pk=story.pk).update(embargoed_until=timezone.now() + timedelta(days=1))


CHANGES = [
    (withdraw, "The story is no longer in print, so it cannot be licensed."),
    (embargo, "The story is no longer in print, so it cannot be licensed."),
    (make_source_none, "The story’s terms are now “Not ours to sell”, so it cannot be licensed."),
    (make_story_none, "The story’s terms are now “Not ours to sell”, so it cannot be licensed."),
    (make_source_free, "The story’s terms are now “Free to republish”, so it cannot be licensed."),
    (make_picture_none, "A picture of this order is not ours to sell any more: The gauge, seen from gate 2."),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_request_for_what_cannot_be_sold_any_more_is_not_approved(change, words):
    story = make_story(ON_REQUEST, pictures=[FOR_SALE, FOR_SALE])
    order = make_order("REQUESTED", story, choice={"with_pictures": True})
    assert order.problem == ""
    change(story)

    assert LicenceOrder.objects.get().problem.startswith(words)
    assert refusal(order.approve).startswith(words)
    order.decline("It cannot be sold.")

    assert LicenceOrder.objects.get().state == "DECLINED"


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_payment_for_what_cannot_be_sold_any_more_is_not_recorded(change, words):
    story = make_story(FOR_SALE, pictures=[FOR_SALE, FOR_SALE])
    order, clerk = make_order("ACCEPTED", story, choice={"with_pictures": True}), make_user("clerk")
    change(story)

    assert refusal(pay, order, by=clerk).startswith(words)


def test_picture_that_was_not_ordered_may_be_lost():
    story = make_story(FOR_SALE, pictures=[FOR_SALE, FOR_SALE])
    order = make_order("ACCEPTED", story)
    make_picture_none(story)

    pay(order)

    assert LicenceOrder.objects.get().state == "PAID"


def test_story_that_is_asked_for_first_now_can_still_be_paid():
    story = make_story(FOR_SALE)
    order = make_order("ACCEPTED", story)
    Article.objects.filter(pk=story.pk).update(source=None)

    pay(order)

    assert LicenceOrder.objects.get().state == "PAID"
