"""The desk's word and the buyer's: approve, decline, cancel; and when each is refused."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_user
from licensing.models import Licence, LicenceOrder, Payment, Rate
from licensing.tests.build import make_card, make_grant, make_order, make_story, make_terms, pay
from licensing.tests.verbs import LOST, anew, end_contract, log, make_picture_none, money, refusal, subjects, two_stories, withdraw

pytestmark = pytest.mark.django_db
FOR_SALE, ON_REQUEST = Syndication.FOR_SALE, Syndication.ON_REQUEST


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


# --- Approve


def test_approval_lets_the_buyer_pay_and_says_who_approved():
    order, clerk = make_order("REQUESTED"), make_user("clerk")

    order.approve(by=clerk)

    order = LicenceOrder.objects.get()
    assert (order.state, order.decided_by, order.decision_reason, bool(order.decided_at)) == ("ACCEPTED", clerk, "", True)
    assert (Licence.objects.count(), subjects()) == (0, [f"Approved, and now to be paid: order {order.reference}"])
    assert (log(order)[-1], order.events.last().by) == (("ACCEPTED", "The desk has approved it."), clerk)


@pytest.mark.parametrize("state", ["OFFERED", "ACCEPTED", "PAID", "DECLINED", "CANCELLED"])
def test_only_what_waits_for_the_desk_can_be_approved(state):
    assert refusal(make_order(state).approve).startswith("Only an order that waits for the desk can be approved.")


def test_order_is_approved_once():
    order = make_order("REQUESTED")
    order.approve()

    assert refusal(anew(order).approve) == "Only an order that waits for the desk can be approved. This one waits for its payment."


def test_order_without_a_price_is_not_approved(card):
    card.rates.filter(key="small").update(desk=Rate.Desk.PRICES)
    order = make_order("REQUESTED", make_story(FOR_SALE))

    assert (order.is_open, refusal(order.approve)) == (True, "This order has no price yet. Make an offer instead.")


def test_approval_of_what_costs_nothing_issues_the_licence(card):
    card.rates.filter(key="print").update(fee=0)
    order = make_order("REQUESTED")

    order.approve()

    assert (LicenceOrder.objects.get().state, Licence.objects.get().fee) == ("PAID", Decimal(0))
    assert subjects()[1:] == [f"Your licence {Licence.objects.get()}"]


def test_approval_of_what_was_paid_before_issues_the_licence():
    order = make_order("REQUESTED")
    pay(order, "120.00")
    before = (anew(order).state, money(anew(order)))

    order.approve()

    assert before == ("REQUESTED", ["0.00", "120.00", "0.00", "0.00", "120.00"])
    assert (anew(order).state, Licence.objects.count(), money(anew(order))) == ("PAID", 1, ["120.00", "120.00", "0.00", "0.00", "0.00"])


def test_order_whose_rights_have_come_to_ask_for_the_desk_waits_for_its_yes():
    order = make_order("ACCEPTED", story := make_story(FOR_SALE))
    Article.objects.filter(pk=story.pk).update(source=None)
    pay(order)
    waiting = (anew(order).state, anew(order).problem, Licence.objects.count())

    order.approve()

    assert waiting == ("ACCEPTED", "The rights desk has to say yes first. We do not know for certain who holds its rights.", 0)
    assert (anew(order).state, Licence.objects.count()) == ("PAID", 1)


# --- Decline


@pytest.mark.parametrize("state", ["REQUESTED", "OFFERED", "ACCEPTED"])
def test_refusal_keeps_its_reason_and_who_refused(state):
    order, clerk = make_order(state), make_user("clerk")

    order.decline("  We know of no heir. ", by=clerk)

    order = LicenceOrder.objects.get()
    assert (order.state, order.decided_by, order.decision_reason) == ("DECLINED", clerk, "We know of no heir.")
    assert (Licence.objects.count(), subjects()[-1:]) == (0, [f"Your order {order.reference} was declined"])
    assert log(order)[-1] == ("DECLINED", "The desk has declined it: We know of no heir.")


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_refusal_without_a_reason_is_refused(reason):
    assert refusal(make_order("REQUESTED").decline, reason) == "Say why: the buyer reads it."


@pytest.mark.parametrize("state", ["DECLINED", "CANCELLED", "PAID"])
def test_what_is_settled_cannot_be_declined(state):
    assert refusal(make_order(state).decline, "No.").startswith("Only an order that waits for the desk or for its payment can be declined.")


def test_verb_reads_the_state_anew():
    order = make_order("REQUESTED")
    stale = LicenceOrder.objects.get()
    order.decline("We know of no heir.")

    assert "in the state “Declined”" in refusal(stale.approve)


def test_what_came_in_for_a_declined_order_has_to_go_back():
    order = make_order()
    pay(order, "1.00")

    order.decline("We know of no heir.")

    assert (anew(order).state, Payment.objects.count(), money(anew(order))) == ("DECLINED", 1, ["0.00", "1.00", "0.00", "0.00", "1.00"])


def test_order_that_was_approved_since_the_desk_looked_is_not_declined():
    order = make_order("REQUESTED")
    order.approve()

    assert refusal(order.decline, "No.", seen="REQUESTED") == "Somebody has decided about this order meanwhile. Look at it again before you go on."
    order.decline("No.", seen="ACCEPTED")

    assert LicenceOrder.objects.get().state == "DECLINED"


# --- Cancel, as its buyer


@pytest.mark.parametrize("state", ["REQUESTED", "OFFERED", "ACCEPTED"])
def test_buyer_cancels_what_is_not_licensed_yet(state):
    order = make_order(state, *two_stories(terms=FOR_SALE if state == "ACCEPTED" else ON_REQUEST))
    pay(order, "50.00")

    order.cancel()

    assert (anew(order).state, [story.cancellation_reason for story in order.stories.all()]) == ("CANCELLED", ["Cancelled on the order’s page."] * 2)
    assert (money(anew(order)), Licence.objects.count()) == (["0.00", "50.00", "0.00", "0.00", "50.00"], 0)
    assert subjects()[-1] == f"Your order {order.reference} is cancelled"


@pytest.mark.parametrize("state", ["PAID", "DECLINED", "CANCELLED"])
def test_buyer_cannot_cancel_what_is_settled(state):
    assert refusal(make_order(state).cancel).startswith("Only an order that is not licensed yet can be cancelled like this.")


# --- What changed between the order and the desk's word


def asked_for() -> tuple:
    """Return a story for sale with two pictures, and an order of both that waits for the desk."""
    story = make_story(FOR_SALE, pictures=[FOR_SALE, FOR_SALE])
    make_grant(article=story, holder="The Byline Agency", may_sublicense="ASK")
    order = make_order("REQUESTED", story, choice={"pictures": True})
    story.grants.all().delete()
    return story, order


@pytest.mark.parametrize(("change", "words"), LOST)
def test_request_for_what_cannot_be_sold_any_more_is_not_approved(change, words):
    story, order = asked_for()
    assert order.live[0].problem() == ""
    change(story)

    assert anew(order).problem == words
    assert refusal(order.approve) == f"{words} Decline the order."
    order.decline("It cannot be sold.")

    assert LicenceOrder.objects.get().state == "DECLINED"


def test_yes_of_the_desk_does_not_outlive_the_contract():
    story, order = asked_for()
    end_contract(story)

    words = refusal(order.approve)

    day = story.source.grants.get().ends_on
    assert words == f"The story cannot be licensed any more. The holder lets us sell it until {day:%-d %B %Y} only. Decline the order."


def test_picture_that_was_not_ordered_may_be_lost():
    story = make_story(ON_REQUEST, pictures=[FOR_SALE, FOR_SALE])
    order = make_order("REQUESTED", story)
    make_picture_none(story)

    order.approve()

    assert anew(order).state == "ACCEPTED"


def test_order_moves_only_where_the_way_leads():
    order = make_order("PAID")

    with pytest.raises(ValidationError) as problem:
        order.move("ACCEPTED", "Let us sell it once more.")

    assert problem.value.messages == ["An order that is in the state “Paid” cannot become “Waits for payment”."]
    assert anew(order).state == "PAID"


def test_withdrawn_story_of_a_request_can_be_declined_and_says_so_in_the_log():
    story, order = asked_for()
    withdraw(story)

    order.decline("We have taken it down.")

    assert [state for state, _ in log(order)] == ["REQUESTED", "DECLINED"]
