"""The story as a web page, Markdown, plain text and ninjs, read by parsers that did not write them."""

import json
import re
from pathlib import Path

import html5lib
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from licensing import package
from licensing.tests.facts import PRINTABLE, make_facts, make_hostile, make_originals, make_snapshot

SCHEMA = Path(__file__).parent / "schemas" / "ninjs-3.1-profile.json"
LONG_NAMES = ["강" * 300, "ليلى " * 60]


def files_of(facts=None, **changes) -> dict[str, bytes]:
    return package.files(facts or make_facts(), make_snapshot(**changes), make_originals())


def hostile_files() -> dict[str, bytes]:
    facts, story = make_hostile()
    return package.files(facts, story, make_originals())


def rendered(markdown: bytes) -> lxml_html.HtmlElement:
    """Return what Markdown says, as HTML with whatever HTML stands in it."""
    return lxml_html.document_fromstring(MarkdownIt("commonmark").enable("table").render(markdown.decode()))


def words_of(element) -> str:
    return re.sub(r"\s+", "", element.text_content())


def problems_of(ninjs: bytes) -> list[str]:
    """Return what is wrong with a document, its moments and addresses included."""
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()), format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(ninjs))]


# --- The web page


def test_web_page_is_valid_and_stands_alone():
    files = files_of()
    text = files["story.html"].decode()
    html5lib.HTMLParser(strict=True).parse(text)  # raises at the first error
    page = lxml_html.document_fromstring(text)

    assert page.get("lang") == "en-GB"
    assert page.get("dir") == "ltr"
    assert [link.get("href") for link in page.findall("head/link")] == ["https://halyard.example/2019/09/29/margaret-lyle-last-crossing/"]
    assert page.find("head/link").get("rel") == "canonical"
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert page.xpath("//script | //iframe | //object | //@onclick") == []
    assert page.xpath("//p[@class='credit-line']/text()") == [make_facts().credit_line]
    assert [(image.get("src"), image.get("width"), image.get("height")) for image in page.iter("img")] == [
        (f"pictures/{number}.jpg", "240", "160") for number in (1, 2, 4)
    ]
    assert all(image.get("alt") and image.get("src") in files for image in page.iter("img"))
    assert page.xpath("//a/@rel") == []
    assert page.xpath("//@href") == [
        "https://halyard.example/2019/09/29/margaret-lyle-last-crossing/",
        "https://museum.port-merrow.example/ferries?room=2&floor=1",
        "https://halyard.example/2019/09/29/margaret-lyle-last-crossing/",
    ]
    assert {element.tag for element in page.find("body/article").iter()} >= {
        "h1",
        "h2",
        "blockquote",
        "table",
        "ul",
        "li",
        "sub",
        "sup",
        "em",
        "figcaption",
    }


def test_page_in_a_language_written_from_the_right_says_so():
    files = package.files(make_facts(), make_snapshot(), make_originals(), language="ar")
    page = lxml_html.document_fromstring(files["story.html"].decode())

    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert json.loads(files["story.ninjs.json"])["language"] == "ar"


def test_language_with_a_script_keeps_its_name():
    files = package.files(make_facts(), make_snapshot(), make_originals(), language="zh-hans")

    assert lxml_html.document_fromstring(files["story.html"].decode()).get("lang") == "zh-Hans"


def test_markup_in_any_field_is_text_on_the_web_page():
    text = hostile_files()["story.html"].decode()
    html5lib.HTMLParser(strict=True).parse(text)
    page = lxml_html.document_fromstring(text)

    assert page.xpath("//script") == []
    assert page.find(".//h1").text == PRINTABLE
    assert page.find(".//title").text == PRINTABLE
    assert page.xpath("//p[@class='kicker' or @class='standfirst' or @class='dateline']/text()") == [PRINTABLE] * 3
    assert page.xpath("//p[@class='byline']/text()") == [f"By {PRINTABLE}"]
    assert page.find(".//img").get("alt") == PRINTABLE
    assert page.find(".//figcaption").text == f"{PRINTABLE} ({PRINTABLE})"
    assert page.xpath("//p[@class='correction']/text()") == [f"Update, 2 October 2019: {PRINTABLE}"]


@pytest.mark.parametrize(
    "body", ["", "loose text", "a<br>b", "<p></p><p> </p>", "<ul><li><p>a</p>b<ul><li>c</li></ul></li></ul>", "<td>x</td>", "<hr>"]
)
def test_odd_bodies_make_valid_pages(body):
    files = files_of(body=body)

    html5lib.HTMLParser(strict=True).parse(files["story.html"].decode())
    assert words_of(rendered(files["story.md"])) == words_of(lxml_html.fromstring(files["story.html"].decode()).find("body"))


