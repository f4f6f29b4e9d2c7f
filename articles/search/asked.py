"""What is looked for, as a query of lexemes that the index understands, in PostgreSQL's notation of a tsquery."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from articles.models.entries import SAMPLES, IndexEntry, IndexEntryQuerySet

COUNTED = 10_000  # stories; so many are counted one by one, and of more a sample is
SAMPLED = 1_000  # stories in a sample, at most
LOOKED_INTO = 1_000  # stories; for a phrase no more are read, since the index knows its words, but not where they stand
PERIODS, MOST_PERIODS = {1: "month", 12: "year", 120: "decade"}, 3  # by their months
LEXEME = re.compile(r"'(?:[^']|'')*'")
PHRASE = re.compile(r"<(?:-|\d+)>")


@dataclass(frozen=True)
class Asked:
    """A query, and what is known of it before it is asked."""

    query: str  # words and facets; "" finds every story
    typed: str = ""  # the words alone
    words: Mapping[str, int] = field(default_factory=dict)  # those that a story may hold, as quoted lexemes, and how many stories do, about
    facets: tuple[str, ...] = ()
    time: tuple[str, str] | None = None  # the first and the last month, such as ("1998-01", "2004-12"); None for any
    is_plain: bool = False  # nothing but words, all of which a story is to hold
    is_open: bool = False  # asks for stories that lack something, and for nothing that the index can look up
    size: int = 0  # stories in the archive, about
    about: int = 0  # stories that the index takes for what is asked: of a phrase those that hold its words
    keys: tuple[int, ...] | None = None  # of the stories that are found, where that is known already

    @property
    def is_phrase(self) -> bool:
        return bool(PHRASE.search(self.typed))

    @property
    def step(self) -> int:
        """How many times smaller than what is found a sample of it is to be; 1 where it can be counted one by one."""
        counted, sampled = (LOOKED_INTO, LOOKED_INTO) if self.is_phrase else (COUNTED, SAMPLED)
        if self.size <= COUNTED or self.about <= counted:
            return 1
        return next((step for step in SAMPLES if self.about <= step * sampled), SAMPLES[-1])

    def entries(self, at: datetime | None = None) -> IndexEntryQuerySet:
        """Return the entries of the stories that readers can see at a moment and that the query finds."""
        entries = IndexEntry.objects.public(at)
        if self.keys is not None:
            return entries.filter(pk__in=self.keys or (0,))  # no story's
        if self.time:
            entries = entries.filter(published_on__gte=first_day(self.time[0]), published_on__lt=first_day(self.time[1], 1))
        query = together(self.query, cover(self.time))
        return entries.holding(query) if query else entries

    def also(self, *facets: str) -> "Asked":
        return replace(self, query=together(self.query, *facets), facets=self.facets + facets)

    def within(self, start: str, end: str) -> "Asked":
        """Return the same, of what was published between two months, both included, and within its own time."""
        first, last = self.time or (start, end)
        return replace(self, time=(max(start, first), min(end, last)))

    def bag(self) -> "Asked":
        """Return the same with the words of phrases wherever they stand."""
        return replace(self, query=PHRASE.sub("&", self.query), typed=PHRASE.sub("&", self.typed))

    def any_of(self, *words: str) -> "Asked":
        """Return the same with stories that hold at least one of these words."""
        return replace(self, query=together(either(*words), *self.facets))


def facet(kind: str, key=None) -> str:
    """Return the query for what a story is sorted by, such as '=section:3' or '=pictures'."""
    return quoted(f"={kind}" if key is None else f"={kind}:{key}")


def cover(time: tuple[str, str] | None) -> str:
    """Return a query for a time, or a little more: of few lexemes, since each is looked up for each story. "" for any time."""
    if not time:
        return ""
    first, last = (_number(month) for month in time)
    months = next((months for months in PERIODS if last // months - first // months < MOST_PERIODS), max(PERIODS))
    starts = range(first - first % months, last + 1, months)
    return either(*(facet(PERIODS[months], f"{start // 12:04}" + f"-{start % 12 + 1:02}" * (months == 1)) for start in starts))


def first_day(month: str, later: int = 0) -> date:
    """Return the first day of a month, or of one so many months later."""
    number = _number(month) + later
    return date(number // 12, number % 12 + 1, 1)


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def of_series(*topics) -> str:
    """Return the query for stories of any of these topics."""
    return either(*(facet("topic", topic.pk) for topic in topics))


def quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def together(*queries: str) -> str:
    return " & ".join(_grouped(query) for query in queries if query)


def either(*queries: str) -> str:
    return " | ".join(_grouped(query) for query in queries if query)


def without(query: str) -> str:
    return f"!{_grouped(query)}"


def _grouped(query: str) -> str:
    return query if LEXEME.fullmatch(query.removeprefix("!")) else f"( {query} )"
