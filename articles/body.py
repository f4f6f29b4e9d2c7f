"""The body of a story: a small, clean HTML.

<figure data-figure="2"></figure> places the story's second figure, <aside class="pull"> is a pull quote, <aside class="facts"> a fact box.
"""

import html as entities
import re

import nh3

TAGS = {"p", "h2", "h3", "blockquote", "ul", "ol", "li", "a", "strong", "em", "sub", "sup", "br", "hr", "figure", "aside"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
ASIDES = ("pull", "facts")
PLACE = re.compile(r'<figure data-figure="(\d{1,3})"></figure>')
OPENINGS = {f'<aside class="{name}">' for name in ASIDES}
TAG = re.compile(r'<[^<>"]+(?:"[^"]*"[^<>"]*)*>')  # whole, whatever its attributes hold
EMPTY_ASIDE = re.compile(r'<aside class="\w+">(?:\s|<p></p>)*</aside>')

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "figure": {"data-figure"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}},
    allowed_classes={"aside": set(ASIDES)},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener",
)


def sanitise(html: str) -> str:
    """Return `html` with nothing left but the elements above; what a script or style held is dropped, other text is kept."""
    cleaned = _cleaner.clean(html.replace("\x00", ""))
    cleaned = re.sub(r"<figure[^>]*>", lambda tag: tag[0] if PLACE.fullmatch(f"{tag[0]}</figure>") else "<figure>", cleaned)
    return _levels(EMPTY_ASIDE.sub("", _asides(cleaned.replace("<figure></figure>", "")))).strip()


def _asides(html: str) -> str:
    """Unwrap what is neither a pull quote nor a fact box, and one that stands in another."""
    open_ones = []  # for each that is open, whether it is kept

    def kept(tag: re.Match) -> str:
        if not re.match("</?aside\\b", tag[0]):
            return tag[0]
        if tag[0] == "</aside>":
            return tag[0] if open_ones.pop() else ""
        open_ones.append(tag[0] in OPENINGS and not any(open_ones))
        return tag[0] if open_ones[-1] else ""

    return TAG.sub(kept, html)


def _levels(html: str) -> str:
    """Make every h3 that no h2 leads an h2, so that the headings of a page skip no level."""
    before, first, after = html.partition("<h2>")
    return re.sub(r"<(/?)h3>", r"<\1h2>", before) + first + after


def plain_text(html: str) -> str:
    """Return the words of `html`, a space where an element ended."""
    spaced = re.sub(r"(</(?:p|h2|h3|li|blockquote|td|th|aside)>|<br>|<hr>)", r"\1 ", html)
    return " ".join(entities.unescape(nh3.clean(spaced, tags=set())).split())


def placed(html: str) -> list[str | int]:
    """Return the body in the order of reading: pieces of HTML, and the position of each figure placed between them."""
    pieces = PLACE.split(html)
    return [int(piece) if index % 2 else piece for index, piece in enumerate(pieces) if index % 2 or piece.strip()]
