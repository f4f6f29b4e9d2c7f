"""Stories taken out of an order, whole or in part: what goes back, what is kept, and what becomes of the others."""

from decimal import Decimal

import pytest

from articles.tests.build import make_user
from licensing.models import Licence
from licensing.tests.build import make_card, make_order, make_terms, pay
from licensing.tests.verbs import NOT_IN_PRINT, anew, log, money, refusal, subjects, two_stories, withdraw

pytestmark = pytest.mark.django_db
WHY = "The buyer has no room for it."


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def standing(order) -> list[tuple[str, bool]]:
    """Return the headline of each licensed story, and whether its licence stands."""
    return [(licence.headline, not licence.revoked_at) for licence in order.licences.order_by("pk")]


def test_cancelled_story_of_a_paid_order_goes_back_and_its_licence_is_revoked():
    order, clerk = make_order("PAID", *two_stories()), make_user("clerk")
    hail, snow = order.live

    order.cancel_stories([hail], f" {WHY} ", by=clerk)

    order = anew(order)
    assert (order.state, str(order.total), money(order)) == ("PAID", "240.00", ["120.00", "240.00", "0.00", "0.00", "120.00"])
    assert (order.live, standing(order)) == ([snow], [("Hail over the pass", False), ("Snow in May", True)])
    assert Licence.objects.get(story=hail).revocation_reason == WHY
    assert log(order)[-2:] == [
        ("PAID", f"Licence {Licence.objects.get(story=hail)} is revoked: {WHY}"),
        ("PAID", f"“Hail over the pass” is cancelled: {WHY}"),
    ]
    assert (order.events.last().by, subjects()[1:]) == (clerk, [f"Part of your order {order.reference} is cancelled"])


def test_order_whose_stories_are_all_cancelled_is_cancelled():
    order = make_order("PAID", *two_stories())

    order.cancel_stories(order.live, WHY, kept=Decimal("20.00"))

    assert (anew(order).state, money(anew(order))) == ("CANCELLED", ["40.00", "240.00", "0.00", "0.00", "200.00"])
    assert standing(order) == [("Hail over the pass", False), ("Snow in May", False)]
    assert (log(order)[-1], subjects()[1:]) == (("CANCELLED", "Every story of it is cancelled."), [f"Your order {order.reference} is cancelled"])


def test_what_is_kept_of_a_story_that_was_not_paid_is_still_owed():
    order = make_order("ACCEPTED", *two_stories())

    order.cancel_stories(order.live[:1], WHY, kept=Decimal("15.00"))

    assert (anew(order).state, money(anew(order)), Licence.objects.count()) == ("ACCEPTED", ["135.00", "0.00", "0.00", "135.00", "0.00"], 0)


def test_others_are_licensed_once_the_story_that_nobody_paid_for_is_cancelled():
    order = make_order("ACCEPTED", *two_stories())
    pay(order, "120.00")

    order.cancel_stories(order.live[1:], WHY)

    assert (anew(order).state, standing(order)) == ("PAID", [("Hail over the pass", True)])
    assert subjects()[-2:] == [f"Part of your order {order.reference} is cancelled", f"Your licence {order.licences.get()}"]


def test_paid_order_waits_until_the_story_that_was_withdrawn_is_cancelled_and_then_the_others_are_licensed():
    order = make_order("ACCEPTED", *(stories := two_stories()))
    withdraw(stories[0])
    pay(order)
    waiting = (anew(order).state, money(anew(order)), Licence.objects.count(), log(order)[-1])

    order.cancel_stories([story for story in order.live if story.article == stories[0]], "We have taken it down.")

    assert waiting == ("ACCEPTED", ["240.00", "240.00", "0.00", "0.00", "0.00"], 0, ("ACCEPTED", f"Paid, but not licensed: {NOT_IN_PRINT}"))
    assert (anew(order).state, money(anew(order))) == ("PAID", ["120.00", "240.00", "0.00", "0.00", "120.00"])
    assert standing(order) == [("Snow in May", True)]


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("-0.01", "What is kept of a fee lies between 0 and the fee, €120.00."),
        ("120.01", "What is kept of a fee lies between 0 and the fee, €120.00."),
        ("0.005", "What is kept of a fee lies between 0 and the fee, €120.00."),
    ],
)
def test_no_more_than_a_fee_is_kept_of_it(kept, words):
    order = make_order("PAID", *two_stories())

    assert refusal(order.cancel_stories, order.live, WHY, kept=Decimal(kept)) == words


def test_whole_fee_may_be_kept():
    order = make_order("PAID")

    order.cancel_stories(order.live, WHY, kept=Decimal("120.00"))

    assert (anew(order).state, money(anew(order))) == ("CANCELLED", ["120.00", "120.00", "0.00", "0.00", "0.00"])


@pytest.mark.parametrize("reason", ["", " \n"])
def test_cancellation_without_a_reason_is_refused(reason):
    order = make_order("PAID")

    assert refusal(order.cancel_stories, order.live, reason) == "Say why: the buyer reads it."


def test_story_is_cancelled_once():
    order = make_order("PAID", *two_stories())
    hail = order.live[0]
    order.cancel_stories([hail], WHY, kept=Decimal("100.00"))

    assert refusal(order.cancel_stories, [hail], WHY) == "Choose at least one story that is not cancelled yet."
    assert str(anew(order).due) == "220.00"


def test_story_of_another_order_is_not_touched():
    order, other = make_order("PAID", *(stories := two_stories())), make_order("PAID", *stories)

    assert refusal(order.cancel_stories, other.live, WHY) == "Choose at least one story that is not cancelled yet."


@pytest.mark.parametrize("state", ["REQUESTED", "OFFERED", "DECLINED", "CANCELLED"])
def test_only_what_was_accepted_is_cancelled_in_part(state):
    order = make_order(state)

    assert refusal(order.cancel_stories, list(order.stories.all()), WHY).startswith("Only an order that was accepted can be cancelled in part.")


def test_licence_that_was_revoked_before_keeps_its_reason():
    order = make_order("PAID")
    order.licences.get().revoke("It was printed with another byline.")

    order.cancel_stories(order.live, WHY)

    assert (anew(order).state, Licence.objects.get().revocation_reason) == ("CANCELLED", "It was printed with another byline.")
