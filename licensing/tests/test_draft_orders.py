"""How a draft becomes an order, and how one that nobody orders is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.terms import Syndication
from licensing.models import Buyer, LicenceOrder, OrderedStory, Rate, Shown
from licensing.tests.build import WHO, days_ago, make_card, make_grant, make_order, make_story, make_terms, unkept
from licensing.tests.verbs import NOT_IN_PRINT, add, anew, log, read, refusal, subjects, two_stories, withdraw

pytestmark = pytest.mark.django_db
MAUD = Buyer(**WHO)


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


# --- Ordering it


def test_draft_that_is_ordered_is_an_order_of_all_its_stories():
    order = make_order("DRAFT", *two_stories())

    order.place(MAUD, read(order))

    order = anew(order)
    assert (order.state, order.organisation, order.country.code, order.terms_version) == ("ACCEPTED", "Hill Farming Monthly", "FR", 1)
    assert (log(order), subjects()) == (
        [("ACCEPTED", "Ordered.")], [f"Your order {order.reference}", f"Ordered: {order.reference}, Hill Farming Monthly"],
    )  # fmt: skip


def test_draft_with_one_story_that_the_desk_decides_about_waits_for_the_desk():
    order = make_order("DRAFT", make_story(), make_story(Syndication.ON_REQUEST, headline="Snow in May"))

    order.place(MAUD, read(order))

    assert (anew(order).state, log(order)) == ("REQUESTED", [("REQUESTED", "Ordered; the rights desk has to say yes.")])


def test_draft_whose_rights_have_come_to_ask_for_the_desk_waits_for_the_desk():
    order = make_order("DRAFT", story := make_story())
    story.source.grants.update(may_sublicense="ASK")

    order.place(MAUD, read(order))

    assert anew(order).state == "REQUESTED"


def test_draft_whose_price_the_desk_names_waits_for_it(card):
    card.rates.filter(key="small").update(desk=Rate.Desk.PRICES)
    order = make_order("DRAFT")

    order.place(MAUD, read(order))

    assert (anew(order).state, anew(order).is_open) == ("REQUESTED", True)


def test_draft_with_a_withdrawn_story_is_not_ordered():
    order = make_order("DRAFT", *(stories := two_stories()))
    withdraw(stories[1])

    assert refusal(order.place, MAUD, read(order)) == NOT_IN_PRINT
    order.drop(order.stories.last().article.short_id)
    order.place(MAUD, read(order))

    assert anew(order).state == "ACCEPTED"


def test_draft_of_a_story_that_its_holder_refuses_now_is_not_ordered():
    order = make_order("DRAFT", story := make_story())
    make_grant(article=story, holder="The heirs", may_sublicense="NO")

    assert refusal(order.place, MAUD, read(order)) == "The story cannot be licensed any more. The heirs does not let us pass it on."


def test_draft_that_was_changed_while_its_buyer_read_is_looked_at_again():
    order = make_order("DRAFT", *(stories := two_stories()))
    as_read = read(order)
    add(anew(order), stories[0], term="month")
    add(anew(order), stories[0])  # the same price, by another row

    words = refusal(order.place, MAUD, as_read)
    order.place(MAUD, read(order))

    assert words == "Somebody has changed this quote while you read. Look at it again, and send the form once more."
    assert anew(order).state == "ACCEPTED"


@pytest.mark.parametrize("shown", [0, 2])
def test_draft_is_ordered_on_the_terms_that_were_read(shown):
    order = make_order("DRAFT")

    words = refusal(order.place, MAUD, Shown(order.as_shown, shown))

    assert words == "The licence terms were changed while you read. Please read and accept the new ones."


def test_draft_is_ordered_once_whoever_presses_the_button_next():
    order = make_order("DRAFT")
    order.place(MAUD, read(order))

    anew(order).place(Buyer(**WHO | {"name": "Joost", "email": "joost@farming.example"}), read(order))

    assert (anew(order).name, len(subjects()), len(log(order))) == ("Maud Ferrier", 2, 1)


# --- Forgetting it


@pytest.mark.parametrize(("made", "held_until", "is_kept"), [(61, 61, False), (59, 61, True), (61, 59, True), (400, 59, True), (400, 61, False)])
def test_draft_is_forgotten_two_months_after_its_quotes_have_ended(made, held_until, is_kept):
    order = make_order("DRAFT", *two_stories())
    LicenceOrder.objects.update(created_at=timezone.now() - timedelta(days=made))
    order.stories.update(valid_until=days_ago(held_until))

    LicenceOrder.objects.forget_drafts()

    assert (LicenceOrder.objects.count(), OrderedStory.objects.count()) == ((1, 2) if is_kept else (0, 0))


@pytest.mark.parametrize("state", ["REQUESTED", "ACCEPTED", "CANCELLED"])
def test_order_that_was_placed_is_never_forgotten(state):
    order = make_order(state)
    LicenceOrder.objects.update(created_at=timezone.now() - timedelta(days=4000))
    with unkept():
        order.stories.update(valid_until=days_ago(4000))

    LicenceOrder.objects.forget_drafts()

    assert (LicenceOrder.objects.count(), OrderedStory.objects.count()) == (1, 1)
