"""Where the words that were searched for stand in a story."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from articles import body
from articles.models import Article
from articles.models.entries import CONFIGURATION

from .asked import Asked, either
from .running import rows

LONGEST = 20_000  # letters of a story that are looked through
BEGINS, ENDS, LESS = "\ue000", "\ue001", "\ue002"  # of the private use area: no story's own; the last for <, which begins no tag here
PLAIN = {ord(mark): None for mark in (BEGINS, ENDS, LESS)} | {ord("<"): LESS}
OPTIONS = f"StartSel={BEGINS}, StopSel={ENDS}"
PARTS = OPTIONS + ', MaxFragments=2, MinWords=12, MaxWords=24, FragmentDelimiter=" … "'
MARK = """
SELECT ts_headline(%(configuration)s, headline, %(any)s::tsquery, %(whole)s), ts_headline(%(configuration)s, text, %(query)s::tsquery, %(parts)s)
FROM unnest(%(headlines)s::text[], %(texts)s::text[]) AS story(headline, text)
"""


def mark(asked: Asked, stories: list[Article], is_loose: bool = False) -> None:
    """Give each story (with its body loaded) its `marked_headline`, and the `excerpt` in which the words stand, "" where they stand elsewhere."""
    any_word = either(*asked.words)
    values = {
        "configuration": CONFIGURATION,
        "whole": OPTIONS + ", HighlightAll=true",
        "parts": PARTS,
        "headlines": [story.headline.translate(PLAIN) for story in stories],
        "texts": [body.plain_text(story.body[: 2 * LONGEST]).translate(PLAIN)[:LONGEST] for story in stories],
        "query": any_word if is_loose else asked.typed,
        "any": any_word,
    }
    for story, (headline, text) in zip(stories, rows(MARK, values), strict=True):
        story.marked_headline = _marked(headline)
        story.excerpt = _marked(f"… {text} …") if BEGINS in text else ""


def _marked(text: str) -> SafeString:
    return mark_safe(escape(text.replace(LESS, "<")).replace(BEGINS, "<mark>").replace(ENDS, "</mark>"))  # noqa: S308 (escaped above)
