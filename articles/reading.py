"""The story that a reader opens, with all that its page shows of it, in two queries."""

from datetime import date
from functools import cache

from django.utils import timezone

from articles.models import Article
from newsroom.prepared import Blank, Prepared


def story_at(day: date, slug: str) -> Article | None:
    """Return the story of that day and slug if readers can see it, as for_reading() fetches it."""
    found = _public_stories().rows(day=day, slug=slug, at=timezone.now())
    return found[0] if found else None


@cache
def _public_stories() -> Prepared:
    return Prepared(Article.objects.filter(published_on=Blank("day"), slug=Blank("slug")).public(Blank("at")).for_reading())