def test_figure_inside_a_block_follows_it_and_one_placed_twice_stands_once():
    body = '<blockquote><p>One</p><figure data-figure="2"></figure><p>two</p></blockquote><figure data-figure="2"></figure><p>three</p>'

    text = files_of(body=body)["story.html"].decode()

    html5lib.HTMLParser(strict=True).parse(text)
    assert [text.count(f"pictures/{number}.jpg") for number in (1, 2, 4)] == [1, 1, 1]
    assert text.index("two") < text.index("pictures/2.jpg") < text.index("three")


def test_block_that_held_nothing_but_a_figure_is_not_there():
    text = files_of(body='<blockquote><figure data-figure="2"></figure></blockquote><p></p><p>One</p>')["story.html"].decode()

    assert "blockquote" not in text
    assert "<p></p>" not in text
    assert text.index("pictures/2.jpg") < text.index("One")


def test_table_with_absurd_spans_is_kept_within_reason():
    text = files_of(body='<table><tr><td colspan="99999">a</td><td rowspan="x">b</td><td colspan="2">c</td></tr></table>')["story.html"].decode()

    assert '<tr><td>a</td>\n<td>b</td>\n<td colspan="2">c</td>' in text


# --- Markdown


def test_markdown_says_what_the_web_page_says():
    files = files_of()

    markdown, page = rendered(files["story.md"]), lxml_html.document_fromstring(files["story.html"].decode())
    assert words_of(markdown) == words_of(page.find("body"))
    for tag in ("h1", "h2", "blockquote", "table", "th", "em", "strong", "ul", "li", "a", "sub", "sup"):
        assert len(list(markdown.iter(tag))) == len(list(page.iter(tag))), tag
    assert markdown.xpath("//img/@src") == page.xpath("//img/@src")
    assert markdown.xpath("//img/@alt") == page.xpath("//img/@alt")
    assert markdown.xpath("//a/@href") == page.xpath("//a/@href")


def test_markup_in_any_field_is_text_in_markdown():
    files = hostile_files()

    markdown = rendered(files["story.md"])
    assert words_of(markdown) == words_of(lxml_html.document_fromstring(files["story.html"].decode()).find("body"))
    assert markdown.xpath("//script | //code | //s | //em | //a[starts-with(@href, 'javascript')]") == []
    assert markdown.find(".//h1").text == PRINTABLE
    assert markdown.xpath("//img/@alt") == [PRINTABLE]


