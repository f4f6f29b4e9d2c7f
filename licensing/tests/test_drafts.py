"""Quotes that are kept: what can be put into a draft and taken out, how long its prices hold, and how it becomes an order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from licensing.models import Buyer, LicenceOrder
from licensing.models.placing import MOST_STORIES
from licensing.tests.build import RATES, WHO, days_ago, make_card, make_order, make_story, make_terms
from licensing.tests.verbs import add, anew, log, quoted, read, refusal, set_expired, subjects, two_stories, withdraw

pytestmark = pytest.mark.django_db
NONE = Syndication.NONE
MAUD = Buyer(**WHO)
KEY = "the-form-of-one-morning"
DEARER = RATES | {"MEDIUM": [("print", "A newspaper, in print", {"fee": "150.00"})]}


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def draft(story: Article, key=KEY, **answers) -> LicenceOrder:
    choice, shown = quoted(story, **answers)
    return LicenceOrder.objects.draft(story, choice, key, shown)


def stories_in(order: LicenceOrder) -> list[tuple]:
    return [(story.headline, story.medium_key, f"{story.fee:.2f}") for story in order.stories.all()]


# --- Keeping a quote


def test_kept_quote_is_nobodys_order_and_tells_nobody():
    order = draft(make_story(), medium="web", term="month")

    assert (order.state, order.email, order.terms_version, str(order.total), order.currency) == ("DRAFT", "", None, "63.00", "EUR")
    [story] = order.stories.all()
    assert story.keys == {"medium": "web", "territory": "country", "term": "month", "audience": "small", "country": "FR"}
    assert (story.months, story.countries, story.valid_until) == (1, ["FR"], timezone.localdate() + timedelta(days=30))
    assert [(line.reason, str(line.amount)) for line in story.lines.all()] == [
        ("A website or app", "90.00"), ("France", "0.00"), ("One month (−30 %)", "-27.00"), ("Up to 5,000 readers", "0.00"),
    ]  # fmt: skip
    assert (log(order), subjects(), LicenceOrder.objects.placed().count()) == ([], [], 0)


def test_same_form_keeps_one_quote():
    story = make_story()

    assert draft(story) == draft(story)
    assert LicenceOrder.objects.count() == 1


def test_another_choice_or_another_opening_of_the_form_keeps_another_quote():
    story = make_story()

    kept = {draft(story).pk, draft(story, medium="web").pk, draft(story, key="the-form-of-the-evening").pk}

    assert len(kept) == LicenceOrder.objects.count() == 3


def test_quote_is_kept_at_the_price_that_was_shown_or_not_at_all():
    story, (choice, shown) = make_story(), quoted(other := make_story(headline="Snow in May"))

    words = refusal(LicenceOrder.objects.draft, story, choice, KEY, shown)

    assert words == "This is the price, and the way, of what you chose. Look at it, and send the form again."
    assert LicenceOrder.objects.draft(other, choice, KEY, shown).stories.count() == 1


@pytest.mark.parametrize("terms", [Syndication.FREE, NONE])
def test_story_that_is_not_sold_is_not_kept(terms):
    story = make_story()
    choice, shown = quoted(story)
    Article.objects.update(syndication=terms)
    type(story.source).objects.update(syndication=terms)

    assert refusal(LicenceOrder.objects.draft, story, choice, KEY, shown) == "This story can no longer be ordered."


# --- More stories, and fewer


def test_stories_are_added_each_for_its_own_use_and_the_total_adds_up():
    hail, snow = two_stories()
    order = draft(hail)

    add(order, snow, medium="web", term="month")

    assert stories_in(order) == [("Hail over the pass", "print", "120.00"), ("Snow in May", "web", "63.00")]
    assert str(anew(order).total) == "183.00"


def test_story_that_is_added_again_takes_the_place_of_its_first_choice():
    hail, snow = two_stories()
    order = draft(hail)
    add(order, snow)

    add(order, hail, medium="web")

    assert stories_in(order) == [("Hail over the pass", "web", "90.00"), ("Snow in May", "print", "120.00")]
    assert str(anew(order).total) == "210.00"


def test_story_is_added_at_the_price_that_was_shown_or_not_at_all():
    hail, snow = two_stories()
    order, (choice, shown) = draft(hail), quoted(snow, medium="web")
    make_card(DEARER, in_force_from=days_ago(0))

    assert refusal(order.add, snow, choice, shown) == "Our prices have changed while you read. Look at the new one, and send the form again."


def test_draft_of_another_currency_takes_no_more():
    hail, snow = two_stories()
    order = draft(hail)
    make_card(in_force_from=days_ago(0), currency="SEK")

    assert refusal(add, order, snow) == "This order is in EUR, and prices are in SEK now. Begin a new one."


def test_order_holds_twenty_stories_at_most():
    source = make_story().source
    order = make_order("DRAFT", *(make_story(headline=f"Hail, part {number}", source=source) for number in range(MOST_STORIES)))
    last = order.stories.last()

    assert refusal(add, order, make_story(headline="One too many", source=source)) == "An order holds 20 stories at most. Order these first."
    add(order, last.article, medium="web")

    assert (order.stories.count(), order.stories.last().medium_key) == (20, "web")


def test_story_is_taken_out_and_the_last_one_stays():
    order = make_order("DRAFT", *two_stories())
    hail, snow = order.stories.all()

    order.drop(hail.article.short_id)
    order.drop(snow.article.short_id)

    assert (stories_in(order), str(anew(order).total)) == ([("Snow in May", "print", "120.00")], "120.00")


def test_story_of_another_draft_is_not_taken_out():
    order, other = make_order("DRAFT", *two_stories()), make_order("DRAFT")

    order.drop(other.stories.get().article.short_id)

    assert (order.stories.count(), other.stories.count()) == (2, 1)


@pytest.mark.parametrize("state", ["REQUESTED", "ACCEPTED", "PAID", "CANCELLED"])
def test_order_that_was_placed_is_no_draft_any_more(state):
    order, story = make_order(state), make_story(headline="Snow in May")

    assert refusal(add, order, story).startswith("Only a draft can take more stories.")
    assert refusal(order.drop, order.stories.get().article.short_id).startswith("Only a draft can lose stories.")
    assert refusal(order.price_anew).startswith("Only a draft can be priced anew.")


# --- How long it holds


def test_quote_holds_although_the_card_has_changed():
    order = draft(make_story())
    make_card(DEARER, in_force_from=days_ago(0))

    order.place(MAUD, read(order))

    assert (anew(order).state, str(anew(order).total)) == ("ACCEPTED", "120.00")


@pytest.mark.parametrize(("left", "state"), [(0, "ACCEPTED"), (-1, "DRAFT")])
def test_quote_is_ordered_until_its_last_day_that_day_included(left, state):
    order = draft(make_story())
    order.stories.update(valid_until=days_ago(-left))

    if state == "DRAFT":
        words = f"This quote held until {days_ago(1):%-d %B %Y}. Have it priced anew, and look at it before you order."
        assert refusal(order.place, MAUD, read(order)) == words
    else:
        order.place(MAUD, read(order))

    assert anew(order).state == state


def test_draft_holds_as_long_as_the_first_of_its_quotes_to_end():
    order = make_order("DRAFT", *two_stories())
    order.stories.filter(position=2).update(valid_until=days_ago(1))

    assert (anew(order).has_expired, refusal(order.place, MAUD, read(order))[:22]) == (True, f"This quote held until {days_ago(1):%-d}"[:22])


def test_ended_quote_is_priced_anew_by_todays_card():
    order = make_order("DRAFT", *two_stories())
    set_expired(order)
    make_card(DEARER, in_force_from=days_ago(0))

    lost = order.price_anew()
    order.place(MAUD, read(order))

    assert (lost, stories_in(order)) == ([], [("Hail over the pass", "print", "150.00"), ("Snow in May", "print", "150.00")])
    assert (anew(order).state, str(anew(order).total)) == ("ACCEPTED", "300.00")


def test_story_that_cannot_be_had_like_that_any_more_falls_out_and_is_named():
    order = make_order("DRAFT", *(stories := two_stories()))
    withdraw(stories[0])

    lost = order.price_anew()

    assert (lost, stories_in(anew(order)), str(anew(order).total)) == (["Hail over the pass"], [("Snow in May", "print", "120.00")], "120.00")


def test_story_that_the_law_took_down_falls_out_without_its_name():
    order = make_order("DRAFT", *(stories := two_stories()))
    stories[0].withdraw("A court has ordered it.", is_legal_takedown=True)

    assert order.price_anew() == ["a story that we had to take down"]


def test_use_that_is_not_on_the_card_any_more_falls_out():
    hail, snow = two_stories()
    order = draft(hail, medium="web")
    add(order, snow)
    make_card(DEARER, in_force_from=days_ago(0))

    assert (order.price_anew(), stories_in(anew(order))) == (["Hail over the pass"], [("Snow in May", "print", "150.00")])


def test_draft_of_which_nothing_is_left_stays_as_it_was():
    order = make_order("DRAFT", story := make_story())
    withdraw(story)

    assert refusal(order.price_anew) == "None of these stories can be had like this any more. Begin a new order."
