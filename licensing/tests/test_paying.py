"""Payments as they came, and what they bring."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from articles.models import Article, Image
from articles.terms import Syndication
from articles.tests.build import make_user
from licensing.models import Licence, LicenceOrder, Payment
from licensing.rights import pictures_of
from licensing.tests.build import days_ago, make_card, make_order, make_story, make_terms, pay, set_back
from licensing.tests.verbs import LOST, anew, end_contract, log, make_picture_none, money, refusal, subjects, two_stories, withdraw

pytestmark = pytest.mark.django_db
FOR_SALE = Syndication.FOR_SALE


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


# --- What came in


def test_whole_price_yields_a_licence_and_a_mail():
    order, clerk = make_order(), make_user("clerk")

    pay(order, by=clerk)

    payment, licence = Payment.objects.get(), Licence.objects.get()
    assert (payment.amount, payment.received_on, payment.recorded_by) == (Decimal("120.00"), timezone.localdate(), clerk)
    assert (LicenceOrder.objects.get().state, licence.order) == ("PAID", order)
    assert subjects() == [f"Your licence {licence}"]
    assert log(order)[1:] == [
        ("ACCEPTED", f"€120.00 came in on {timezone.localdate():%-d %B %Y}."),
        ("PAID", "Paid in full."),
        ("PAID", f"Licensed: {licence}."),
    ]


def test_order_of_several_stories_yields_a_licence_for_each_once_all_is_paid():
    order = make_order("ACCEPTED", *two_stories())
    pay(order, "120.00")
    before = Licence.objects.count()

    pay(order, "120.00")

    assert (before, anew(order).state) == (0, "PAID")
    licences = order.licences.order_by("pk")
    assert [(licence.headline, str(licence.fee)) for licence in licences] == [("Hail over the pass", "120.00"), ("Snow in May", "120.00")]


def test_order_waits_for_the_rest_of_a_short_payment_and_the_buyer_is_told():
    order = make_order()

    pay(order, "119.99")
    short = (anew(order).state, money(anew(order)), Licence.objects.count(), subjects())
    pay(order, "0.01")

    told = f"Not all of it has come in yet: order {order.reference}"
    assert short == ("ACCEPTED", ["120.00", "119.99", "0.00", "0.01", "0.00"], 0, [told])
    assert (anew(order).state, Licence.objects.count(), subjects()) == ("PAID", 1, [told, f"Your licence {Licence.objects.get()}"])


def test_too_much_is_recorded_and_has_to_go_back():
    order = make_order()

    pay(order, "200.00")

    assert (anew(order).state, money(anew(order))) == ("PAID", ["120.00", "200.00", "0.00", "0.00", "80.00"])


def test_second_transfer_for_a_paid_order_is_recorded_and_has_to_go_back():
    order = make_order("PAID")

    pay(order, "120.00")

    assert (anew(order).state, money(anew(order)), Licence.objects.count()) == ("PAID", ["120.00", "240.00", "0.00", "0.00", "120.00"], 1)
    assert subjects() == [f"Your licence {Licence.objects.get()}", f"More has come in than is due: order {order.reference}"]


STATES = {
    "REQUESTED": ["0.00", "50.00", "0.00", "0.00", "50.00"],
    "OFFERED": ["0.00", "50.00", "0.00", "0.00", "50.00"],
    "ACCEPTED": ["120.00", "50.00", "0.00", "70.00", "0.00"],
    "PAID": ["120.00", "170.00", "0.00", "0.00", "50.00"],
    "DECLINED": ["0.00", "50.00", "0.00", "0.00", "50.00"],
    "CANCELLED": ["0.00", "50.00", "0.00", "0.00", "50.00"],
}


@pytest.mark.parametrize(("state", "amounts"), STATES.items())
def test_payment_is_recorded_in_every_state(state, amounts):
    order = make_order(state)

    pay(order, "50.00")

    assert (anew(order).state, money(anew(order)), Licence.objects.count()) == (state, amounts, state == "PAID")


def test_draft_takes_no_money():
    assert refusal(pay, make_order("DRAFT"), "50.00", by=make_user("clerk")) == "Nobody has ordered this yet."


def test_payment_in_coins_that_a_currency_does_not_have_is_refused():
    make_card(currency="JPY")
    order, clerk = make_order(), make_user("clerk")

    assert refusal(pay, order, "60.50", by=clerk) == "JPY has no such coin."
    pay(order, "120")

    assert LicenceOrder.objects.get().state == "PAID"


def test_same_transfer_noted_twice_is_refused():
    order = make_order()
    pay(order, "60.00")

    assert "Somebody has recorded a payment" in refusal(pay, order, "60.00", paid_before=Decimal(0), by=make_user("clerk"))


def test_same_form_sent_twice_records_once():
    order, clerk = make_order(), make_user("clerk")
    sent = (Decimal("120.00"), timezone.localdate(), Decimal(0))

    first, second = (anew(order).record_payment(*sent, by=clerk, key="the-form-of-one-morning") for _ in range(2))

    assert (first, Payment.objects.count(), Licence.objects.count(), len(subjects())) == (second, 1, 1, 1)


def test_form_of_one_order_does_not_record_for_another():
    order, other, clerk = make_order(), make_order(), make_user("clerk")
    order.record_payment(Decimal("60.00"), timezone.localdate(), Decimal(0), by=clerk, key="the-form-of-one-morning")

    refusal(other.record_payment, Decimal("60.00"), timezone.localdate(), Decimal(0), by=clerk, key="the-form-of-one-morning")


@pytest.mark.parametrize("amount", ["0", "0.00", "-1", "-120.00", "0.001", "1.005", "NaN", "Infinity", "99999999999999.00", "1E+30"])
def test_payment_that_is_no_amount_of_money_is_refused(amount):
    order, clerk = make_order(), make_user("clerk")

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


# --- What changed between the order and the payment


@pytest.mark.parametrize(("change", "words"), LOST)
def test_payment_for_what_cannot_be_sold_any_more_is_recorded_and_nothing_is_licensed(change, words):
    story = make_story(FOR_SALE, pictures=[FOR_SALE, FOR_SALE])
    order = make_order("ACCEPTED", story, choice={"pictures": True})
    assert order.problem == ""
    change(story)

    pay(order)

    assert (anew(order).state, anew(order).problem, Licence.objects.count()) == ("ACCEPTED", words, 0)
    assert money(anew(order)) == ["190.00", "190.00", "0.00", "0.00", "0.00"]
    assert (log(order)[-1], subjects()) == (("ACCEPTED", f"Paid, but not licensed: {words}"), [f"Your payment has come in: order {order.reference}"])


def test_yes_to_one_picture_is_no_yes_to_another_of_the_same_holder():
    story = make_story(FOR_SALE, pictures=[FOR_SALE, FOR_SALE])
    first, second = pictures_of(story)
    Image.objects.filter(pk=first.pk).update(copyright_holder="Agency X")
    order = make_order("REQUESTED", Article.objects.for_licensing().get(pk=story.pk), choice={"pictures": True})
    order.approve()
    assert order.problem == ""
    Image.objects.filter(pk=second.pk).update(copyright_holder="Agency X")

    pay(order, anew(order).due)

    assert (anew(order).state, Licence.objects.count()) == ("ACCEPTED", 0)
    assert anew(order).problem.startswith("The rights desk has to say yes first. No contract with Agency X")


def test_disk_that_fails_while_a_licence_is_made_takes_no_payment_with_it(monkeypatch):
    order = make_order("ACCEPTED", make_story(FOR_SALE, pictures=[FOR_SALE]), choice={"pictures": True})
    monkeypatch.setattr("licensing.models.licences._picture", lambda image: (_ for _ in ()).throw(OSError("Input/output error")))

    pay(order)

    assert (anew(order).state, Payment.objects.count(), Licence.objects.count()) == ("ACCEPTED", 1, 0)
    assert log(order)[-1] == ("ACCEPTED", "Paid, but not licensed: the file of a picture cannot be read.")
    monkeypatch.undo()
    LicenceOrder.objects.settle_all()
    assert (anew(order).state, Licence.objects.count()) == ("PAID", 1)


def test_contract_that_ends_before_the_licence_would_is_no_ground_to_sell():
    order = make_order("ACCEPTED", story := make_story(FOR_SALE))
    end_contract(story)

    pay(order)

    day = story.source.grants.get().ends_on
    assert anew(order).problem == f"The story cannot be licensed any more. The holder lets us sell it until {day:%-d %B %Y} only."
    assert (anew(order).state, Licence.objects.count()) == ("ACCEPTED", 0)


def test_picture_that_was_not_ordered_may_be_lost():
    order = make_order("ACCEPTED", story := make_story(FOR_SALE, pictures=[FOR_SALE, FOR_SALE]))
    make_picture_none(story)

    pay(order)

    assert LicenceOrder.objects.get().state == "PAID"


def test_story_whose_holder_has_to_be_asked_now_waits_unless_the_desk_said_yes_to_that():
    asked = make_order("ACCEPTED", story := make_story(FOR_SALE))
    story.source.grants.update(may_sublicense="ASK")
    agreed = make_order("REQUESTED", make_story(FOR_SALE))
    agreed.approve()

    pay(asked)
    pay(agreed)

    assert [anew(order).state for order in (asked, agreed)] == ["ACCEPTED", "PAID"]
    assert anew(asked).problem == "The rights desk has to say yes first. The holder has to be asked each time."


def test_yes_of_the_desk_is_no_yes_to_what_is_asked_for_another_reason_since():
    order = make_order("REQUESTED", story := make_story(Syndication.ON_REQUEST))
    order.approve()
    Article.objects.filter(pk=story.pk).update(source=None)
    pay(order)
    waiting = (anew(order).state, anew(order).problem)

    order.approve()

    assert waiting == ("ACCEPTED", "The rights desk has to say yes first. We do not know for certain who holds its rights.")
    assert anew(order).state == "PAID"


def test_paid_order_is_licensed_once_its_story_is_in_print_again():
    order, other = make_order("ACCEPTED", story := make_story()), make_order("ACCEPTED", story2 := make_story(headline="Snow in May"))
    withdraw(story)
    withdraw(story2)
    pay(order)
    pay(other)
    LicenceOrder.objects.settle_all()
    waiting = ([anew(each).state for each in (order, other)], len(log(order)))

    story.publish()
    LicenceOrder.objects.settle_all()

    assert waiting == (["ACCEPTED", "ACCEPTED"], 3)
    assert ([anew(each).state for each in (order, other)], Licence.objects.get().order) == (["PAID", "ACCEPTED"], order)


def test_order_that_is_not_paid_is_never_licensed_by_looking_again():
    make_order("ACCEPTED")
    pay(make_order("ACCEPTED"), "119.99")

    LicenceOrder.objects.settle_all()

    assert (list(LicenceOrder.objects.values_list("state", flat=True)), Licence.objects.count()) == (["ACCEPTED", "ACCEPTED"], 0)
