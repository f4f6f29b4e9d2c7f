"""Search: one box, and every word that readers see."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from articles.tests.build import make_article, make_figure, make_image

pytestmark = pytest.mark.django_db

MAY = datetime(2024, 5, 6, 12, tzinfo=UTC)


def search(client, words: str) -> list[str]:
    """Return the headlines that a search finds, in order."""
    page = client.get("/search/", {"q": words}).content.decode()
    return [re.sub(r"</?mark>", "", headline) for headline in re.findall(r'<h2 class="row__headline"><a [^>]*>(.*?)</a>', page)]


@pytest.fixture
def story():
    article = make_article(
        "Harbour dues rise", kicker="Tariffs", standfirst="Skippers protest.", authors=["Zoë Ångström"],
        body="<p>The assembly voted at <em>dawn</em> on the café’s terrace.</p>",
    )  # fmt: skip
    make_figure(article, "A dinghy beside the lighthouse", make_image(credit="Photo: Owen Strand"), is_lead=True)
    make_figure(article, "A lost picture of a windmill")
    article.publish()
    make_article("Another matter", publish=True)
    return article


@pytest.mark.parametrize(
    "words",
    [
        "harbour", "HARBOUR", "dues rising", "tariff", "skippers", "assembly", "voting", "dawn", "lighthouse", "windmill", "Strand",
        "Zoë", "zoe", "angstrom", "Ångström", "cafe", "café", "cafe\u0301", '"dues rise"', '"owen strand"', "harbour -ferry", "nonsense OR dinghy",
    ],
)  # fmt: skip
def test_search_finds_the_story_by(client, story, words):
    assert search(client, words) == ["Harbour dues rise"]


@pytest.mark.parametrize("words", ['"rise dues"', "harbour -dawn", '"harbour ferry"', "unheardof", "em", "‮מבחן", "a" * 200])
def test_search_does_not_find_the_story_by(client, story, words):
    page = client.get("/search/", {"q": words})

    assert search(client, words) == []
    assert page.status_code == 200
    assert f"No story in the archive holds <strong>{html.escape(words)}</strong>." in page.content.decode()


@pytest.mark.parametrize("words", ["the", "!!!", '"', "-", "🦀", "-harbour", "-harbour -ferry", "OR", "OR OR"])
def test_search_for_what_nearly_every_story_fits_asks_for_a_word(client, story, words):
    response = client.get("/search/", {"q": words})

    assert response.status_code == 400
    assert "Add a word that a story must hold" in response.content.decode()
    assert "row__headline" not in response.content.decode()


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("nonsense OR dinghy", 1), ("nonsense or dinghy", 0), ('"nonsense" OR "dinghy"', 1), ("HARBOUR OR NONSENSE", 1),
        ("IS THE HARBOUR OR THE NONSENSE AT RISK", 1), ('"voted at dawn"', 1), ('"voted dawn"', 0),
    ],
)  # fmt: skip
def test_or_is_an_operator_in_capitals_only(client, story, words, finds):
    page = client.get("/search/", {"q": words, "sort": "newest" if "NONSENSE AT" not in words else "best"}).content.decode()

    assert page.count("row__headline") == finds


def test_search_knows_what_a_correction_changed(client, story):
    story.headline = "Harbour tolls rise"
    story.correct("They are tolls.")

    assert (search(client, '"harbour tolls"'), search(client, '"harbour dues"')) == (["Harbour tolls rise"], [])


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", "?other=1"])
def test_empty_search_shows_the_box_and_no_answer(client, story, query):
    page = client.get(f"/search/{query}").content.decode()

    assert "Search the archive</h1>" in page
    assert [words for words in ("No story in the archive", "search__error", "row__headline") if words in page] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [("harbour " * 26, "That is too long to search for."), ("a" * 10_000, "That is too long to search for."), ("har\x00bour", "Null characters")],
)
def test_search_that_cannot_be_read_says_why(client, story, words, says):
    response = client.get("/search/", {"q": words})

    page = response.content.decode()
    assert response.status_code == 400
    assert re.search(rf'<p class="search__error" role="alert">{says}', page)
    assert "row__headline" not in page


def test_search_repeats_the_words_as_text(client):
    page = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_search_keeps_its_words_on_older_pages(client):
    for number in range(21):
        make_article(f"Story {number}", published_at=MAY - timedelta(minutes=number), publish=True)

    page = client.get("/search/", {"q": '"the ferry" & -"x&y"', "sort": "newest"}).content.decode()

    link = html.unescape(re.search(r'href="(\?[^"]*)" rel="next"', page)[1])
    assert re.findall(r'row__headline"><a [^>]*>(.*?)</a>', client.get(f"/search/{link}").content.decode()) == ["Story 20"]


def test_search_is_not_for_crawlers(client):
    assert '<meta name="robots" content="noindex">' in client.get("/search/?q=ferry").content.decode()
