"""The page /republish/<short id>/: what stands in the form, at what price, and what its buttons do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.terms import Syndication
from licensing.models import LicenceOrder, Rate, RateCard
from licensing.rights import pictures_of
from licensing.tests.build import (
    FROM_HERE,
    RATES,
    TERMS,
    WHO,
    fields_of,
    filled_in,
    make_card,
    make_story,
    make_terms,
    post,
    republish_url,
    send,
    total_in,
)
from mail.models import Message
from newsroom.models import Use

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def text(response) -> str:
    return response.content.decode()


def shorts(story) -> list[str]:
    """Return the short ids of a story's pictures."""
    return [image.short_id for image in pictures_of(story)]


def written() -> list[int]:
    """Return how many rows there are of what an order writes."""
    return [model.objects.count() for model in (LicenceOrder, Message, Use)]


# --- What stands in it


def test_form_asks_everything_with_the_first_answers_chosen(client):
    story = make_story(pictures=[FOR_SALE])

    typed = fields_of(client.get(republish_url(story)))

    key, total = typed.pop("key"), total_in(typed)
    del typed["price_shown"]
    assert (len(key) >= 16, total) == (True, "120.00")
    assert typed == {
        "medium": "print", "territory": "country", "where": "", "term": "year", "audience": "small", "pictures": [],
        "name": "", "organisation": "", "email": "", "country": "", "billing_address": "", "order_number": "",
        "terms_version": "1",
    }  # fmt: skip


def test_each_opening_has_a_key_of_its_own(client):
    story = make_story()

    assert len({fields_of(client.get(republish_url(story)))["key"] for _ in range(5)}) == 5


def test_form_shows_every_rate_of_the_card_and_the_terms(client):
    page = text(client.get(republish_url(make_story())))

    names = [name for answers in RATES.values() for _, name, _ in answers]
    assert [name for name in names if name not in page] == []
    assert TERMS in page


def test_address_can_choose_the_answers(client):
    story = make_story(pictures=[FOR_SALE, FOR_SALE])
    first, second = shorts(story)

    typed = fields_of(client.get(republish_url(story), {"medium": "web", "territory": "world", "pictures": [second]}))

    chosen = [typed[name] for name in ("medium", "territory", "term", "pictures")]
    assert (chosen, total_in(typed)) == (["web", "world", "year", [second]], "206.00")


def test_address_says_neither_who_orders_nor_that_they_accept(client):
    story = make_story()
    forged = WHO | {"accepts_terms": "on", "key": "k" * 22, "price_shown": "0.01", "terms_version": "9", "once_more": "1", "price": "1"}

    typed, plain = fields_of(client.get(republish_url(story), forged)), fields_of(client.get(republish_url(story)))

    assert typed | {"key": ""} == plain | {"key": ""}
    assert (typed["key"] != forged["key"], "accepts_terms" in typed, "once_more" in typed) == (True, False, False)


def test_nonsense_in_the_address_counts_as_the_first_answer_and_orders_nothing(client):
    story = make_story()

    typed = fields_of(
        client.get(republish_url(story), {"medium": "\x00", "territory": "moon", "pictures": ["\x00", "2222222"], "accepts_terms": "on"})
    )

    chosen = [typed.get(name) for name in ("medium", "territory", "pictures", "accepts_terms")]
    assert (chosen, total_in(typed), written()) == (["print", "country", None, None], "120.00", [0, 0, 0])


def test_pictures_are_offered_with_what_they_need(client):
    story = make_story(pictures=[FOR_SALE, ON_REQUEST, NONE])

    page = text(client.get(republish_url(story)))

    offered = [short_id for short_id in shorts(story) if f'name="pictures" value="{short_id}"' in page]
    assert offered == shorts(story)[:2]
    words = ["€35.00. The rights desk has to be asked: The rights desk looks at each request."]
    words += ["“The gauge, seen from gate 3” stays behind. The holder does not let us pass it on."]
    assert [each for each in words if each not in page] == []
    assert page.count("€35.00.") == 2


def test_form_says_that_a_story_has_no_pictures(client):
    page = text(client.get(republish_url(make_story())))

    assert ("The story has none." in page, 'name="pictures"' in page) == (True, False)


# --- The price


def test_price_alone_is_a_fragment_for_what_is_chosen(client):
    story = make_story(pictures=[FOR_SALE])
    answers = {"medium": "web", "territory": "world", "term": "month", "audience": "medium", "pictures": shorts(story)}

    fragment = text(client.get(f"{republish_url(story)}price/", answers))

    assert 'name="price_shown" value="184.63-' in fragment  # 149.63 and a picture at 35.00
    assert ["<html" in fragment, "€149.63" in fragment, "€184.63" in fragment] == [False, False, True]
    until = timezone.localdate() + timedelta(days=30)
    words = f"Rate card 1, in force since 1 January 2020. Kept as a quote, this price holds until {until:%-d %B %Y}. Nothing is added later."
    assert words in fragment