@pytest.mark.parametrize(
    "text", ["# a", "- a", "1. a", "1) a", "> a", "    a", "+ a", "---", "a | b", "<b>a</b>", "&lt;", "a\n===", "\\*a*", "[a]: b", "~~~", "![", "``"]
)
def test_line_that_looks_like_markdown_is_text(text):
    files = files_of(headline=text, kicker=text, standfirst=text, body=f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>")

    markdown = rendered(files["story.md"])
    assert words_of(markdown) == words_of(lxml_html.document_fromstring(files["story.html"].decode()).find("body"))
    assert markdown.xpath("//h1 | //ul | //ol | //hr | //code | //blockquote | //b | //table") == markdown.xpath("//h1")


def test_link_to_another_of_our_stories_leads_there_from_anywhere():
    files = files_of(body='<p><a href="/2019/09/28/">the day before</a></p>')

    address = "https://halyard.example/2019/09/28/"
    assert [address in files[name].decode() for name in ("story.html", "story.md", "story.txt", "story.ninjs.json")] == [True] * 4


def test_address_with_brackets_is_a_link_in_markdown():
    files = files_of(body='<p><a href="https://a.example/b_(c)?d=(e">here</a></p>')

    assert rendered(files["story.md"]).xpath("//a/@href")[0] == "https://a.example/b_%28c%29?d=%28e"


# --- Plain text


def test_plain_text_writes_out_what_only_markup_can_show():
    body = (
        "<p>CO<sub>2</sub>, 10<sup>−6</sup>, x<sup>a&amp;b</sup>, x<sub>max</sub></p>"
        "<ol><li>one<ol><li>deeper</li></ol></li><li><p>two</p><p>more</p></li></ol>"
        "<blockquote><p>a</p><p>b<br>c</p></blockquote><hr><table><tr><th>a</th><td><p>b</p><p>c</p></td></tr></table>"
        '<p><a href="https://a.example/">https://a.example/</a>, <a href="mailto:b@a.example">b@a.example</a>, <a href="https://c.example/">c</a></p>'
    )

    text = files_of(make_facts(pictures=()), body=body, figures=[])["story.txt"].decode()

    assert text.split("BRACKWATER\n\n")[1].split("\n\nCorrections")[0].split("\n\n") == [
        "CO₂, 10⁻⁶, x^(a&b), x_(max)",
        "1. one\n   1. deeper\n2. two\n   more",
        "    a",
        "    b\n    c",
        "* * *",
        "a\tb c",
        "https://a.example/, b@a.example, c [https://c.example/]",
    ]


def test_plain_text_of_a_hostile_headline_is_one_line():
    text = files_of(headline="One\r\n\r\nTWO\u2028three\tfour\x07")["story.txt"].decode()

    assert "\n\nOne TWO three four\n\n" in text


# --- ninjs


def test_ninjs_is_valid_and_tells_the_rights():
    content = files_of()["story.ninjs.json"]
    item = json.loads(content)

    assert problems_of(content) == []
    assert item["type"] == "text"
    assert item["representationType"] == "full"
    assert item["uri"] == make_facts().story_url
    assert item["by"] == "Ines Calloway and Tobias Renn; Pictures by Owen Strand"
    assert [person["name"] for person in item["people"]] == ["Ines Calloway", "Tobias Renn", "Owen Strand"]
    assert item["firstCreated"] == "2019-09-29T18:05:00+00:00"
    assert item["rightsInfo"] == {"linkedRights": make_facts().url}
    assert item["copyrightNotice"] == "© 2019 The Halyard"
    assert "South Korea" in item["usageTerms"]
    assert item["altIds"][0] == {"role": "licence", "value": "K7M4-2QX3"}
    assert [body["contentType"] for body in item["bodies"]] == ["text/html", "text/plain"]
    assert [body["wordCount"] for body in item["bodies"]] == [161, 161]
    for body in item["bodies"]:
        assert make_facts().credit_line in body["value"]
        assert "Correction, 2 October 2019" in body["value"]
        assert "Eleven minutes late, and for ever" not in body["value"]


def test_ninjs_has_an_item_for_each_licensed_picture():
    files = files_of()

    pictures = json.loads(files["story.ninjs.json"])["associations"]

    assert [picture["name"] for picture in pictures] == ["picture-1", "picture-2", "picture-4"]
    for picture in pictures:
        [rendition] = picture["renditions"]
        assert picture["type"] == "picture"
        assert rendition["sizeInBytes"] == len(files[rendition["href"]])
        assert (rendition["width"], rendition["height"], rendition["contentType"]) == (240, 160, "image/jpeg")
    assert [text["role"] for text in pictures[1]["descriptions"]] == ["caption", "credit", "alt"]
    assert pictures[1]["copyrightNotice"] == "© Layla Haddad"


def test_ninjs_of_hostile_and_of_bare_stories_is_valid():
    bare = package.files(make_facts(pictures=()), make_snapshot(byline=[], figures=[], kicker="", dateline="", standfirst="", published_at=None), {})

    assert problems_of(hostile_files()["story.ninjs.json"]) == []
    assert problems_of(bare["story.ninjs.json"]) == []
    assert json.loads(hostile_files()["story.ninjs.json"])["headlines"][0]["value"] == PRINTABLE
    assert "associations" not in json.loads(bare["story.ninjs.json"])


@pytest.mark.parametrize(
    "fault",
    [
        {"uri": "a b"},
        {"versionCreated": "yesterday"},
        {"type": "poem"},
        {"mood": "glad"},
        {"rightsInfo": {}},
        {"bodies": [{"value": "a", "wordCount": "2"}]},
    ],
)
def test_fault_in_ninjs_would_be_found(fault):
    item = json.loads(files_of()["story.ninjs.json"])

    assert problems_of(json.dumps(item | fault)) != []


# --- All of them


@pytest.mark.parametrize("name", LONG_NAMES)
def test_very_long_names_are_there_to_their_end(name):
    files = files_of(byline=[{"author": "x", "name": name, "role": "WRITER"}], headline=name)

    for file in ("story.html", "story.md", "story.txt", "story.ninjs.json"):
        assert name.strip() in files[file].decode(), file


def test_no_file_of_text_has_a_control_character():
    for name, content in hostile_files().items():
        if name.endswith((".txt", ".html", ".md", ".json")):
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", content.decode()), name
