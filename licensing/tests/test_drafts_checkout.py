"""Ordering what is in a draft: who, on what terms, at the prices that were quoted while they hold."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from licensing.models import LicenceOrder, OrderedStory
from licensing.tests.build import (
    WHO,
    complaints,
    fields_of,
    make_card,
    make_order,
    make_story,
    make_terms,
    pay,
    submit,
)
from mail.models import Message

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
CHANGED = "The licence terms were changed while you read. Please read and accept the new ones."
TOO_OFTEN = "That is more than we can take from one place in an hour. Try again later, or write to the rights desk."
TOO_MANY = "We take so many orders a day from one mail address, and no more. Order tomorrow, or write to the rights desk."


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def three() -> list[Article]:
    first = make_story(pictures=[FOR_SALE])
    return [first, *(make_story(headline=name, source=first.source, pictures=[FOR_SALE]) for name in ("The gate", "The shepherd"))]


def order_it(client, order: LicenceOrder, **changes):
    """Fill in who orders, and press the button."""
    typed = fields_of(client.get(order.get_absolute_url())) | WHO | {"accepts_terms": "on"}
    return submit(client, order.get_absolute_url(), typed | changes)


def state_of(order: LicenceOrder) -> tuple[str, str]:
    order = LicenceOrder.objects.get(pk=order.pk)
    return order.state, order.price


def expire(order: LicenceOrder) -> None:
    order.stories.update(valid_until=timezone.localdate() - timedelta(days=1))


def said(answer) -> str:
    return answer.content.decode()


# --- Ordered


def test_draft_of_three_stories_is_ordered_paid_and_licensed(client):
    order = make_order("DRAFT", *three(), choice={"pictures": True})

    answer = order_it(client, order)
    placed = LicenceOrder.objects.get()
    pay(placed)

    assert (answer.status_code, answer["Location"]) == (302, order.get_absolute_url())
    assert [placed.organisation, placed.country.code, placed.terms_version, placed.price] == ["Hill Farming Monthly", "FR", 1, "€465.00"]
    assert sorted(message.to for message in Message.objects.all())[:2] == ["maud@hill-farming.example"] * 2
    assert placed.licences.count() == 3


def test_quoted_price_holds_whatever_happens_to_the_rate_card(client):
    order = make_order("DRAFT", make_story())
    make_card().rates.filter(key="print").update(fee=Decimal(500))

    order_it(client, order)

    assert state_of(order) == ("ACCEPTED", "€120.00")


def test_draft_that_the_desk_has_to_be_asked_for_is_a_request(client):
    order = make_order("DRAFT", make_story(ON_REQUEST))
    page = said(client.get(order.get_absolute_url()))

    order_it(client, order)

    assert [">Send the request</button>" in page, "The rights desk has to say yes first; until then nothing is owed." in page] == [True, True]
    assert state_of(order) == ("REQUESTED", "€120.00")


def test_draft_that_is_ordered_twice_is_one_order(client):
    order = make_order("DRAFT", make_story())
    typed = fields_of(client.get(order.get_absolute_url())) | WHO | {"accepts_terms": "on"}

    answers = [submit(client, order.get_absolute_url(), typed) for _ in range(3)]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, order.get_absolute_url())}
    assert (LicenceOrder.objects.count(), Message.objects.count()) == (1, 2)


# --- Not ordered


@pytest.mark.parametrize("name", ["name", "organisation", "email", "country", "billing_address"])
def test_draft_needs_to_know_who_orders_and_keeps_what_was_typed(client, name):
    order = make_order("DRAFT", *three())

    answer = order_it(client, order, **{name: ""})

    assert (list(answer.context["form"].errors), state_of(order)[0], Message.objects.count()) == ([name], "DRAFT", 0)
    assert "Nothing is ordered yet." in said(answer)
    assert {key: value for key, value in fields_of(answer).items() if key in WHO} == WHO | {name: ""}
    assert fields_of(answer)["accepts_terms"] == "on"


def test_draft_needs_the_terms_accepted(client):
    order = make_order("DRAFT", make_story())
    typed = fields_of(client.get(order.get_absolute_url())) | WHO

    answer = submit(client, order.get_absolute_url(), typed)

    assert complaints(answer) == ["Read the licence terms and tick the box: an order needs them."]
    assert state_of(order)[0] == "DRAFT"


@pytest.mark.parametrize("forged", ["0", "2", "", "999999999"])
def test_terms_of_another_version_order_no_draft(client, forged):
    order = make_order("DRAFT", make_story())

    answer = order_it(client, order, terms_version=forged)

    assert (complaints(answer), state_of(order)[0]) == ([CHANGED], "DRAFT")


def test_terms_that_were_changed_meanwhile_have_to_be_accepted_anew(client):
    order = make_order("DRAFT", make_story())
    typed = fields_of(client.get(order.get_absolute_url())) | WHO | {"accepts_terms": "on"}
    make_terms("<p>Print the byline in bold.</p>")

    answer = submit(client, order.get_absolute_url(), typed)

    assert (complaints(answer), state_of(order)[0], "Print the byline in bold." in said(answer)) == ([CHANGED], "DRAFT", True)
    assert ("accepts_terms" in fields_of(answer), fields_of(answer)["terms_version"]) == (False, "2")


def test_draft_that_somebody_has_changed_meanwhile_is_looked_at_before_it_is_ordered(client):
    stories = three()
    order = make_order("DRAFT", *stories)
    typed = fields_of(client.get(order.get_absolute_url())) | WHO | {"accepts_terms": "on"}
    submit(client, f"{order.get_absolute_url()}drop/{order.stories.first().article.short_id}/")

    refused = submit(client, order.get_absolute_url(), typed)
    answer = submit(client, order.get_absolute_url(), fields_of(refused))

    assert complaints(refused) == ["Somebody has changed this quote while you read. Look at it again, and send the form once more."]
    assert (answer.status_code, state_of(order)) == (302, ("ACCEPTED", "€240.00"))


def test_same_order_from_another_draft_within_the_hour_is_asked_about(client):
    story = make_story()
    first, twin = make_order("DRAFT", story), make_order("DRAFT", story)
    order_it(client, first)

    refused = order_it(client, twin)
    again = submit(client, twin.get_absolute_url(), fields_of(refused))

    assert "You have ordered this already." in said(refused)
    assert (refused.status_code, again.status_code, [state_of(order)[0] for order in (first, twin)]) == (200, 302, ["ACCEPTED"] * 2)


def test_ten_drafts_a_day_are_ordered_from_one_mail_address(client):
    story = make_story()
    drafts = [make_order("DRAFT", story) for _ in range(11)]

    answers = [order_it(Client(REMOTE_ADDR=f"198.51.100.{number}"), order, name=f"Maud {number}") for number, order in enumerate(drafts)]

    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    assert (complaints(answers[-1]), state_of(drafts[-1])[0]) == ([TOO_MANY], "DRAFT")


@pytest.mark.slow
def test_thirty_drafts_an_hour_are_ordered_from_one_place(client):
    story = make_story()
    drafts = [make_order("DRAFT", story) for _ in range(31)]

    answers = [order_it(client, order, email=f"maud-{number}@farming.example") for number, order in enumerate(drafts)]

    assert [answer.status_code for answer in answers] == [302] * 30 + [429]
    assert (complaints(answers[-1]), state_of(drafts[-1])[0]) == ([TOO_OFTEN], "DRAFT")


def test_draft_with_a_story_that_was_withdrawn_is_not_ordered_until_it_is_taken_out(client):
    stories = three()
    order = make_order("DRAFT", *stories)
    stories[0].withdraw("It was wrong.")
    page = said(client.get(order.get_absolute_url()))

    refused = order_it(client, order)
    submit(client, f"{order.get_absolute_url()}drop/{stories[0].short_id}/")
    answer = order_it(client, order)

    assert page.count("This story is not in print any more and cannot be ordered. Take it out.") == 1
    assert (refused.status_code, answer.status_code, state_of(order)) == (200, 302, ("ACCEPTED", "€240.00"))


def test_draft_with_a_story_that_the_law_took_down_does_not_name_it(client):
    first = make_story(ON_REQUEST, pictures=[ON_REQUEST])
    order = make_order("DRAFT", first, make_story(headline="The gate"), choice={"pictures": True})
    first.withdraw("A court has ordered it.", is_legal_takedown=True)

    page = said(client.get(order.get_absolute_url()))

    assert ["rain gauge" in page, "seen from gate" in page, "A story that we had to take down" in page] == [False, False, True]


# --- Ended


def test_quote_that_has_ended_is_not_ordered_until_it_was_priced_anew(client):
    order = make_order("DRAFT", make_story())
    typed = fields_of(client.get(order.get_absolute_url())) | WHO | {"accepts_terms": "on"}
    expire(order)
    make_card().rates.filter(key="print").update(fee=Decimal(150))

    refused, page = submit(client, order.get_absolute_url(), typed), said(client.get(order.get_absolute_url()))
    unchanged = state_of(order)
    submit(client, f"{order.get_absolute_url()}price-anew/")
    new = state_of(order)
    order_it(client, order)

    until = timezone.localdate() - timedelta(days=1)
    assert complaints(refused) == [f"This quote held until {until:%-d %B %Y}. Have it priced anew, and look at it before you order."]
    assert [complaints(refused)[0] in said(refused), "This quote has ended" in page, ">Order</button>" in page] == [True, True, False]
    assert [unchanged, new, state_of(order)] == [("DRAFT", "€120.00"), ("DRAFT", "€150.00"), ("ACCEPTED", "€150.00")]


def test_what_cannot_be_had_any_more_falls_out_and_is_named_unless_the_law_forbids(client):
    stories = three()
    order = make_order("DRAFT", *stories)
    expire(order)
    stories[0].withdraw("A court has ordered it.", is_legal_takedown=True)
    stories[1].withdraw("It was wrong.")

    answer = submit(client, f"{order.get_absolute_url()}price-anew/")

    words = "Not to be had like this any more, and left out: a story that we had to take down; The gate."
    assert (answer.status_code, words in said(answer), "rain gauge" in said(answer)) == (200, True, False)
    assert [str(story) for story in OrderedStory.objects.all()] == ["The shepherd"]


def test_quote_of_which_nothing_can_be_had_any_more_says_so(client):
    order = make_order("DRAFT", make_story())
    expire(order)
    order.stories.get().article.withdraw("It was wrong.")

    answer = submit(client, f"{order.get_absolute_url()}price-anew/")

    assert (answer.status_code, order.stories.count()) == (409, 1)
    assert "None of these stories can be had like this any more. Begin a new order." in said(answer)


# --- What it costs us, and what is typed


@pytest.mark.parametrize("number", [1, 3])
def test_page_of_a_draft_takes_the_same_queries_for_any_number_of_stories_and_pictures(client, number, django_assert_num_queries):
    order = make_order("DRAFT", *three()[:number], choice={"pictures": True})

    with django_assert_num_queries(9):
        page = said(client.get(order.get_absolute_url()))

    assert page.count("Picture: ") == number


def test_what_is_typed_is_escaped_on_the_page_of_a_draft(client):
    order = make_order("DRAFT", make_story())
    nasty = dict.fromkeys((*WHO, "terms_version", "once_more", "accepts_terms"), "<script>alert(1)</script>")

    answer = submit(client, order.get_absolute_url(), nasty)

    assert (answer.status_code, "<script>alert" in said(answer), state_of(order)[0]) == (200, False, "DRAFT")
