"""What a list or a search shows: one page of stories, and what there is to know of all that are found."""

from dataclasses import replace
from datetime import date
from enum import StrEnum

from articles.models import Article
from articles.reading import cards

from . import places, ranking, running, tally
from .asked import LOOKED_INTO, Asked, first_day
from .excerpts import mark

PAGE = 20  # stories
RARE = 30  # stories in a sample: of a phrase that so few hold, only the newest stories that hold its words are looked into


class Order(StrEnum):
    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"


def find(asked: Asked, *kinds: str, order: Order = Order.NEWEST, after: Article | None = None) -> dict:
    """Return a page of the stories that are found, those that come after a story in that order, with a tally of all by these kinds of facets.

    Each story has, where words were asked for, its `marked_headline` and an `excerpt`.
    `more` is the short id of the story that the next page comes after, "" on the last one.
    Raises LookupError where `after` is not among the best.
    """
    counted, looked_since = tally.count(asked, *kinds), None
    if asked.is_phrase and not counted.is_exact and counted.total < RARE * asked.step:
        asked, looked_since = _newest_to_look_into(asked)
        counted = tally.count(asked, *kinds)
    if order == Order.BEST:
        ranked = ranking.best(asked, counted)
        begin = _place(ranked, after) if after else 0
        keys = ranked[begin : begin + PAGE + 1]
    else:
        keys = places.page(asked, counted, PAGE + 1, places.Place.of(after) if after else None, order == Order.OLDEST)
    stories = Article.objects.public().for_cards().with_body().in_bulk(keys[:PAGE]) if asked.words else cards(keys[:PAGE])
    page = [stories[key] for key in keys[:PAGE] if key in stories]
    is_loose = order == Order.BEST and ranking.is_loose(asked, counted)
    if asked.words and page:
        mark(asked, page, is_loose)
    return {
        "stories": page,
        "tally": counted,
        "more": page[-1].short_id if len(keys) > PAGE and page else "",
        "is_first_page": not after,
        "asked": asked,
        "is_loose": is_loose,
        "looked_since": looked_since,
    }


def newest(asked: Asked, size: int) -> list[int]:
    """Return the keys of the newest stories that are found."""
    return places.page(asked, tally.count(asked), size)


def _newest_to_look_into(asked: Asked) -> tuple[Asked, date | None]:
    """Narrow a phrase that is rare, and made of common words, to the newest stories that hold its words; return also the first day of their time."""
    newest = places.newest_months(asked, tally.count(asked.bag()), LOOKED_INTO)
    return replace(newest, about=LOOKED_INTO, keys=tuple(running.keys(newest.entries()))), first_day(newest.time[0]) if newest.time else None


def _place(ranked: list[int], after: Article) -> int:
    if after.pk not in ranked:
        raise LookupError(after)
    return ranked.index(after.pk) + 1
