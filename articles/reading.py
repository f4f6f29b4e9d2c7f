"""What readers open: a story with all that its page shows of it, cards of stories, and what stories are sorted by. Each is one prepared query."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from django.http import Http404
from django.utils import timezone

from articles.models import Article, Figure, Topic
from articles.models.hangings import give
from articles.models.subjects import Subject
from newsroom.prepared import AnyOf, Blank, Prepared

AT, SLUG = Blank("at"), Blank("slug")


def story_at(day: date, slug: str) -> Article | None:
    """Return the story of that day and slug if readers can see it, as for_reading() fetches it."""
    found = _stories().rows(day=day, slug=slug, at=timezone.now())
    for story in found:
        give(story, "figures", _figures().rows(article=story.pk))
    return found[0] if found else None


def cards(keys: Iterable[int]) -> dict[int, Article]:
    """Return those of these stories that readers can see, by key, as for_cards() fetches them."""
    return {story.pk: story for story in _cards().rows(keys=list(keys), at=timezone.now())}


def subject_at(model: type[Subject], slug: str) -> Subject:
    """Return the topic, author or source of that slug; raise Http404 where readers can see no story of it."""
    found = _subjects(model).rows(slug=slug, at=timezone.now())
    if not found:
        raise Http404
    return found[0]


def parts_of(topic: Topic) -> list[Topic]:
    """Return the parts of a series that have stories."""
    return _parts().rows(series=topic.pk, at=timezone.now())


@cache
def _stories() -> Prepared:
    stories = Article.objects.filter(published_on=Blank("day"), slug=SLUG).public(AT)
    return Prepared(stories.for_reading().prefetch_related(None))


@cache
def _figures() -> Prepared:
    return Prepared(Figure.objects.filter(article=Blank("article")).select_related("image"))


@cache
def _cards() -> Prepared:
    return Prepared(Article.objects.public(AT).filter(pk=AnyOf("keys")).for_cards().order_by())


@cache
def _subjects(model: type[Subject]) -> Prepared:
    subjects = model.objects.in_print(AT).filter(slug=SLUG)
    return Prepared(subjects.select_related("part_of") if model is Topic else subjects)


@cache
def _parts() -> Prepared:
    return Prepared(Topic.objects.filter(part_of=Blank("series")).in_print(AT))
