"""Two versions of a story side by side, and three of them put together. A version is a story as a Revision keeps it."""

import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from lxml.html import fragments_fromstring, tostring
from merge3 import Merge3

from articles.body import PLACE

LONGEST = 3_000  # words of two pieces together whose differences are marked
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
PARTS = {
    "kicker": "Kicker", "headline": "Headline", "standfirst": "Standfirst", "dateline": "Dateline", "body": "Text", "byline": "Byline",
    "figures": "Pictures", "section": "Section", "topics": "Topics", "source": "Source", "source_url": "Address at the source",
    "language": "Language", "syndication": "Terms",
}  # fmt: skip
BLOCK = re.compile(r"\s*<(\w+)[^>]*>(.*)</\1>\s*", re.DOTALL)
NAMED = {"h2": "Subhead", "h3": "Smaller subhead", "blockquote": "Quote", "ul": "List", "ol": "Numbered list", "table": "Table", "aside": "Box"}
SEVERAL = {"body", "byline", "figures", "topics"}  # parts that are made of several things, each of which may change alone


class Row(NamedTuple):
    """A piece of the one version and what stands there in the other, with the words that differ marked; "" where nothing does."""

    before: SafeString
    after: SafeString
    is_same: bool


@dataclass(frozen=True)
class Difference:
    """A part of the story, such as its headline, in both versions."""

    name: str
    rows: list[Row]


def compare(before: dict, after: dict) -> list[Difference]:
    """Return the parts in which two versions differ, in the order of the page."""
    return [Difference(name, _rows(_shown(part, before), _shown(part, after))) for part, name in PARTS.items() if _differs(part, before, after)]


def merge(base: dict, theirs: dict, mine: dict) -> tuple[dict, list[str]]:
    """Put two versions that were made from one together; return it, and the names of the parts in which both changed the same: there mine stands."""
    merged, clashes = dict(mine), []
    for part, name in PARTS.items():
        if not _differs(part, theirs, mine) or not _differs(part, base, theirs):
            continue
        if not _differs(part, base, mine):
            merged[part] = theirs.get(part, "")
        elif part in SEVERAL:
            pieces, has_clashed = _together(*([json.dumps(piece, sort_keys=True) for piece in _pieces(part, each)] for each in (base, theirs, mine)))
            merged[part] = [json.loads(piece) for piece in pieces]
            merged[part] = "".join(merged[part]) if part == "body" else merged[part]
            clashes += [name] * has_clashed
        else:
            clashes.append(name)
    return merged, clashes


def _differs(part: str, one: dict, other: dict) -> bool:
    return _shown(part, one) != _shown(part, other)


def _pieces(part: str, story: dict) -> list:
    """Return what a part of the story is made of: of the text its paragraphs and other elements, as they are written."""
    value = story.get(part) or ""
    if part != "body":
        return list(value)
    return [piece if isinstance(piece, str) else tostring(piece, encoding="unicode") for piece in fragments_fromstring(value)]


def _shown(part: str, story: dict) -> list[str]:
    """Return the pieces of a part in words."""
    if part not in SEVERAL:
        return [story.get(part) or ""]
    return [SHOWN[part](piece) for piece in _pieces(part, story)]


def _block(html: str) -> str:
    """Return an element of the text as an editor would name it; marks inside of it stay as they are written."""
    if place := PLACE.fullmatch(html.strip()):
        return f"[picture {place[1]}]"
    tag, text = BLOCK.match(html).groups() if BLOCK.match(html) else ("p", html.strip())
    return f"{NAMED[tag]}: {text}" if tag in NAMED else text


def _name(row: dict) -> str:
    return f"{row['name']}, {row['role'].lower()}"


def _figure(row: dict) -> str:
    picture = row["picture"]["alt_text"] if row["picture"] else "no picture"
    return f"{row['position']}: {row['caption']} ({picture}){', above the story' * row['is_lead']}"


SHOWN = {"body": _block, "byline": _name, "figures": _figure, "topics": str}


def _rows(before: list[str], after: list[str]) -> list[Row]:
    rows = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            rows += [Row(escape(piece), escape(piece), is_same=True) for piece in before[a:b]]
        else:
            left, right = before[a:b], after[c:d]
            longest = max(len(left), len(right))
            rows += [_marked(one, other) for one, other in zip(_filled(left, longest), _filled(right, longest), strict=True)]
    return rows


def _filled(pieces: list[str], length: int) -> list[str]:
    return pieces + [""] * (length - len(pieces))


def _marked(before: str, after: str) -> Row:
    """Mark the words that differ; two long pieces are shown beside each other unmarked, since their words are compared each with each."""
    one, other = TOKEN.findall(before), TOKEN.findall(after)
    if len(one) + len(other) > LONGEST:
        return Row(escape(before), escape(after), is_same=False)
    left, right = [], []
    for what, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        was, now = escape("".join(one[a:b])), escape("".join(other[c:d]))
        left.append(f"<del>{was}</del>" if what != "equal" and was else was)
        right.append(f"<ins>{now}</ins>" if what != "equal" and now else now)
    return Row(mark_safe("".join(left)), mark_safe("".join(right)), is_same=False)  # noqa: S308 (escaped above)


def _together(base: list[str], theirs: list[str], mine: list[str]) -> tuple[list[str], bool]:
    """Put the pieces of three versions together; say whether both changed the same ones, in which case mine stand."""
    found, has_clashed = [], False
    for what, *versions in Merge3(base, theirs, mine).merge_groups():
        if what != "conflict":
            found += versions[0]
        elif len({len(version) for version in versions}) > 1:
            found += versions[2]
            has_clashed = True
        else:  # neighbours that were changed each by one of the two
            for was, their, my in zip(*versions, strict=True):
                found.append(their if my == was else my)
                has_clashed |= was not in {their, my} and their != my
    return found, has_clashed
