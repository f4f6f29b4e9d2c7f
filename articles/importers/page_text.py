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
from stat import S_ISREG
from unicodedata import normalize

from .base import ImportedStory, Refused

MOST_BYTES = 300_000
LONGEST_TOPIC = 80
LONGEST_OFFICE = 40  # letters of a byline without a name
UNSEEN = re.compile(r"[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ufffe\uffff]")  # control characters, zero widths, soft hyphens
PURCHASE = re.compile(r"purchase this article for republication\.?", re.IGNORECASE)
MORE_ABOUT = re.compile(r"more about:?", re.IGNORECASE)
CONSENT = re.compile(r"by (?:signing up|subscribing|registering)\b.{0,60}\byou (?:agree|accept|consent)\b.*", re.IGNORECASE)
NEWSLETTER = re.compile(r".{0,200}\b(?:delivered|straight)\b.{0,200}\bto your (?:inbox|mailbox)\W{0,9}", re.IGNORECASE)
BYLINE = re.compile(r"by\s+(?P<names>[^()]{2,200}?)\s*(?:\((?P<source>[^()]{0,120})(?P<closed>\))?\.?)?", re.IGNORECASE)
PARTICLE = (
    "(?:a/l|a/p|af|al|bin|bint|binti|da|dal|das|de|del|dela|della|den|der|des|di|do|dos|du|d/o|e|el|ibn|la|le|los|s/o|ten|ter|van|von|y|zu|zur)"
)
WORD = r"(?:[a-z]{1,3}['’-])?[^\W\d_a-z][^\s\d,;:!?…/<>\"“”]*"  # Calloway, O'Dowd, al-Rashid, J.P., 신현희
NAME = re.compile(rf"(?:(?:{PARTICLE}|{WORD})\s+){{0,7}}{WORD}")
NAMES_PARTED = re.compile(r"\s*[,;&]\s*(?:and\s+)?|\s+(?:and|with)\s+", re.IGNORECASE)
INITIAL_OR_TITLE = re.compile(r"(?:\b\w|\b[JS]r)\.$", re.IGNORECASE)
OFFICE = re.compile(r"\b(correspondents?|reporters?|editors?|writers?|columnists?|bureau|desk|chief|staff|agencies)\b", re.IGNORECASE)


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
    source = match["source"].strip() if match["closed"] else ""  # of a source that is cut off only half is known
    parts = [part for part in NAMES_PARTED.split(re.sub(r"\s+in\s+[A-Z].*$", "", match["names"])) if part]
    if not source and len(parts) > 1 and parts[-1].startswith("The "):  # By Jane Doe, The Straits Times
        source = parts.pop()
    names = [part for part in parts if not OFFICE.search(part)]
    if not names:  # By our correspondent
        return ((), source) if parts and len(lines[0]) <= LONGEST_OFFICE and not lines[0].endswith(".") else None
    if not all(NAME.fullmatch(name) for name in names) or (names[-1].endswith(".") and not INITIAL_OR_TITLE.search(names[-1])):
        return None
    return tuple(name.title() if name.isupper() and " " in name else name for name in names), source


def _text(path: Path) -> str:
    about = path.stat()
    if not S_ISREG(about.st_mode):
        raise Refused("it is not a file that can be read")
    if about.st_size > MOST_BYTES:
        raise Refused("it is larger than 300 KB, too large for one page")
    content = path.read_bytes()
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("it is not text in UTF-8") from None
    if "\x00" in text:
        raise Refused("it is not text: it holds NUL bytes")
    text = normalize("NFC", UNSEEN.sub("", text))
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
    lines = _without_newsletter(lines) if purchase is None else lines[:purchase]
    more = _last(lines, MORE_ABOUT)  # never the first line: the story begins with a blank one
    if more is None or (lines[more - 1] and not parse_byline([lines[more - 1]])):  # a line in the middle of a paragraph
        return lines, ()
    topics = [line for line in lines[more + 1 :] if line]
    if not all(_is_topic(topic) for topic in topics):  # a subhead of the story
        return lines, ()
    return lines[:more], tuple(dict.fromkeys(topics))


def _without_newsletter(lines: list[str]) -> list[str]:
    """Return the lines without the box that ends the page: the newsletter's line, and its consent line right under it."""
    lines = _trimmed(lines)
    if lines and CONSENT.fullmatch(lines[-1]):
        lines = lines[:-2] if lines[-2:-1] != [""] else _trimmed(lines[:-1])
    return lines[:-1] if lines and NEWSLETTER.fullmatch(lines[-1]) else lines


def _trimmed(lines: list[str]) -> list[str]:
    return lines[: 1 + max((number for number, line in enumerate(lines) if line), default=-1)]


def _is_topic(line: str) -> bool:
    is_sentence = line.rstrip("\"”’'").endswith((".", "?", "!", "…")) and len(line.split()) > 3
    return len(line) <= LONGEST_TOPIC and not is_sentence and not parse_byline([line])


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
