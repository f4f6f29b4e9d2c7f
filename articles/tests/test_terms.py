"""Whose terms win."""

import pytest
from django.core.exceptions import ValidationError

from articles.models import Article, Image, Source
from articles.terms import Syndication

FREE, FOR_SALE, ON_REQUEST, NONE = Syndication


@pytest.mark.parametrize(
    ("stated", "strictest"),
    [
        ([], ON_REQUEST),
        ([""], ON_REQUEST),
        (["", ""], ON_REQUEST),
        ([FREE], FREE),
        ([FREE, ""], FREE),
        ([FREE, FOR_SALE], FOR_SALE),
        ([FOR_SALE, FREE], FOR_SALE),
        ([FOR_SALE, ON_REQUEST], ON_REQUEST),
        ([NONE, FREE], NONE),
        ([ON_REQUEST, NONE, FOR_SALE], NONE),
    ],
)
def test_the_strictest_of_the_stated_terms_wins(stated, strictest):
    assert Syndication.strictest(stated) == strictest


@pytest.mark.parametrize(
    ("source", "story", "result"),
    [
        (None, "", ON_REQUEST),
        (None, FREE, ON_REQUEST),
        (None, NONE, NONE),
        (FREE, "", FREE),
        (FREE, FOR_SALE, FOR_SALE),
        (FOR_SALE, FREE, FOR_SALE),
        (FOR_SALE, ON_REQUEST, ON_REQUEST),
        (ON_REQUEST, FREE, ON_REQUEST),
        (NONE, FREE, NONE),
    ],
)
def test_a_story_is_never_more_generous_than_its_source(source, story, result):
    article = Article(source=source and Source(syndication=source), syndication=story)

    assert article.terms == result


@pytest.mark.parametrize(
    ("story", "picture", "result"),
    [(FREE, FREE, FREE), (FREE, FOR_SALE, FOR_SALE), (FOR_SALE, FREE, FOR_SALE), (NONE, FREE, NONE), (FREE, NONE, NONE), (FREE, "", ON_REQUEST)],
)
def test_a_picture_is_never_more_generous_than_its_story(story, picture, result):
    article = Article(source=Source(syndication=FREE), syndication=story)

    assert article.terms_of(Image(syndication=picture)) == result


def test_terms_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="GENEROUS"):
        Syndication.strictest(["GENEROUS"])


@pytest.mark.django_db
def test_source_that_is_not_ours_to_sell_says_whom_to_ask():
    source = Source(name="Corrany Press", slug="corrany-press", syndication=Syndication.NONE)

    with pytest.raises(ValidationError, match="Say whom to ask"):
        source.full_clean()
    source.rights_contact = "licensing@corranypress.example"
    source.full_clean()
