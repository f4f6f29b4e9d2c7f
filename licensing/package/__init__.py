"""The files that a licensee gets, made of plain values: the licensed text in five formats, the licensed pictures, and a page that explains them."""

from collections.abc import Mapping

from lxml.html import tostring
from lxml.html.builder import P

from licensing.facts import LicenceFacts

from . import markdown, ninjs, plain, readme, web, word
from .characters import changed, one_line, printable
from .pictures import DamagedPicture, packed
from .story import article, caption_line, make_copy

__all__ = ["DamagedPicture", "copy_and_paste", "files"]


def files(facts: LicenceFacts, story: dict, originals: Mapping[str, bytes], language: str = "en-gb") -> dict[str, bytes]:
    """Return the content of each file by its name.

    `story` is the snapshot of the licensed revision, `originals` has the bytes of each licensed picture's file by its short_id, `language`
    is the publication's as Django names it, for a story that names none of its own. The same values give the same bytes. Raise DamagedPicture
    for an original that cannot be used.
    """
    facts, story = changed(facts, one_line), changed(story, printable)
    language = story.get("language") or language
    pictures = packed(facts, originals)
    figures = {each.picture.number: web.figure(each) for each in pictures}
    copy = make_copy(story, list(figures), facts.credit_line, facts.story_url, facts.most_words)
    whole = article(copy, figures)
    left_out = {figure["picture"]["short_id"] for figure in story["figures"] if figure["picture"]} - {picture.short_id for picture in facts.pictures}
    texts = {
        "READ-ME-FIRST.txt": readme.text(facts, copy, pictures, len(left_out)),
        "story.html": web.page(copy, whole, language),
        "story.md": markdown.text(whole),
        "story.ninjs.json": ninjs.document(facts, story, copy, whole, pictures, language),
        "story.txt": plain.text(whole) + "\n",
    }
    documents = {"story.docx": word.document(facts, copy, whole, pictures, language)}
    return {name: text.encode() for name, text in texts.items()} | documents | {each.name: each.content for each in pictures}


def copy_and_paste(story: dict, credit_line: str, story_url: str, free_pictures: list[str]) -> tuple[str, str]:
    """Return a story as HTML and as plain text to paste elsewhere; `free_pictures` are the short_ids of those that go with it.

    We host no pictures for others: where a free one is placed, a line in square brackets names it. The others leave no trace.
    """
    story = changed(story, printable)
    shown = {figure["position"]: figure for figure in story["figures"] if figure["picture"] and figure["picture"]["short_id"] in free_pictures}
    places = {position: _place(figure) for position, figure in shown.items()}
    whole = article(make_copy(story, list(places), credit_line, story_url), places)
    return tostring(whole, encoding="unicode"), plain.text(whole)


def _place(figure: dict):
    words = caption_line(figure["caption"] or figure["picture"]["alt_text"], figure["picture"]["credit"])
    place = P(f"[Picture: {words}]")
    place.tail = "\n"
    return place
