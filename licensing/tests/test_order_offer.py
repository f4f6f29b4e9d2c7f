"""What the page /republish/<short id>/ and the line under a story offer, for each kind of terms."""

import pytest

from articles.models import Source
from articles.terms import Syndication
from articles.tests.build import make_article
from licensing.models import LicenceOrder, LicenceTerms
from licensing.tests.build import filled_in, make_card, make_story, make_terms, post, republish_url
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
    assert f'<a href="{republish_url(story)}">Purchase this article for republication</a>' in page


def test_buying_is_said_in_one_sentence_and_asking_in_another(client):
    bought, asked = make_story(FOR_SALE), make_story(None)

    assert "You buy the right to publish the whole story once more, under its byline, in one place of yours" in text(
        client.get(republish_url(bought))
    )
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


def test_page_lists_what_may_be_done_with_the_pictures_of_a_story_that_is_free(client):
    story = make_story(FREE, pictures=[FREE, FOR_SALE, ON_REQUEST, NONE])

    page = text(client.get(republish_url(story)))

    words = ["free with the story", "can be bought with the story", "to be asked for", "not for republication"]
    assert [f"<strong>{row}</strong>" in page for row in words] == [True] * 4


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

    assert [page.status_code, sent.status_code, price.status_code] == [200, 409, 404]
    assert headline(page) == "You can buy the right to republish this story"
    assert ("Write to the rights desk at" in text(page), written()) == (True, [0, 0, 0])


@pytest.mark.parametrize("address", ["", "price/"])
def test_draft_and_unknown_story_are_not_found(client, address):
    draft = make_article()

    assert [client.get(f"/republish/{short_id}/{address}").status_code for short_id in (draft.short_id, "23456zz")] == [404, 404]
