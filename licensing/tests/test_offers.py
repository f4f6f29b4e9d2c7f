"""The desk's own price: what an offer says, and how the buyer takes it, leaves it or lets it lapse."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from articles.terms import Syndication
from articles.tests.build import make_user
from licensing.models import Licence, LicenceOrder, Rate
from licensing.tests.build import days_ago, make_card, make_order, make_story, make_terms, pay
from licensing.tests.verbs import anew, log, money, refusal, subjects, two_stories, withdraw

pytestmark = pytest.mark.django_db
ON_REQUEST = Syndication.ON_REQUEST
WHY = "Two photographers have to be paid."


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def offer(order, *prices: str, reason=WHY, answer_by=None, by=None) -> None:
    named = {story.pk: Decimal(price) for story, price in zip(order.live, prices, strict=False)}
    order.offer(named, reason, answer_by or timezone.localdate(), by=by)


def prices(order) -> list[list[str]]:
    """Return each story's lines, and then its fee."""
    return [[*(str(line.amount) for line in story.lines.all()), str(story.fee)] for story in order.stories.all()]


def test_offer_prices_each_story_by_a_line_so_that_its_lines_go_on_adding_up():
    order, clerk = make_order("REQUESTED", *two_stories(terms=ON_REQUEST)), make_user("clerk")

    offer(order, "80.50", "200.00", by=clerk)

    order = anew(order)
    assert prices(order) == [["120.00", "0.00", "0.00", "0.00", "-39.50", "80.50"], ["120.00", "0.00", "0.00", "0.00", "80.00", "200.00"]]
    assert [story.lines.last().reason for story in order.stories.all()] == [f"Offer of the rights desk: {WHY}"] * 2
    assert (order.state, str(order.total), order.answer_by, order.decided_by) == ("OFFERED", "280.50", timezone.localdate(), clerk)
    assert log(order)[-1] == ("OFFERED", f"The desk offers €280.50 until {timezone.localdate():%-d %B %Y}: {WHY}")
    assert (money(order), subjects()) == (["0.00"] * 5, [f"An offer for your order {order.reference}"])


def test_offer_at_the_quoted_price_adds_no_line():
    order = make_order("REQUESTED")

    offer(order, "120.00")

    assert prices(anew(order)) == [["120.00", "0.00", "0.00", "0.00", "120.00"]]


def test_offer_names_the_price_that_the_card_left_open(card):
    card.rates.filter(key="small").update(desk=Rate.Desk.PRICES)
    order = make_order("REQUESTED")

    offer(order, "120.00")

    assert (prices(anew(order)), anew(order).is_open) == ([["120.00", "0.00", "0.00", "0.00", "0.00", "120.00"]], False)


def test_second_offer_takes_the_place_of_the_first():
    order = make_order("REQUESTED")
    offer(order, "200.00")

    offer(order, "90.00", answer_by=timezone.localdate() + timedelta(days=9))

    order = anew(order)
    assert prices(order) == [["120.00", "0.00", "0.00", "0.00", "80.00", "-110.00", "90.00"]]
    assert (order.state, str(order.total), order.answer_by) == ("OFFERED", "90.00", timezone.localdate() + timedelta(days=9))
    assert [state for state, _ in log(order)] == ["REQUESTED", "OFFERED", "OFFERED"]


@pytest.mark.parametrize(
    ("prices", "reason", "answer_by", "words"),
    [
        (["80.00", "90.00"], " ", days_ago(0), "Say why: the buyer reads it."),
        (["80.00", "90.00"], WHY, days_ago(1), "The day to answer by has passed already."),
        (["80.00"], WHY, days_ago(0), "Name a price for “Snow in May”."),
        (["80.00", "-0.01"], WHY, days_ago(0), "-0.01 is no price in EUR."),
        (["80.00", "10.005"], WHY, days_ago(0), "10.005 is no price in EUR."),
    ],
)
def test_offer_that_is_none_is_refused(prices, reason, answer_by, words):
    order = make_order("REQUESTED", *two_stories(terms=ON_REQUEST))

    assert refusal(offer, order, *prices, reason=reason, answer_by=answer_by) == words


@pytest.mark.parametrize("state", ["ACCEPTED", "PAID", "DECLINED", "CANCELLED"])
def test_only_what_waits_for_the_desk_is_given_an_offer(state):
    order = make_order(state)

    assert refusal(offer, order, "80.00").startswith("Only an order that waits for the desk can be given an offer.")


def test_what_cannot_be_sold_any_more_is_not_offered():
    order = make_order("REQUESTED", story := make_story(ON_REQUEST))
    withdraw(story)

    assert refusal(offer, order, "80.00").startswith("The story is no longer in print, so it cannot be licensed.")


