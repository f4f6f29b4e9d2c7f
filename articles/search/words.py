"""What a misspelt word may have meant, and what half a word may become."""

import re

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Value

from articles.models import Article, IndexEntry
from articles.models.entries import CONFIGURATION, WHOLE_WORDS

from . import places, tally
from .asked import Asked, either, facet, together
from .running import rows

LETTERS = re.compile(r"[^\W\d_]{4,40}")
HEADLINES, OF_A_KIND, COMPLETIONS = 4, 3, 6
NAMES = 30  # of a kind, among which those that have stories are looked for
SAMPLE = 300  # how many times smaller than the archive
# The nearest by letters to be put right, then the most frequent. Of those that share letters, PostgreSQL's index of trigrams knows.
NEAREST = """
SELECT typed.word, near.text
FROM unnest(%s::text[]) AS typed(word)
CROSS JOIN LATERAL (SELECT lower(unaccent(typed.word)) AS plain) AS folded
CROSS JOIN LATERAL (
    SELECT text, stories, levenshtein_less_equal(text, plain, 2) AS apart FROM articles_word
    WHERE text %% plain AND abs(length(text) - length(plain)) <= 2
    ORDER BY apart, stories DESC, text LIMIT 1
) AS near
WHERE apart BETWEEN 1 AND CASE WHEN length(plain) < 6 THEN 1 ELSE 2 END
"""
# Of a frequent word a sample holds some, and the stories of a rare one are few.
KNOWN = """
SELECT word FROM unnest(%s::text[]) AS word CROSS JOIN LATERAL (SELECT plainto_tsquery(%s, word) AS query) AS asked
WHERE CASE WHEN EXISTS (SELECT FROM ({entries}) AS entry WHERE entry.words @@ (query && %s::tsquery)) THEN true
    ELSE EXISTS (SELECT FROM ({entries}) AS entry WHERE entry.words @@ query) END
"""
# The words of what was typed as they stand in the index, and what the last of them may become.
COMPLETE = rf"""
WITH typed AS (SELECT lexeme, positions[1] AS place FROM unnest(to_tsvector('{WHOLE_WORDS}', %s))),
last AS (SELECT lexeme FROM typed ORDER BY place DESC LIMIT 1)
SELECT (SELECT coalesce(array_agg(lexeme ORDER BY place), '{{}}') FROM typed),
    ARRAY(SELECT text FROM articles_word, last WHERE text ~>=~ lexeme AND text ~<~ (lexeme || U&'\+10FFFF') ORDER BY stories DESC LIMIT %s)
"""


def meant(typed: str) -> str:
    """Return what was typed with the words that no story has spelt as one near to them; "" where every word is known, or none is near."""
    nearest = dict(rows(NEAREST, [LETTERS.findall(typed)]))
    known = _known(list(nearest.values()))
    nearest = {word: near for word, near in nearest.items() if near in known}
    better = LETTERS.sub(lambda word: nearest.get(word[0], word[0]), typed)
    return better if better != typed else ""


def _known(words: list[str]) -> set[str]:
    """Return those of the words that a story in print holds now: one may have been withdrawn since they were collected."""
    entries, parameters = IndexEntry.objects.public().values("words").query.sql_with_params()
    values = [words, CONFIGURATION, *parameters, facet("sample", SAMPLE), *parameters]
    return {word for (word,) in rows(KNOWN.format(entries=entries), values)} if words else set()


def suggested(typed: str) -> list:
    """Return what somebody who has typed so far may be looking for: sections, topics, authors and sources by their names, and the newest stories
    by their headlines; the last word may be half a word."""
    [(words, completions)] = rows(COMPLETE, [typed, COMPLETIONS])
    return [*_subjects(words), *_stories(words, completions)] if words else []


def begun(typed: str) -> str:
    """Return the query for stories whose headlines have all the words that were typed so far, the last of which may be half a word; "" for none."""
    [(words, _completions)] = rows(COMPLETE, [typed, 0])
    return together(*(facet("word", word) for word in words[:-1]), f"{facet('word', words[-1])}:*") if words else ""


def _subjects(words: list[str]) -> list:
    """Return subjects in print whose names have all of these words, the last of which may be the beginning of one."""
    wanted = " & ".join(f"'{word.replace(chr(39), chr(39) * 2)}'" for word in words) + ":*"
    query = SearchQuery(wanted, config=WHOLE_WORDS, search_type="raw")
    found = []
    for model in tally.SUBJECTS.values():
        named = model.objects.alias(words=SearchVector("name", config=WHOLE_WORDS)).filter(words=query).order_by("name")
        printed = model.objects.filter(pk__in=named.values("pk")[:NAMES]).in_print()
        found.append(printed.order_by("name").values_list(Value(model._meta.model_name), "name", "slug")[:OF_A_KIND])
    return [tally.SUBJECTS[kind](name=name, slug=slug) for kind, name, slug in found[0].union(*found[1:], all=True)]


def _stories(words: list[str], completions: list[str]) -> list[Article]:
    """Return the newest stories whose headlines have all of these words, the last of which may be completed."""
    ends = either(*(facet("word", word) for word in {words[-1], *completions}))
    asked = Asked(together(*(facet("word", word) for word in words[:-1]), ends))
    keys = places.newest(asked, HEADLINES)
    stories = Article.objects.public().only("headline", "slug", "published_on", "short_id").in_bulk(keys)
    return [stories[key] for key in keys if key in stories]
