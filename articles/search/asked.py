"""What is looked for, as a query of lexemes that the index understands."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from articles.models.entries import CONFIGURATION, SAMPLES, IndexEntry, IndexEntryQuerySet

from .running import rows

COUNTED = 10_000  # stories; so many are counted one by one, and of more a sample is
SAMPLED = 3_000  # stories in a sample, at most; of a phrase no more are looked into, since the index knows its words, but not where they stand
FEW = 5  # stories in a sample; those that hold so rare a word are counted one by one
OPERATORS = re.compile(r"[\"“”]|(?<!\S)-\w|\bOR\b")
LEXEME = re.compile(r"'(?:[^']|'')*'")

PHRASE = re.compile(r"<(?:-|\d+)>")

STEP = (
    f"CASE WHEN size <= {COUNTED} THEN 1 " + " ".join(f"WHEN size <= {step * SAMPLED} THEN {step}" for step in SAMPLES) + f" ELSE {SAMPLES[-1]} END"
)
READ = rf"""
WITH archive AS (SELECT reltuples::bigint AS size FROM pg_class WHERE oid = 'articles_indexentry'::regclass),
stepped AS (SELECT size, {STEP} AS step FROM archive),
sample AS (SELECT size, step, ('''' || '=sample:' || step || '''')::tsquery AS drawn FROM stepped),
asked AS (SELECT websearch_to_tsquery(%(configuration)s, %(words)s) AS query),
bagged AS (SELECT query, regexp_replace(query::text, '<(-|\d+)>', '&', 'g')::tsquery && %(facets)s::tsquery AS bag FROM asked),
words AS (
    SELECT ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery AS word
    FROM unnest(tsvector_to_array(to_tsvector(%(configuration)s, %(words)s))) AS lexeme
),
sampled AS (
    SELECT word, step, CASE WHEN step > 1 THEN (SELECT count(*) FROM articles_indexentry WHERE words @@ (word && drawn)) ELSE 0 END AS stories
    FROM words CROSS JOIN sample
),
counted AS (
    SELECT word, CASE WHEN stories >= {FEW} THEN stories * step ELSE (SELECT count(*) FROM articles_indexentry WHERE words @@ word) END AS stories
    FROM sampled
)
SELECT query::text, querytree(query), size,
    CASE WHEN step > 1 THEN step * (SELECT count(*) FROM articles_indexentry WHERE words @@ (bag && drawn)) ELSE size END,
    (SELECT jsonb_object_agg(word::text, stories) FROM counted)
FROM bagged CROSS JOIN sample
"""


@dataclass(frozen=True)
class Asked:
    """A query in PostgreSQL's notation of a tsquery."""

    query: str  # words and facets; "" finds every story
    typed: str = ""  # the words alone
    words: Mapping[str, int] = field(default_factory=dict)  # those that a story may hold, as quoted lexemes, and how many stories do, about
    facets: tuple[str, ...] = ()
    is_plain: bool = False  # nothing but words, all of which a story is to hold
    is_open: bool = False  # asks for stories that lack something, and for nothing that the index can look up
    size: int = 0  # stories in the archive, about
    about: int = 0  # stories that the index takes for what is asked: of a phrase those that hold its words

    @property
    def is_phrase(self) -> bool:
        return bool(PHRASE.search(self.typed))

    @property
    def step(self) -> int:
        """How many times smaller than what is found a sample of it is to be; 1 where it can be counted one by one."""
        if min(self.size, self.about) <= (SAMPLED if self.is_phrase and self.size > COUNTED else COUNTED):
            return 1
        return next((step for step in SAMPLES if self.about <= step * SAMPLED), SAMPLES[-1])

    def entries(self, at: datetime | None = None) -> IndexEntryQuerySet:
        """Return the entries of the stories that readers can see at a moment and that the query finds."""
        entries = IndexEntry.objects.public(at)
        return entries.holding(self.query) if self.query else entries

    def also(self, *facets: str) -> "Asked":
        return replace(self, query=together(self.query, *facets), facets=self.facets + facets)

    def bag(self) -> "Asked":
        """Return the same with the words of phrases wherever they stand."""
        return replace(self, query=PHRASE.sub("&", self.query), typed=PHRASE.sub("&", self.typed))

    def any_of(self, *words: str) -> "Asked":
        """Return the same with stories that hold at least one of these words."""
        return replace(self, query=together(either(*words), *self.facets))


def ask(words: str = "", *facets: str) -> Asked:
    """Read the words that somebody typed: words, "phrases", -without, OR; `facets` are queries such as facet("section", 3)."""
    facets = tuple(facet for facet in facets if facet)
    [(query, needs, size, about, known)] = rows(READ, {"configuration": CONFIGURATION, "words": words, "facets": together(*facets)})
    known = json.loads(known or "{}")
    found = {word: known.get(word, 0) for word in LEXEME.findall(needs)} if needs != "T" else {}
    return Asked(together(query, *facets), query, found, facets, not OPERATORS.search(words), bool(query) and not found, size, about)


def facet(kind: str, key="") -> str:
    """Return the query for what a story is sorted by, such as '=section:3'."""
    return quoted(f"={kind}:{key}" if key != "" else f"={kind}")


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
