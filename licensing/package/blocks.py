"""The body of a story as a list of blocks, its words, and the leading part of it that an excerpt may hold."""

import re
from copy import deepcopy

from lxml.html import HtmlElement, fragment_fromstring
from lxml.html.builder import P

from articles import body

from .characters import one_space

SECTIONS = {"article", "header", "section", "footer"}
BLOCKS = {"p", "h1", "h2", "h3", "blockquote", "ul", "ol", "li", "hr", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption"}
BLOCKS |= SECTIONS | {"aside"}
HEADINGS = {"h2", "h3", "hr"}  # a text does not end with one
MOST_COLUMNS = re.compile("[1-9]|[1-5][0-9]|6[0-3]")  # Word knows no wider table
IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # written without spaces: each counts as a word
WORD = re.compile(rf"[{IDEOGRAPHS}]|[^\s{IDEOGRAPHS}]+")
SENTENCE_END = re.compile(r"[.!?…؟۔।][\"'”’»)\]]*(?=\s|$)|[。！？][」』”’）]*")


def parse(html: str, address: str = "") -> list[HtmlElement | int]:
    """Return the blocks of a body in the order of reading, and the position of each figure where it is placed.

    A figure inside another block follows it. White space is set between blocks, so that the words of two never run together. Links to other
    stories of the site, which a body keeps without its name, lead there from the `address` of the story.
    """
    root = fragment_fromstring(body.sanitise(html), create_parent="div")
    root.make_links_absolute(address, handle_failures="ignore")
    for element in root.iter():
        _tidy(element)
    return [piece for block in flow(root) for piece in _parted(block)]


def _tidy(element: HtmlElement) -> None:
    """Leave no attributes but those that a reader needs, and one space where there were several or a new line."""
    element.attrib.pop("rel", None)
    for name in ("colspan", "rowspan"):
        if not MOST_COLUMNS.fullmatch(element.get(name, "1")):
            del element.attrib[name]
    if element.tag == "a" and not element.get("href"):
        element.tag = "span"
    element.text, element.tail = one_space(element.text or ""), one_space(element.tail or "")
    if element.tag in BLOCKS or element.tag == "br":
        element.tail = "\n" + element.tail.lstrip(" ")


def _parted(block: HtmlElement) -> list[HtmlElement | int]:
    if block.tag == "figure":
        return [int(block.get("data-figure"))]
    figures = list(block.iter("figure"))
    for figure in figures:
        figure.drop_tree()
    return [*([block] if has_content(block) else []), *(int(figure.get("data-figure")) for figure in figures)]


def has_content(element: HtmlElement) -> bool:
    return element.tag == "hr" or element.find(".//figure") is not None or bool(element.text_content().strip())


def flow(container: HtmlElement) -> list[HtmlElement]:
    """Return copies of the blocks in an element; text and inline elements that stand loose between them become paragraphs."""
    blocks, loose = [], _paragraph(container.text)
    for child in map(deepcopy, container):
        if child.tag in BLOCKS:
            blocks += [loose, child]
            loose, child.tail = _paragraph(child.tail), "\n"
        else:
            loose.append(child)
    return [block for block in [*blocks, loose] if block.tag in {"figure", "tr", "th", "td"} or has_content(block)]


def rows(table: HtmlElement) -> list[list[HtmlElement]]:
    """Return the cells of each row of a table; those of a table inside a cell are that cell's."""
    return [list(row.iterchildren("th", "td")) for row in table.iter("tr") if next(row.iterancestors("table")) is table]


def _paragraph(text: str | None) -> HtmlElement:
    paragraph = P(text or "")
    paragraph.tail = "\n"
    return paragraph


def count_words(blocks: list[HtmlElement | int]) -> int:
    """Return how many words the blocks have; figures have none."""
    return sum(len(WORD.findall(block.text_content())) for block in blocks if not isinstance(block, int))


def leading(blocks: list[HtmlElement | int], most_words: int) -> list[HtmlElement | int]:
    """Return the leading blocks that have no more words than allowed together, with at least the beginning of the first paragraph.

    Where that is longer than allowed it ends with its last whole sentence within the limit, or, if its first is longer, with an ellipsis.
    """
    kept, left = [], most_words
    for block in blocks:
        words = count_words([block])
        if words > left:
            if count_words([piece for piece in kept if not isinstance(piece, int) and piece.tag not in HEADINGS]) == 0:
                kept.append(_cut(deepcopy(block), left))
            break
        kept.append(block)
        left -= words
    while kept and not isinstance(kept[-1], int) and kept[-1].tag in HEADINGS:
        kept.pop()
    return kept


def _cut(block: HtmlElement, most_words: int) -> HtmlElement:
    text = block.text_content()
    limit = list(WORD.finditer(text))[most_words - 1].end() if most_words > 0 else 0
    ends = [match.end() for match in SENTENCE_END.finditer(text) if match.end() <= limit]
    _keep(block, ends[-1] if ends else limit)
    if not ends:
        _append(block, "…")
    return block


def _append(element: HtmlElement, text: str) -> None:
    if len(element) == 0:
        element.text = (element.text or "") + text
    elif (element[-1].tail or "").strip():
        element[-1].tail += text
    else:
        _append(element[-1], text)


def _keep(element: HtmlElement, characters: int) -> int:
    """Keep so many characters of the element's text; return how many of them are left to be kept behind it."""
    text, element.text = element.text or "", (element.text or "")[:characters]
    left = max(0, characters - len(text))
    for child in list(element):
        if not left:
            element.remove(child)
            continue
        left = _keep(child, left)
        tail, child.tail = child.tail or "", (child.tail or "")[:left]
        left = max(0, left - len(tail))
    return left
