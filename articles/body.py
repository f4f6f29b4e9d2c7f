"""The body of a story: a small, clean HTML in which <figure data-figure="2"></figure> places the story's second figure."""

import html as entities
import re

import nh3

TAGS = {"p", "h2", "h3", "blockquote", "ul", "ol", "li", "a", "strong", "em", "sub", "sup", "br", "hr", "figure"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
PLACE = re.compile(r'<figure data-figure="(\d{1,3})"></figure>')

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "figure": {"data-figure"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener",
)


def sanitise(html: str) -> str:
    """Return `html` with nothing left but the elements above; what a script or style held is dropped, other text is kept."""
    cleaned = _cleaner.clean(html.replace("\x00", ""))
    cleaned = re.sub(r"<figure[^>]*>", lambda tag: tag[0] if PLACE.fullmatch(f"{tag[0]}</figure>") else "<figure>", cleaned)
    return cleaned.replace("<figure></figure>", "").strip()


def plain_text(html: str) -> str:
    """Return the words of `html`, a space where an element ended."""
    spaced = re.sub(r"(</(?:p|h2|h3|li|blockquote|td|th)>|<br>|<hr>)", r"\1 ", html)
    return " ".join(entities.unescape(nh3.clean(spaced, tags=set())).split())


def placed(html: str) -> list[str | int]:
    """Return the body in the order of reading: pieces of HTML, and the position of each figure placed between them."""
    pieces = PLACE.split(html)
    return [int(piece) if index % 2 else piece for index, piece in enumerate(pieces) if index % 2 or piece.strip()]
