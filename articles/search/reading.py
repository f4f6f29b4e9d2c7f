"""Reading what somebody typed, and learning how frequent it is, in one query."""

import json
import re

from articles.models.entries import CONFIGURATION, SAMPLES

from .asked import COUNTED, LEXEME, Asked, cover, first_day, together
from .running import rows

SHOUTED = 4  # words; so many in capitals are a sentence that was copied
WEIGHED = 4_000  # stories in the sample that tells how much is found
QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)  # as they are typed and pasted; PostgreSQL knows the straight one
OR = re.compile(r"(?<![\w-])(?!OR\b)[oO][rR](?![\w-])")  # no operator; PostgreSQL would take it for one
DASH = re.compile(r"(?<!\w)-(?![\w\"])|(?<=\S)(?<!\w)-|--+")  # one that stands in no word, nor right before one after a space
STEPS = " ".join(f"WHEN size <= {step * WEIGHED} THEN {step}" for step in SAMPLES)
# PostgreSQL's own statistics have the 5,000 most frequent words (migration 0003 asks for so many); the stories of rarer ones are soon counted.
READ = rf"""
WITH known AS MATERIALIZED (
    SELECT CASE WHEN reltuples > {COUNTED} THEN reltuples::bigint ELSE (
        SELECT count(*) FROM (SELECT FROM articles_indexentry LIMIT {COUNTED} + 1) AS entry
    ) END AS size FROM pg_class WHERE oid = 'articles_indexentry'::regclass
),
archive AS (SELECT size, CASE {STEPS} ELSE {SAMPLES[-1]} END AS step FROM known),
asked AS (SELECT websearch_to_tsquery(%(configuration)s, %(words)s) AS query),
operated AS (SELECT query, regexp_replace(query::text, $$'([^']|'')*'$$, '', 'g') !~ '[|!]' AND strpos(%(words)s, '"') = 0 AS is_plain FROM asked),
words AS (
    SELECT lexeme, ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery AS word
    FROM unnest(tsvector_to_array(to_tsvector(%(configuration)s, %(words)s))) AS lexeme
),
frequent AS (
    SELECT unnest(most_common_elems::text::text[]) AS lexeme, unnest(most_common_elem_freqs) AS share
    FROM pg_stats WHERE tablename = 'articles_indexentry' AND attname = 'words'
),
counted AS MATERIALIZED (
    SELECT word, CASE WHEN share IS NOT NULL AND size > {COUNTED} THEN (share * size)::bigint
        ELSE (SELECT count(*) FROM articles_indexentry WHERE words @@ word) END AS stories
    FROM words LEFT JOIN frequent USING (lexeme) CROSS JOIN archive
)
SELECT query::text, querytree(query), is_plain, size,
    CASE WHEN size <= {COUNTED} THEN size
    WHEN is_plain AND (SELECT min(stories) FROM counted) <= {COUNTED} THEN (SELECT min(stories) FROM counted)
    ELSE step * (
        SELECT count(*) FROM articles_indexentry
        WHERE words @@ (regexp_replace(query::text, '<(-|\d+)>', '&', 'g')::tsquery && %(facets)s::tsquery && ('''=sample:' || step || '''')::tsquery)
            AND (%(since)s::date IS NULL OR published_on >= %(since)s::date) AND (%(until)s::date IS NULL OR published_on < %(until)s::date)
    ) END,
    (SELECT jsonb_object_agg(word::text, stories) FROM counted)
FROM operated CROSS JOIN archive
"""


def ask(words: str = "", *facets: str, time: tuple[str, str] | None = None) -> Asked:
    """Read the words that somebody typed: words, "phrases", -without, OR; `facets` are queries such as facet("section", 3), `time` two months."""
    facets = tuple(facet for facet in facets if facet)
    values = {"configuration": CONFIGURATION, "words": _tidy(words), "facets": together(*facets, cover(time))}
    values |= {"since": first_day(time[0]) if time else None, "until": first_day(time[1], 1) if time else None}
    [(query, needs, is_plain, size, about, known)] = rows(READ, values)
    known = json.loads(known or "{}")
    found = {word: known.get(word, 0) for word in LEXEME.findall(needs)} if needs != "T" else {}
    return Asked(together(query, *facets), query, found, facets, time, is_plain, bool(query) and not found, size, about)


def _tidy(words: str) -> str:
    """Return what was typed without what PostgreSQL would take for an operator and nobody means as one: or, and dashes."""
    words = words.translate(QUOTES)
    if words.isupper() and words.count(" ") > SHOUTED:
        words = words.lower()
    parts = words.split('"')
    parts[::2] = (DASH.sub(" ", OR.sub(" ", part)) + "-" * (part.endswith(" -") or part == "-") for part in parts[::2])
    return '"'.join(parts)
