"""A story's copy for another publication: what every format of it carries, in order."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from lxml.html import HtmlElement
from lxml.html.builder import ARTICLE, FOOTER, H1, H2, HEADER, SECTION, A, P

from . import blocks
from .characters import one_line

ROLES = {
    "WRITER": "By",
    "PHOTOGRAPHER": "Pictures by",
    "ILLUSTRATOR": "Illustrations by",
    "TRANSLATOR": "Translated by",
    "EDITOR": "Edited by",
}
EXCERPT = "This is an excerpt. The whole story is at the address below."


@dataclass(frozen=True)
class Correction:
    """What was changed since the story was first printed."""

    kind: str
    made_on: date
    text: str


@dataclass(frozen=True)
class Copy:
    """A story, or its beginning, as it is handed on; figures stand for themselves by their position."""

    kicker: str
    headline: str
    standfirst: str
    bylines: tuple[str, ...]  # such as "By Ines Calloway and Tobias Renn", one for each role
    dateline: str
    pieces: tuple[HtmlElement | int, ...]  # blocks of the body, and figures: the lead first, those placed nowhere last
    words: int  # of the body
    is_excerpt: bool
    corrections: tuple[Correction, ...]
    credit_line: str
    story_url: str

    @property
    def by(self) -> str:
        """The byline as one line, as fields for it want it."""
        return "; ".join(self.bylines).removeprefix("By ")


def make_copy(story: dict, shown: list[int], credit_line: str, story_url: str, most_words: int | None = None) -> Copy:
    """Return the copy of a snapshot with the figures at the positions in `shown` and no others, and with its leading words only if so told."""
    whole = blocks.parse(story["body"], story_url)
    portion = whole if most_words is None else blocks.leading(whole, most_words)
    words = blocks.count_words(portion)
    return Copy(
        kicker=one_line(story["kicker"]),
        headline=one_line(story["headline"]),
        standfirst=one_line(story["standfirst"]),
        bylines=tuple(f"{words} {names}" for words, names in bylines(story)),
        dateline=one_line(story["dateline"]),
        pieces=tuple(_in_order(portion, shown, story["figures"])),
        words=words,
        is_excerpt=words < blocks.count_words(whole),
        corrections=tuple(_correction(row) for row in story["corrections"]),
        credit_line=one_line(credit_line),
        story_url=story_url,
    )


def bylines(story: dict) -> list[tuple[str, str]]:
    """Return the byline as (words, names), a pair for each role in the order of the byline."""
    rows = {}
    for row in story["byline"]:
        rows.setdefault(ROLES[row["role"]], []).append(one_line(row["name"]))
    return [(words, " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))) for words, names in rows.items()]


def _correction(row: dict) -> Correction:
    return Correction(row["kind"].capitalize(), timezone.localdate(datetime.fromisoformat(row["made_at"])), one_line(row["text"]))


def _in_order(portion: list[HtmlElement | int], shown: list[int], figures: list[dict]) -> list[HtmlElement | int]:
    leads = [figure["position"] for figure in figures if figure["is_lead"] and figure["position"] in shown]
    waiting = [position for position in shown if position not in leads]
    pieces = list(leads)
    for piece in portion:
        if not isinstance(piece, int):
            pieces.append(piece)
        elif piece in waiting:
            waiting.remove(piece)
            pieces.append(piece)
    return pieces + waiting


def article(copy: Copy, figures: Mapping[int, HtmlElement]) -> HtmlElement:
    """Return the copy as an <article>; `figures` has the element of each figure by its position."""
    header = [
        *_lines("kicker", copy.kicker),
        H1(copy.headline),
        *_lines("standfirst", copy.standfirst),
        *_lines("byline", *copy.bylines),
        *_lines("dateline", copy.dateline),
    ]
    pieces = [figures[piece] if isinstance(piece, int) else deepcopy(piece) for piece in copy.pieces]
    elements = [HEADER(*header), *pieces, *_corrections(copy), FOOTER(*_notes(copy))]
    for element in [*header, *elements, *elements[-1]]:
        element.tail = "\n"
    return ARTICLE("\n", *elements)


def _lines(name: str, *texts: str) -> list[HtmlElement]:
    return [P({"class": name}, text) for text in texts if text]


def _corrections(copy: Copy) -> list[HtmlElement]:
    if not copy.corrections:
        return []
    rows = [f"{row.kind}, {row.made_on:%-d %B %Y}: {row.text}" for row in copy.corrections]
    return [SECTION({"class": "corrections"}, H2("Corrections"), *_lines("correction", *rows))]


def _notes(copy: Copy) -> list[HtmlElement]:
    original = P({"class": "original"}, "The original: ", A({"href": copy.story_url}, copy.story_url))
    return [*_lines("excerpt", EXCERPT if copy.is_excerpt else ""), *_lines("credit-line", copy.credit_line), original]


def caption_line(caption: str, credit: str) -> str:
    """Return a caption with its credit, such as “The ferry, late. (Photo: Owen Strand)”."""
    return one_line(f"{caption} ({one_line(credit)})" if credit.strip() else caption)
