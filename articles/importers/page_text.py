"""The page-text format: the text of one page of a news site.

Headline
                                (blank)
Headline, again
Caption of the lead picture     (optional; no blank line between)
                                (blank)
Paragraphs, parted by blank lines
                                (blank)
By NAME and NAME (Source)       (optional; the bracket may be missing or cut off)
                                (blank)
More about                      (optional; then topics, one a line)
Purchase this article for republication.
The newsletter box, which belongs to the site and not to the story
"""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from .base import ImportedStory, Refused

MOST_BYTES = 2_000_000
LONGEST_TOPIC = 80
PURCHASE = re.compile(r"purchase this article for republication\.?", re.IGNORECASE)
MORE_ABOUT = re.compile(r"more about:?", re.IGNORECASE)
CONSENT = re.compile(r"by signing up\b.*\b(privacy|terms)\b.*", re.IGNORECASE)
BYLINE = re.compile(r"by\s+(?P<names>[^()]{2,200}?)\s*(?:\((?P<source>[^()]{0,120})\)?\s*)?", re.IGNORECASE)
PARTICLES = "a/l|a/p|al|bin|binti|da|de|del|della|der|di|do|dos|du|d/o|el|ibn|la|le|ten|ter|van|von|y|zu|s/o"
NAME = re.compile(rf"(?:(?:{PARTICLES})\s+)*[^\W\d_a-z][\w.'’-]*(?:\s+(?:(?:{PARTICLES})|[^\W\d_a-z][\w.'’-]*)){{0,5}}")
INITIAL_OR_TITLE = re.compile(r"(?:\b\w|\b[JS]r)\.$")
OFFICE = re.compile(r"\b(correspondents?|reporters?|editors?|writers?|columnists?|bureau|desk|chief)\b", re.IGNORECASE)


def read(path: Path) -> Iterator[ImportedStory]:
    """Yield the one story of the page in `path`; raise Refused for a file that is no such page."""
    lines = [" ".join(line.split()) for line in _text(path).splitlines()]
    headline, caption, rest = _head(lines)
    rest, topics = _without_foot(rest)
    paragraphs = _paragraphs(rest)
    authors, source = (), ""
    if paragraphs and (byline := parse_byline(paragraphs[-1])):
        authors, source = byline
        paragraphs.pop()
    if not paragraphs:
        raise Refused("it has no text under the headline")
    body = "\n".join(f"<p>{'<br>'.join(escape(line, quote=False) for line in lines)}</p>" for lines in paragraphs)
    yield ImportedStory(headline=headline, body=body, lead_caption=caption, authors=authors, source=source, topics=topics)


def parse_byline(lines: list[str]) -> tuple[tuple[str, ...], str] | None:
    """Return the names and the source of a byline, or None for a paragraph that is none, such as "By noon it was over."."""
    match = BYLINE.fullmatch(lines[0]) if len(lines) == 1 else None
    if not match:
        return None
    parts = re.split(r"\s*(?:,|;|&|\band\b)\s*", re.sub(r"\s+in\s+[A-Z].*$", "", match["names"]))
    names = [part for part in parts if part and not OFFICE.search(part)]
    if not names or not all(NAME.fullmatch(name) for name in names):
        return None
    if names[-1].endswith(".") and not INITIAL_OR_TITLE.search(names[-1]):
        return None
    return tuple(dict.fromkeys(names)), (match["source"] or "").strip()


def _text(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise Refused("it is larger than 2 MB, too large for one page")
    content = path.read_bytes()
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("it is not text in UTF-8") from None
    if "\x00" in text:
        raise Refused("it is not text: it holds NUL bytes")
    if not text.strip():
        raise Refused("it is empty")
    return text


def _head(lines: list[str]) -> tuple[str, str, list[str]]:
    """Return the headline, the caption right under its second line, and the lines after them."""
    filled = [number for number, line in enumerate(lines) if line]
    if len(filled) < 2 or _folded(lines[filled[0]]) != _folded(lines[filled[1]]):
        raise Refused("it has no headline: a page begins with its headline, twice")
    headline, after = lines[filled[1]], filled[1] + 1
    end = next((number for number in range(after, len(lines)) if not lines[number]), len(lines))
    return headline, " ".join(lines[after:end]), lines[end:]


def _without_foot(lines: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the lines of the story alone, and the topics listed under it."""
    purchase = _last(lines, PURCHASE)
    if purchase is not None:
        lines = lines[:purchase]
    elif (consent := _last(lines, CONSENT)) is not None:  # the newsletter's line stands right above its consent
        lines = lines[: consent - 1] if consent and lines[consent - 1] else lines[:consent]
    more = _last(lines, MORE_ABOUT)
    if more is None:
        return lines, ()
    topics = [line for line in lines[more + 1 :] if line]
    if any(len(topic) > LONGEST_TOPIC or topic.endswith(".") for topic in topics):  # paragraphs: that line was a subhead
        return lines, ()
    return lines[:more], tuple({topic.casefold(): topic for topic in reversed(topics)}.values())[::-1]


def _last(lines: list[str], pattern: re.Pattern) -> int | None:
    return next((number for number in reversed(range(len(lines))) if pattern.fullmatch(lines[number])), None)


def _paragraphs(lines: list[str]) -> list[list[str]]:
    paragraphs = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _folded(line: str) -> str:
    return line.casefold().translate(str.maketrans("‘’“”–—", "''\"\"--"))