# --- The buyer's answer


def test_offer_that_is_taken_can_be_paid_and_is_then_licensed_at_its_price():
    order = make_order("OFFERED")

    order.accept_offer()
    accepted = (anew(order).state, money(anew(order)), subjects()[-1])
    pay(order)

    assert accepted == ("ACCEPTED", ["80.00", "0.00", "0.00", "80.00", "0.00"], f"You took our offer, and now to be paid: order {order.reference}")
    assert (anew(order).state, str(Licence.objects.get().fee)) == ("PAID", "80.00")


def test_offer_that_was_changed_while_its_buyer_read_is_looked_at_again():
    order = make_order("OFFERED")
    as_read = order.offered
    offer(order, "90.00")

    words = refusal(order.accept_offer, as_read)
    order.accept_offer(order.offered)

    assert words == "The rights desk has changed its offer while you read. Look at the new one before you take it."
    assert (anew(order).state, str(anew(order).total)) == ("ACCEPTED", "90.00")


def test_offer_of_the_same_sum_and_day_for_other_prices_is_another_offer():
    order = make_order("REQUESTED", *two_stories(terms=ON_REQUEST))
    offer(order, "500.00", "100.00")
    shown = anew(order).offered
    offer(order, "100.00", "500.00", reason="The other way round.")

    assert refusal(order.accept_offer, shown).startswith("The rights desk has changed its offer")
    order.accept_offer(anew(order).offered)

    assert anew(order).state == "ACCEPTED"


def test_offer_of_nothing_is_licensed_once_it_is_taken():
    order = make_order("REQUESTED")
    offer(order, "0.00")

    order.accept_offer()

    assert (anew(order).state, str(Licence.objects.get().fee)) == ("PAID", "0.00")


def test_money_that_came_in_before_the_offer_counts():
    order = make_order("REQUESTED")
    pay(order, "100.00")
    offer(order, "80.00")

    order.accept_offer()

    assert (anew(order).state, money(anew(order))) == ("PAID", ["80.00", "100.00", "0.00", "0.00", "20.00"])


@pytest.mark.parametrize(("ago", "state"), [(0, "ACCEPTED"), (1, "OFFERED")])
def test_offer_can_be_taken_until_its_day_that_day_included(ago, state):
    order = make_order("OFFERED")
    LicenceOrder.objects.update(answer_by=days_ago(ago))

    if state == "OFFERED":
        words = f"This offer could be taken until {days_ago(1):%-d %B %Y}. Write to the rights desk for a new one."
        assert refusal(order.accept_offer) == words
    else:
        order.accept_offer()

    assert anew(order).state == state


@pytest.mark.parametrize("state", ["REQUESTED", "ACCEPTED", "PAID", "DECLINED", "CANCELLED"])
def test_only_an_offer_can_be_taken(state):
    assert refusal(make_order(state).accept_offer).startswith("Only an offer of the rights desk can be taken.")


def test_offer_for_what_was_withdrawn_since_cannot_be_taken():
    order = make_order("OFFERED", story := make_story(ON_REQUEST))
    withdraw(story)

    assert refusal(order.accept_offer).startswith("The story is no longer in print, so it cannot be licensed.")


def test_offer_that_nobody_takes_lapses_the_day_after():
    order, other = make_order("OFFERED"), make_order("REQUESTED")
    LicenceOrder.objects.lapse_offers(timezone.localdate())
    before = anew(order).state

    LicenceOrder.objects.lapse_offers(timezone.localdate() + timedelta(days=1))

    assert (before, anew(order).state, anew(other).state) == ("OFFERED", "CANCELLED", "REQUESTED")
    assert log(order)[-1] == ("CANCELLED", f"The offer was not taken by {timezone.localdate():%-d %B %Y}.")
    assert subjects()[-1] == f"Your order {order.reference} is cancelled"


@pytest.mark.parametrize("meanwhile", ["accept_offer", "decline", "offer"])
def test_offer_that_was_answered_at_the_last_moment_does_not_lapse(meanwhile):
    order, day = make_order("OFFERED"), timezone.localdate() + timedelta(days=1)
    late = anew(order)
    if meanwhile == "offer":
        offer(order, "90.00", answer_by=day)
    else:
        getattr(order, meanwhile)(*["We know of no heir."] * (meanwhile == "decline"))
    before = anew(order).state

    late.lapse(day)

    assert anew(order).state == before == {"accept_offer": "ACCEPTED", "decline": "DECLINED", "offer": "OFFERED"}[meanwhile]
