"""A licensed story as a web page that stands alone, and its figures."""

from lxml.html import HtmlElement, tostring
from lxml.html.builder import BODY, FIGCAPTION, FIGURE, HEAD, HTML, IMG, LINK, META, STYLE, TITLE

from .characters import one_line
from .language import direction, language_tag
from .pictures import PackedPicture
from .story import Copy, caption_line

STYLES = (
    "body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; font: 1.0625rem/1.6 serif } img { max-width: 100%; height: auto } "
    "figure { margin: 1.5rem 0 } table { border-collapse: collapse } th, td { border: 1px solid; padding: 0.25rem 0.5rem } "
    ".pull { margin: 1.5rem 0; font-size: 1.375rem; font-weight: bold } .facts { margin: 1.5rem 0; padding: 0 1rem; border: 1px solid }"
)


def page(copy: Copy, article: HtmlElement, language: str) -> str:
    """Return the whole document; `language` is one of Django's, such as "en-gb"."""
    head = HEAD(
        META(charset="utf-8"),
        META(name="viewport", content="width=device-width, initial-scale=1"),
        TITLE(copy.headline),
        LINK(rel="canonical", href=copy.story_url),
        META(name="robots", content="noindex"),
        STYLE(STYLES),
    )
    for element in head:
        element.tail = "\n"
    document = HTML(head, "\n", BODY("\n", article), lang=language_tag(language), dir=direction(language))
    return tostring(document, encoding="unicode", doctype="<!DOCTYPE html>") + "\n"


def figure(packed: PackedPicture) -> HtmlElement:
    """Return a picture with its caption and, in brackets, its credit."""
    image = IMG(src=packed.name, width=str(packed.width), height=str(packed.height), alt=one_line(packed.picture.alt_text))
    words = caption_line(packed.picture.caption, packed.picture.credit)
    element = FIGURE(image, *([FIGCAPTION(words)] if words else []))
    element.tail = "\n"
    return element
