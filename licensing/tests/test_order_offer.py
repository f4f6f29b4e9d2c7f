"""What the page /republish/<short id>/ and the line under a story offer, for each kind of terms."""

import pytest

from articles.models import Source
from articles.terms import Syndication
from articles.tests.build import make_article
from licensing.models import LicenceOrder, LicenceTerms
from licensing.tests.build import complaints, fields_of, filled_in, make_card, make_grant, make_story, make_terms, post, republish_url
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


def headline(response) -> str:
    """Return the page's first headline."""
    return text(response).partition("<h1")[2].partition(">")[2].partition("</h1>")[0]


def written() -> list[int]:
    """Return how many rows there are of what an order writes."""
    return [model.objects.count() for model in (LicenceOrder, Message, Use)]


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (FOR_SALE, "Buy the right to republish this story"),
        (ON_REQUEST, "Ask to republish this story"),
        (None, "Ask to republish this story"),
        (FREE, "You may republish this story"),
        (NONE, "This story is not ours to sell"),
    ],
)
def test_each_kind_of_terms_has_a_page_of_its_own(client, terms, words):
    story = make_story(terms)

    page = client.get(republish_url(story))

    assert (page.status_code, headline(page)) == (200, words)
    assert ('<form class="order"' in text(page)) == (terms in {FOR_SALE, ON_REQUEST, None})


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (FOR_SALE, "Papers, schools and companies can buy the right to print it or put it online."),
        (ON_REQUEST, "The rights desk answers each request for this story."),
        (None, "The rights desk answers each request for this story."),
        (FREE, "This story is free to republish, with its byline and a link."),
        (NONE, "The rights to this story are not ours to sell; we say who can be asked."),
    ],
)
def test_each_kind_of_terms_has_its_words_under_the_story(client, terms, words):
    story = make_story(terms)

    page = text(client.get(story.get_absolute_url()))

    assert words in page
    quiet = " purchase__button--quiet" if terms in {FREE, NONE} else ""
    assert f'<a href="{republish_url(story)}" class="purchase__button{quiet}">Purchase this article for republication</a>' in page


def test_buying_is_said_in_one_sentence_and_asking_in_another(client):
    bought, asked = make_story(FOR_SALE), make_story(None)

    assert "You buy the right to publish the story once more, under its byline, in one place of yours" in text(client.get(republish_url(bought)))
    assert "nothing is owed until it has said yes, and the price here is what it would cost." in text(client.get(republish_url(asked)))


def test_story_of_our_own_that_is_not_sold_says_so(client):
    story = make_story(NONE)
    Source.objects.filter(pk=story.source_id).update(is_ours=True)

    assert "This story is not for republication; a link to it is free." in text(client.get(story.get_absolute_url()))
    assert headline(client.get(republish_url(story))) == "This story is not for republication"


def test_story_that_is_not_ours_names_who_can_be_asked(client):
    story = make_story(NONE)
    Source.objects.filter(pk=story.source_id).update(name="Corrany Press", rights_contact="rights@corrany.example")

    page = text(client.get(republish_url(story)))

    assert "It was supplied to us by Corrany Press, which does not let us pass it on." in page
    assert 'Please ask there: <strong><a href="mailto:rights@corrany.example">rights@corrany.example</a></strong>.' in page


def test_page_without_a_form_lists_what_may_be_done_with_the_pictures(client, card):
    story = make_story(FOR_SALE, pictures=[FOR_SALE, ON_REQUEST, NONE])
    card.delete()

    page = text(client.get(republish_url(story)))

    words = ["can be bought with the story", "to be asked for", "not for republication"]
    assert [page.count(f"<strong>{row}</strong>") for row in words] == [1, 1, 1]


def test_what_we_may_not_pass_on_for_any_use_says_so_before_any_price(client):
    story = make_story(FOR_SALE)
    make_grant("Corrany Press", article=story, may_sublicense="NO", contact="rights@corrany.example")

    page = client.get(republish_url(story))

    assert headline(page) == "This story is not ours to sell"
    assert "Corrany Press does not let us pass it on." in text(page)
    assert '<a href="mailto:rights@corrany.example">rights@corrany.example</a>' in text(page)


def test_use_that_no_contract_covers_has_a_reason_in_the_place_of_a_price(client):
    story = make_story(FOR_SALE)
    story.source.grants.update(media=["web"], contact="rights@corrany.example")

    fragments = [text(client.get(f"{republish_url(story)}price/", {"medium": medium})) for medium in ("print", "web")]

    refusal = "The story cannot be had for this use. The holder lets us sell it for web use only. Please ask rights@corrany.example."
    assert [[refusal in fragment, "€" in fragment] for fragment in fragments] == [[True, False], [False, True]]


def test_story_that_may_be_sold_in_some_countries_only_has_a_price_until_another_is_named(client):
    story = make_story(FOR_SALE)
    story.source.grants.update(countries=["GB"])

    fragments = [text(client.get(f"{republish_url(story)}price/", {"country": country})) for country in ("", "GB", "FR")]

    assert [["€120.00" in fragment, "The story cannot be had for this use." in fragment] for fragment in fragments] == [
        [True, False],
        [True, False],
        [False, True],
    ]


def test_desk_that_has_to_be_asked_because_of_the_country_is_shown_before_anything_is_ordered(client):
    story = make_story(FOR_SALE)
    story.source.grants.update(countries=["GB"])
    make_grant(source=story.source, may_sublicense="ASK", countries=["FR"])
    typed = filled_in(client, story)

    refused, nothing = post(client, story, typed), written()[:2]
    again = post(client, story, fields_of(refused))

    assert (complaints(refused), nothing) == (["This is the price, and the way, of what you chose. Look at it, and send the form again."], [0, 0])
    assert (again.status_code, [order.state for order in LicenceOrder.objects.all()]) == (302, ["REQUESTED"])


def test_use_that_no_contract_covers_cannot_be_ordered(client):
    story = make_story(FOR_SALE)
    typed = filled_in(client, story, medium="print")
    story.source.grants.update(media=["web"])

    refused = post(client, story, typed)
    again = post(client, story, fields_of(refused))

    words = ["The story cannot be had for this use. The holder lets us sell it for web use only."]
    assert ([complaints(answer) for answer in (refused, again)], written()[:2]) == ([words, words], [0, 0])


@pytest.mark.parametrize("missing", ["card", "terms", "answers"])
def test_without_a_rate_card_or_terms_the_desk_is_asked_by_mail(client, card, missing):
    story = make_story()
    typed = filled_in(client, story)
    if missing == "card":
        card.delete()
    elif missing == "answers":
        card.rates.filter(question="TERM").delete()
    else:
        LicenceTerms.objects.all().delete()

    page, sent, price = client.get(republish_url(story)), post(client, story, typed), client.get(f"{republish_url(story)}price/")

    assert [page.status_code, sent.status_code, price.status_code] == [200, 409, 200 if missing == "terms" else 404]
    assert headline(page) == "You can buy the right to republish this story"
    assert ("Write to the rights desk at" in text(page), written()) == (True, [0, 0, 0])


@pytest.mark.parametrize("address", ["", "price/"])
def test_draft_and_unknown_story_are_not_found(client, address):
    draft = make_article()

    assert [client.get(f"/republish/{short_id}/{address}").status_code for short_id in (draft.short_id, "23456zz")] == [404, 404]