def test_price_says_which_country_it_is_for(client):
    story = make_story()

    fragments = [text(client.get(f"{republish_url(story)}price/", answers)) for answers in ({}, {"country": "IE"}, {"country": "IE", "where": "FR"})]

    named = [[name in fragment for name in ("Your own country", "Ireland", "France")] for fragment in fragments]
    assert named == [[True, False, False], [False, True, False], [False, False, True]]


def test_every_picture_has_a_line_of_its_own(client):
    story = make_story(pictures=[FOR_SALE, NONE, ON_REQUEST, FOR_SALE])

    fragment = text(client.get(f"{republish_url(story)}price/", {"pictures": shorts(story)[:3]}))

    lines = [row.partition("</th>")[0] for row in fragment.split('<th scope="row">')[1:] if "gate" in row.partition("</th>")[0]]
    assert lines == [
        "Picture: The gauge, seen from gate 1",
        "Left out: The gauge, seen from gate 2. The holder does not let us pass it on.",
        "Picture: The gauge, seen from gate 3",
    ]
    assert 'name="price_shown" value="190.00-' in fragment


def test_price_of_a_request_says_that_nothing_is_owed_yet(client):
    fragment = text(client.get(f"{republish_url(make_story(None))}price/"))

    assert "The rights desk has to say yes first; until then nothing is owed." in fragment


@pytest.mark.parametrize("terms", [FREE, NONE])
def test_story_that_is_not_sold_has_no_price(client, terms):
    assert client.get(f"{republish_url(make_story(terms))}price/").status_code == 404


def test_price_button_keeps_what_was_typed_and_makes_nothing(client):
    story = make_story(pictures=[FOR_SALE])
    typed = filled_in(client, story) | {"medium": "web", "pictures": shorts(story), "term": "ever", "price": "1"}

    page = post(client, story, typed)

    kept = fields_of(page)
    assert (page.status_code, written(), "Nothing is ordered yet" in text(page)) == (200, [0, 0, 0], False)
    del typed["price"]
    assert (total_in(kept), kept) == ("260.00", typed | {"price_shown": kept["price_shown"], "key": kept["key"]})


def test_price_that_the_button_showed_can_be_ordered(client):
    story = make_story()
    shown = fields_of(post(client, story, filled_in(client, story) | {"medium": "web", "price": "1"}))

    answer = post(client, story, shown)

    assert answer.status_code == 302
    assert [(order.stories.get().medium, str(order.total)) for order in LicenceOrder.objects.all()] == [("A website or app", "90.00")]


def test_terms_that_were_changed_meanwhile_have_to_be_accepted_anew(client):
    story = make_story()
    typed = filled_in(client, story)
    make_terms("<p>Print the byline in bold.</p>")

    kept = fields_of(post(client, story, typed | {"price": "1"}))

    assert ("accepts_terms" in kept, kept["terms_version"]) == (False, "2")


# --- What it costs us


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_pictures_and_rates(client, card, number, django_assert_num_queries):
    story = make_story(pictures=[FOR_SALE] * number)
    for extra in range(number):
        Rate.objects.create(card=card, question=Rate.Question.MEDIUM, key=f"extra-{extra}", name="Extra", fee=1, position=9)

    with django_assert_num_queries(8):
        page = client.get(republish_url(story))

    assert (text(page).count('name="pictures"'), text(page).count("Extra")) == (number, number)


@pytest.mark.parametrize("number", [1, 3])
def test_price_alone_takes_five_queries(client, number, django_assert_num_queries):
    story = make_story(pictures=[FOR_SALE] * number)
    answers = {"pictures": shorts(story), "country": "FR"}

    with django_assert_num_queries(5):
        fragment = client.get(f"{republish_url(story)}price/", answers)

    assert text(fragment).count("Picture: ") == number


def test_looking_writes_nothing(client):
    story = make_story()
    with CaptureQueriesContext(connection) as queries:
        answers = [verb(address) for verb in (client.get, client.head) for address in (republish_url(story), f"{republish_url(story)}price/")]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    assert client.put(republish_url(story), headers=FROM_HERE).status_code == 405


def test_order_leads_to_its_own_page(client):
    answer = send(client, make_story())

    order = LicenceOrder.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.secret}/")
    assert RateCard.objects.get() == order.stories.get().card
    assert client.get(answer["Location"]).status_code == 200
