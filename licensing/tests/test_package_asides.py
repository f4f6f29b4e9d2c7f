"""Pull quotes, fact boxes and the language of a story come through in every format of a package."""

import json
from io import BytesIO

import html5lib
import pytest
from docx import Document
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from licensing import package
from licensing.tests.facts import make_facts, make_originals, make_snapshot

BODY = (
    '<p>One.</p><aside class="pull"><p>“Nobody looked.”</p><p>The mate</p></aside>'
    '<aside class="facts"><h2>The ferry</h2><ul><li>280 places</li><li>two engines</li></ul></aside><p>Two.</p>'
)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return package.files(make_facts(), make_snapshot(body=BODY), make_originals())


def test_web_page_keeps_both_and_says_how_they_look(files):
    text = files["story.html"].decode()
    html5lib.HTMLParser(strict=True).parse(text)
    page = lxml_html.document_fromstring(text)

    assert [(aside.get("class"), " ".join(aside.text_content().split())) for aside in page.iter("aside")] == [
        ("pull", "“Nobody looked.” The mate"),
        ("facts", "The ferry 280 places two engines"),
    ]
    assert ".pull {" in page.find("head/style").text


def test_plain_text_sets_a_quote_in_and_a_box_apart(files):
    text = files["story.txt"].decode()

    assert "One.\n\n    “Nobody looked.”\n\n    The mate\n\n| The ferry\n|\n| • 280 places\n| • two engines\n\nTwo." in text


def test_markdown_quotes_both(files):
    page = lxml_html.document_fromstring(MarkdownIt("commonmark").render(files["story.md"].decode()))

    quotes = [" ".join(quote.text_content().split()) for quote in page.iter("blockquote")]
    assert quotes == ["“Nobody looked.” The mate", "The ferry 280 places two engines"]


def test_word_document_has_a_quote_in_its_style_and_a_box_in_a_cell(files):
    document = Document(BytesIO(files["story.docx"]))

    assert [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Intense Quote"] == ["“Nobody looked.”", "The mate"]
    (box,) = document.tables
    assert [(paragraph.style.name, paragraph.text) for paragraph in box.cell(0, 0).paragraphs] == [
        ("Heading 2", "The ferry"),
        ("List Bullet", "280 places"),
        ("List Bullet", "two engines"),
    ]


def test_ninjs_has_both_in_html_and_in_words(files):
    bodies = {body["contentType"]: body["value"] for body in json.loads(files["story.ninjs.json"])["bodies"]}

    assert '<aside class="pull">' in bodies["text/html"]
    assert "| The ferry" in bodies["text/plain"]


def test_story_in_another_language_than_the_papers_says_so():
    files = package.files(make_facts(), make_snapshot(language="ar"), make_originals())

    page = lxml_html.document_fromstring(files["story.html"].decode())
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert json.loads(files["story.ninjs.json"])["language"] == "ar"
