"""One page of what a query finds, the best first: BM25 over the fields of a story (Robertson and Zaragoza, 2009), computed by PostgreSQL.

How often a word stands in a story is read back from ts_rank(). For one word, and with every weight 1, it is the sum of 1/j² for each
time j that the word stands there, over π²/6; what is missing to the whole is close to 1/(times + ½). The headline and what else stands
above the text come first in an entry's words, so with the weights of the others at 0 the same tells how often the word stands in them.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import accumulate

from .asked import COUNTED, LOOKED_INTO, Asked
from .places import newest_months
from .running import rows
from .tally import Tally

LEAST = 50  # stories that hold a phrase are ranked, however many have to be looked into
RANKED = 1_000  # stories, the newest of those found: more than anybody turns pages for
LOOSE, CANDIDATES = 20, 1_000  # stories; where fewer hold all of the words, some more that hold some of them follow
HEADLINE, ABOVE = 2.0, 1.0  # how many times more a word counts in the headline, and in what else stands above the text
K1, B = 1.2, 0.75
TIMES = "CASE WHEN {0} < 0.1 THEN 0 ELSE round(1 / (1.6449341 * (1.0000001 - {0})) - 0.5) END"
RANK = f"""
WITH found AS MATERIALIZED (SELECT article_id, published_at, word_count, words || ''::tsvector AS words FROM ({{found}}) AS entry),
asked AS (
    SELECT word, ln(1 + (greatest(%s, stories) - stories + 0.5) / (stories + 0.5)) AS rarity
    FROM unnest(%s::tsquery[], %s::float[]) AS asked(word, stories)
),
average AS (SELECT greatest(avg(word_count), 1) AS words FROM found),
scored AS (
    SELECT article_id, published_at, (
        SELECT sum(rarity * times / (times + {K1} * (1 - {B} + {B} * word_count / average.words)))
        FROM asked
        CROSS JOIN LATERAL (SELECT
            ts_rank('{{{{1,1,1,1}}}}', found.words, word)::float AS anywhere,
            ts_rank('{{{{0,0,1,1}}}}', found.words, word)::float AS above,
            ts_rank('{{{{0,0,0,1}}}}', found.words, word)::float AS headline
        ) AS ranks
        CROSS JOIN LATERAL (SELECT
            {TIMES.format("anywhere")} + {ABOVE} * {TIMES.format("above")} + {HEADLINE - ABOVE} * {TIMES.format("headline")} AS times
        ) AS weighed
    ) AS score
    FROM found CROSS JOIN average
)
SELECT article_id FROM scored ORDER BY score DESC, published_at DESC, article_id DESC LIMIT %s
"""


def best(asked: Asked, tally: Tally, at: datetime | None = None) -> list[int]:
    """Return the keys of the stories that are found, the best first, RANKED at most.

    Where few hold all of the words, stories that hold some of them, the rarest, stand among them where they belong.
    """
    if is_loose(asked, tally):
        if not (some := _rarest(asked.words)):
            return []
        entries = asked.any_of(*some).entries(at).newest_first()[:CANDIDATES]
    else:
        most = 2 * RANKED if not asked.is_phrase else max(LEAST, LOOKED_INTO * tally.total // max(asked.about, 1))
        entries = newest_months(asked, tally, most, at).entries(at).newest_first()[:RANKED]
    sql, parameters = entries.query.sql_with_params()
    ranked = rows(RANK.format(found=sql), [*parameters, asked.size, list(asked.words), list(asked.words.values()), RANKED])
    return [key for (key,) in ranked]


def is_loose(asked: Asked, tally: Tally) -> bool:
    """Return whether so few stories hold all of the words that those which hold some of them are shown as well."""
    return asked.is_plain and len(asked.words) > 1 and tally.total < LOOSE


def _rarest(words: Mapping[str, int]) -> list[str]:
    """Return the rarest words, so many that no more than CANDIDATES stories hold them, or the rarest alone, unless it is too frequent."""
    words = sorted((stories, word) for word, stories in words.items() if 0 < stories <= COUNTED)
    held = list(accumulate(stories for stories, _ in words))
    return [word for (_, word), stories in zip(words, held, strict=True) if stories <= CANDIDATES or stories == held[0]]
