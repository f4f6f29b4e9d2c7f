"""The verbs of a story, and the one gate to what readers see."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Article, Revision
from articles.tests.build import make_article, make_figure, make_image

pytestmark = pytest.mark.django_db


def test_draft_is_not_public():
    make_article()

    assert list(Article.objects.public()) == []


def test_publish_puts_the_story_in_print_and_keeps_a_revision():
    article = make_article(authors=["Ines Calloway"])
    make_figure(article, image=make_image(credit="Photo: Owen Strand"), is_lead=True)

    article.publish()

    assert list(Article.objects.public()) == [article]
    assert article.byline == "Ines Calloway"
    assert article.captions == "The Margaret Lyle, late Photo: Owen Strand"
    revision = article.revisions.get()
    assert (revision.number, revision.event, revision.is_intact) == (1, Revision.Event.PUBLISHED, True)
    assert revision.story["figures"][0]["caption"] == "The Margaret Lyle, late"


def test_scheduled_story_opens_at_its_moment_without_any_worker():
    moment = timezone.now() + timedelta(hours=1)
    article = make_article(published_at=moment, publish=True)

    before = list(Article.objects.public(moment - timedelta(seconds=1)))
    after = list(Article.objects.public(moment))

    assert (before, after) == ([], [article])


def test_story_in_print_is_not_published_twice():
    article = make_article(publish=True)

    with pytest.raises(ValidationError, match="in print already"):
        article.publish()
