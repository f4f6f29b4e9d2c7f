"""Reading what somebody typed, and learning how frequent it is, in one query."""

import json
import re

from articles.models.entries import CONFIGURATION, SAMPLES

from .asked import COUNTED, LEXEME, Asked, together
from .running import rows

SHOUTED = 4  # words; so many in capitals are a sentence that was copied
WEIGHED = 1_000  # stories in the sample that tells how much is found
OPERATORS = re.compile(r"[\"“”]|(?<!\S)-\w|\bOR\b")
STEPS = " ".join(f"WHEN size <= {step * WEIGHED} THEN {step}" for step in SAMPLES)
# PostgreSQL's own statistics have the 5,000 most frequent words (migration 0003 asks for so many); the stories of rarer ones are soon counted.
READ = rf"""
WITH known AS (
    SELECT CASE WHEN reltuples > {COUNTED} THEN reltuples::bigint ELSE (
        SELECT count(*) FROM (SELECT FROM articles_indexentry LIMIT {COUNTED} + 1) AS entry
    ) END AS size FROM pg_class WHERE oid = 'articles_indexentry'::regclass
),
archive AS (SELECT size, CASE {STEPS} ELSE {SAMPLES[-1]} END AS step FROM known),
asked AS (SELECT websearch_to_tsquery(%(configuration)s, %(words)s) AS query),
words AS (
    SELECT lexeme, ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery AS word
    FROM unnest(tsvector_to_array(to_tsvector(%(configuration)s, %(words)s))) AS lexeme
),
frequent AS (
    SELECT unnest(most_common_elems::text::text[]) AS lexeme, unnest(most_common_elem_freqs) AS share
    FROM pg_stats WHERE tablename = 'articles_indexentry' AND attname = 'words'
),
counted AS MATERIALIZED (
    SELECT word, CASE WHEN share * size > {COUNTED} THEN (share * size)::bigint
        ELSE (SELECT count(*) FROM articles_indexentry WHERE words @@ word) END AS stories
    FROM words LEFT JOIN frequent USING (lexeme) CROSS JOIN archive
)
SELECT query::text, querytree(query), size,
    CASE WHEN size <= {COUNTED} THEN size
    WHEN %(is_plain)s AND (SELECT min(stories) FROM counted) <= {COUNTED} THEN (SELECT min(stories) FROM counted)
    ELSE step * (
        SELECT count(*) FROM articles_indexentry
        WHERE words @@ (regexp_replace(query::text, '<(-|\d+)>', '&', 'g')::tsquery && %(facets)s::tsquery && ('''=sample:' || step || '''')::tsquery)
    ) END,
    (SELECT jsonb_object_agg(word::text, stories) FROM counted)
FROM asked CROSS JOIN archive
"""


def ask(words: str = "", *facets: str) -> Asked:
    """Read the words that somebody typed: words, "phrases", -without, OR; `facets` are queries such as facet("section", 3)."""
    words = _without_or(words)
    facets, is_plain = tuple(facet for facet in facets if facet), not OPERATORS.search(words)
    values = {"configuration": CONFIGURATION, "words": words, "facets": together(*facets), "is_plain": is_plain}
    [(query, needs, size, about, known)] = rows(READ, values)
    known = json.loads(known or "{}")
    found = {word: known.get(word, 0) for word in LEXEME.findall(needs)} if needs != "T" else {}
    return Asked(together(query, *facets), query, found, facets, is_plain, bool(query) and not found, size, about)


def _without_or(words: str) -> str:
    """Return what was typed without the or that PostgreSQL would take for an OR: in small letters, or in a sentence that shouts."""
    shouts = words.isupper() and words.count(" ") > SHOUTED
    parts = words.split('"')
    parts[::2] = (re.sub(r"\bor\b", " ", part, flags=re.IGNORECASE if shouts else 0) for part in parts[::2])
    return '"'.join(parts)
