"""Free republication: a story to copy and paste, with what has to stand with it. And what a licence brings, as a sample."""

import json
import re
import subprocess
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pytest
from lxml import html as lxml_html

from articles.models import Article, Image
from articles.terms import Syndication
from articles.tests.build import make_author
from licensing.rights import pictures_of
from licensing.sample import FILES
from licensing.tests.build import fields_of, make_card, make_story, make_terms, post, republish_url
from licensing.tests.programs import needed

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
SITE = "http://localhost:8000"


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def make_free(pictures=(), **fields) -> Article:
    return make_story(FREE, pictures=pictures, authors=[make_author("Ines Calloway")], **fields)


def page_of(client, story: Article) -> str:
    answer = client.get(republish_url(story))
    assert answer.status_code == 200
    return answer.content.decode()


def to_paste(page: str, field: str) -> str:
    """Return what a reader copies out of a field of the page."""
    return unescape(page.partition(f'<textarea class="paste" id="{field}"')[2].partition(">")[2].partition("</textarea>")[0])


def credit(story: Article) -> str:
    return f"First published by The Free to republish on {story.published_on:%-d %B %Y}. Republished with permission."


# --- The page


def test_page_is_not_indexed_names_the_original_and_asks_for_what_has_to_stand_with_it(client):
    story = make_free()

    page = page_of(client, story)

    assert '<meta name="robots" content="noindex">' in page
    assert '<link rel="canonical"' not in page  # it would speak against noindex
    assert f"<strong>{credit(story)}</strong>" in page
    assert f'&lt;link rel="canonical" href="{SITE}{story.get_absolute_url()}"&gt;' in page
    assert ("<form" in page.partition('<main class="main"')[2].partition("</main>")[0], "€" in page) == (False, False)


def test_html_to_paste_holds_the_story_its_byline_its_credit_and_the_link(client):
    story = make_free(standfirst="A rain gauge and a gate.")

    pasted = lxml_html.fromstring(to_paste(page_of(client, story), "as-html"))

    words = [story.headline, "A rain gauge and a gate.", "Ines Calloway", "nobody on the quay looked at the clock", credit(story)]
    assert [each for each in words if each not in pasted.text_content()] == []
    assert pasted.xpath("//a/@href") == [f"{SITE}/s/{story.short_id}/"]
    assert pasted.xpath("//script|//style|//img|//iframe|//link|//@style|//@onclick") == []


def test_text_to_paste_holds_the_same(client):
    story = make_free(standfirst="A rain gauge and a gate.")

    pasted = to_paste(page_of(client, story), "as-text")

    words = [story.headline, "A rain gauge and a gate.", "Ines Calloway", "nobody on the quay looked at the clock", credit(story)]
    assert [each for each in [*words, f"{SITE}/s/{story.short_id}/"] if each not in pasted] == []
    assert "<" not in pasted


def test_pictures_that_are_not_free_leave_no_trace_in_what_is_pasted(client):
    story = make_free([FREE, FOR_SALE, ON_REQUEST, NONE], body='<p>The gauge.</p><figure data-figure="1"></figure><figure data-figure="2"></figure>')

    page = page_of(client, story)

    for field in ("as-html", "as-text"):
        pasted = to_paste(page, field)
        assert [f"seen from gate {number}" in pasted for number in (1, 2, 3, 4)] == [False] * 4, "captions stand, not alternative texts"
        assert pasted.count("[Picture: The Margaret Lyle, late") == 1
        assert [image.short_id for image in pictures_of(story) if image.short_id in pasted] == []


def test_page_says_of_each_picture_whether_it_goes_with_the_story(client):
    story = make_free([FREE, FOR_SALE, ON_REQUEST, NONE])
    Image.objects.update(credit="Photo: Ada Bright")

    page = page_of(client, story).partition("Its pictures</h2>")[2].partition("</dl>")[0]

    rows = [row.partition("</div>")[0] for row in page.split("<div>")[1:]]
    said = [(row.partition("<dt>")[2].partition("</dt>")[0], "Fetch the picture</a>, and print its credit." in row) for row in rows]
    assert said == [("Free", True), ("Not free", False), ("Not free", False), ("Not free", False)]
    assert ["Ask the rights desk for it." in row for row in rows] == [False, True, True, False]
    fetched = client.get(rows[0].partition('<a href="')[2].partition('"')[0])
    assert (fetched.status_code, fetched["Content-Type"]) == (200, "image/jpeg")
    fetched.close()


def test_html_in_every_field_of_a_story_is_text_on_the_page_and_in_what_is_pasted(client):
    nasty = "</textarea><script>alert(1)</script>"
    story = make_story(FREE, headline=nasty, standfirst=nasty, kicker="<b>Weather</b>", authors=[make_author("<i>Ines</i>")])

    page = page_of(client, story)

    assert ["<script>alert" in page, page.count("</textarea>")] == [False, 2]
    pasted = lxml_html.fromstring(to_paste(page, "as-html"))
    assert (pasted.xpath("//script|//i|//b"), pasted.text_content().count(nasty)) == ([], 2)


def test_order_for_what_has_become_free_meanwhile_is_refused_and_the_page_comes_with_the_next_look(client):
    story = make_story(FOR_SALE)
    typed = fields_of(client.get(republish_url(story)))
    story.source.syndication = FREE
    story.source.save()

    refused, looked = post(client, story, typed), client.get(republish_url(story))

    assert (refused.status_code, "Your order was not taken and nothing is owed" in refused.content.decode()) == (409, True)
    assert "Copy the HTML" in looked.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_pictures(client, number, django_assert_num_queries):
    story = make_free([FREE] * number)

    with django_assert_num_queries(8):
        page = page_of(client, story)

    assert page.count("Fetch the picture</a>") == number


# --- The sample of what a licence brings


def test_sample_page_lists_every_file_of_a_package(client):
    page = client.get("/republish/sample/").content.decode()

    assert [name for name in FILES if f"<dt>{name}</dt>" not in page] == []
    assert 'href="/republish/sample.zip"' in page


def test_sample_has_the_form_of_a_package_and_no_text_of_ours(client, tmp_path):
    story = make_story()

    answer = client.get("/republish/sample.zip")

    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/zip", "public, max-age=3600")
    with ZipFile(BytesIO(answer.content)) as archive:
        files = {name.removeprefix("SAMPLE/"): archive.read(name) for name in archive.namelist()}
    listed = {name for names in FILES for name in names.split(", ")}
    assert {name.partition("/")[0] + "/" * ("/" in name) for name in files} == listed - {"licence.jws", "manifest.json", "manifest.jws"}
    assert json.loads(files["story.ninjs.json"])["headlines"][0]["value"] == "The headline of the story"
    assert [name for name, content in files.items() if story.headline.encode() in content] == []
    (tmp_path / "licence.pdf").write_bytes(files["licence.pdf"])
    text = subprocess.run([needed("pdftotext"), tmp_path / "licence.pdf", "-"], check=True, capture_output=True, text=True).stdout
    assert "this is a sample, and no licence" in " ".join(text.split())


def test_buttons_that_copy_have_a_word_for_it_that_can_be_translated(client):
    page = client.get(republish_url(make_story(Syndication.FREE))).content.decode()

    assert re.findall(r'data-copy="([\w-]+)" data-said="(\w+)"', page) == [("as-html", "Copied"), ("as-text", "Copied")]
