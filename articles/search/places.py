"""One page of what a query finds, the newest or the oldest first, at the cost of a page: however much is found, and wherever the page is.

PostgreSQL's index of words knows no order. So the month and the year of each story stand in it as lexemes, and a page is asked for
within so many months, from its place on, as probably hold it: the tally knows how full each is.
"""

from datetime import datetime
from itertools import accumulate
from typing import NamedTuple

from django.utils import timezone

from articles.models import Article

from .asked import Asked, first_day
from .running import keys
from .tally import Tally

LATELY = (1, 24, None)  # months, in the end any


class Place(NamedTuple):
    """A story's place in a list, and the month in which it stands in the index."""

    published_at: datetime
    key: int
    month: str

    @classmethod
    def of(cls, story: Article) -> "Place":
        return cls(story.published_at, story.pk, f"{story.published_on:%Y-%m}")


def page(asked: Asked, tally: Tally, size: int, after: Place | None = None, oldest_first=False, at: datetime | None = None) -> list[int]:
    """Return the keys of `size` stories, at most, that come after a place in the list, or at its beginning."""
    needed, end, found = 2 * size, bool(tally.months), []
    while end and len(found) < size:
        window, end = _window(tally, needed, after.month if after else "", oldest_first, at)
        entries = (asked.within(shifted(window[0], -1), shifted(window[1], 1)) if window else asked).entries(at)
        if after:
            entries = (entries.before if oldest_first else entries.after)(after.published_at, after.key)
        found = keys((entries.oldest_first() if oldest_first else entries.newest_first())[:size])
        needed *= 4
    return found


def newest(asked: Asked, size: int, at: datetime | None = None) -> list[int]:
    """Return the keys of the newest `size` stories, at most, of which nothing was counted: of the last months, and of more while there are fewer."""
    last = Article.objects.public(at).order_by("-published_at").values_list("published_on", flat=True).first()
    found = []
    for months in LATELY if last else ():
        lately = asked.within(shifted(f"{last:%Y-%m}", -months), _edge(True, at)) if months else asked
        found = keys(lately.entries(at).newest_first()[:size])
        if len(found) == size:
            break
    return found


def newest_months(asked: Asked, tally: Tally, size: int, at: datetime | None = None) -> Asked:
    """Return the same, of the months that hold the newest `size` stories, more or less."""
    window, _end = _window(tally, size, at=at)
    return asked.within(*window) if window else asked


def _window(tally: Tally, needed: int, start: str = "", oldest_first=False, at: datetime | None = None) -> tuple[tuple[str, str] | None, str]:
    """Return the first and last of the months from `start` on that hold `needed` stories, None for all, and the one reached, "" at the end."""
    months = sorted(tally.months, reverse=not oldest_first)
    if start:
        months = [month for month in months if (month >= start if oldest_first else month <= start)]
    held = accumulate(tally.months[month] if month != start else 0 for month in months)  # some of the first month lies before the place
    end = next((month for month, stories in zip(months, held, strict=True) if stories >= needed), "")
    if not end and not start:
        return None, ""
    start = start or (months[0] if tally.is_exact else _edge(not oldest_first, at))  # a sample may know nothing of the first months
    return tuple(sorted((start, end or _edge(oldest_first, at)))), end


def shifted(month: str, months: int) -> str:
    """Return the month so many months later: a story's day may be that of another time zone than its place in the list."""
    return f"{first_day(month, months):%Y-%m}"


def _edge(is_last: bool, at: datetime | None) -> str:
    """Return the last month in which there may be stories, or the first."""
    if is_last:
        return f"{timezone.localtime(at):%Y-%m}"
    first = Article.objects.public(at).order_by("published_on").values_list("published_on", flat=True).first()
    return f"{first:%Y-%m}"
