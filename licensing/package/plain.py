"""A story as plain text: a paragraph is a line, and what only markup can show is written out."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from . import blocks
from .characters import one_line

RAISED = dict(zip("0123456789+-−=()nix", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱˣ", strict=True))
LOWERED = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))
BREAK = "\u2028"  # stands for <br> while white space is put in order


def text(element: HtmlElement) -> str:
    """Return the words of an <article>, or of any part of one, with an empty line between blocks."""
    return "\n\n".join(filter(None, _texts(element)))


def _texts(container: HtmlElement) -> Iterator[str]:
    for block in blocks.flow(container):
        if block.tag in blocks.SECTIONS:
            yield text(block)
        elif block.tag in {"ul", "ol"}:
            yield "\n".join(_items(block))
        elif block.tag == "blockquote" or block.get("class") == "pull":
            yield _indented(text(block), "    ", "    ")
        elif block.tag == "aside":
            yield _indented(text(block), "| ", "| ").replace("\n\n", "\n|\n")
        elif block.tag == "table":
            yield "\n".join("\t".join(one_line(" ".join(_texts(cell))) for cell in row) for row in blocks.rows(block))
        elif block.tag == "figure":
            yield "\n".join([*(f"[Picture: {image.get('src')}]" for image in block.iter("img")), *map(_inline, block.iter("figcaption"))])
        else:
            yield "* * *" if block.tag == "hr" else _inline(block)


def _items(items: HtmlElement) -> Iterator[str]:
    for number, item in enumerate(items.iterchildren("li"), start=1):
        mark = "• " if items.tag == "ul" else f"{number}. "
        yield _indented("\n".join(_texts(item)), mark, " " * len(mark))


def _indented(lines: str, first: str, others: str) -> str:
    return first + re.sub(r"\n(?!\n)", f"\n{others}", lines)


def _inline(element: HtmlElement) -> str:
    return "\n".join(one_line(line) for line in _words(element).split(BREAK)).strip()


def _words(element: HtmlElement) -> str:
    """Return the words of an element: links with their address, raised and lowered digits as such."""
    words = element.text or ""
    words += "".join(_words(child) + (child.tail or "") for child in element)
    if element.tag == "br":
        return BREAK
    if element.tag == "a" and element.get("href") not in {one_line(words), f"mailto:{one_line(words)}"}:
        return f"{words} [{element.get('href')}]"
    if element.tag == "sup":
        return _shifted(words, RAISED, "^")
    if element.tag == "sub":
        return _shifted(words, LOWERED, "_")
    return words


def _shifted(words: str, digits: dict[str, str], mark: str) -> str:
    return "".join(map(digits.get, words)) if set(words) <= set(digits) else f"{mark}({words})"
