"""How many stories a query finds, when they were published, and what they are sorted by."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count

from articles.models import Author, IndexEntry, Section, Source, Topic

from .asked import Asked, facet
from .running import rows

OFFERED = 8  # of each kind, the most frequent
SUBJECTS = {model._meta.model_name: model for model in (Section, Topic, Author, Source)}
NAMES = " ".join(
    f"WHEN '{kind}' THEN (SELECT ARRAY[slug, name] FROM {model._meta.db_table} WHERE id = key::bigint)" for kind, model in SUBJECTS.items()
)
MONTHS = """
WITH hits AS MATERIALIZED ({hits}),
months AS (SELECT published_on - extract(day FROM published_on)::int + 1 AS month, count(*) AS stories FROM hits GROUP BY month)
SELECT 'month', to_char(month, 'YYYY-MM'), NULL::text[], stories FROM months
"""
FACETS = f"""
UNION ALL (
    WITH counts AS MATERIALIZED (SELECT facet, count(*) AS stories FROM (SELECT unnest(facets) AS facet FROM hits) AS each GROUP BY facet),
    kinds AS (SELECT split_part(facet, ':', 1) AS kind, substr(facet, strpos(facet, ':') + 1) AS key, stories FROM counts),
    placed AS (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY stories DESC, key) AS place FROM kinds WHERE kind = ANY (%s))
    SELECT kind, key, CASE kind {NAMES} END, stories FROM placed WHERE place <= {OFFERED} ORDER BY kind, place
)
"""


class FacetCount(NamedTuple):
    """How many of the stories are of one section, topic, author, source or language."""

    key: str  # of its row, or the language's tag
    slug: str
    name: str
    stories: int


@dataclass(frozen=True)
class Tally:
    """What a query finds, in numbers; where `is_exact` is false they are estimated from a sample."""

    months: Mapping[str, int]  # stories of each, such as "2019-05"
    facets: Mapping[str, list[FacetCount]]
    is_exact: bool = True

    @property
    def total(self) -> int:
        return sum(self.months.values())

    @property
    def years(self) -> Mapping[str, int]:
        years = Counter()
        for month, stories in self.months.items():
            years[month[:4]] += stories
        return years


def count(asked: Asked, *kinds: str, at: datetime | None = None) -> Tally:
    """Count what is found, by months and by these kinds of facets; where it is much, in a sample of it."""
    sample = asked.also(facet("sample", asked.step)) if asked.step > 1 else asked
    sql, parameters = sample.entries(at).values("published_on", "facets").query.sql_with_params()
    months, facets = {}, {}
    for kind, key, names, stories in rows(MONTHS.format(hits=sql) + FACETS * bool(kinds), [*parameters, *([list(kinds)] if kinds else [])]):
        if kind == "month":
            months[key] = stories * asked.step
        else:
            facets.setdefault(kind, []).append(FacetCount(key, *(names or ("", "")), stories * asked.step))
    return Tally(months, facets, is_exact=asked.step == 1)


def count_days(facets: str) -> dict[date, int]:
    """Return the days on which stories of these facets were published, the first one first, and how many."""
    days = IndexEntry.objects.public().holding(facets).values("published_on").annotate(stories=Count("pk")).order_by("published_on")
    return dict(rows(*days.values_list("published_on", "stories").query.sql_with_params()))
