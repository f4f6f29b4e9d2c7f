"""What is suggested to somebody who types, how a browser searches from its address bar, and the words that readers may have meant."""

import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from articles.models import Article, Word
from articles.tasks import collect_words
from articles.tests.build import make_article, make_author, make_section, make_source, make_topic
from articles.tests.test_lists import headlines

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
NIGHT, DAY = datetime(2024, 5, 6, 2, 5, tzinfo=UTC), datetime(2024, 5, 6, 12, 5, tzinfo=UTC)
OPENSEARCH = {"": "http://a9.com/-/spec/opensearch/1.1/"}


def suggestions(client, typed: str) -> list[tuple[str, str, str]]:
    """Return what is suggested: names, kinds and addresses."""
    response = client.get("/search/suggestions/", {"q": typed})
    echo, names, kinds, addresses = response.json()
    assert (response.status_code, echo) == (200, typed[:200])
    return list(zip(names, kinds, addresses, strict=True))


def names(client, typed: str) -> list[str]:
    return [name for name, _, _ in suggestions(client, typed)]


def make_hidden(**fields) -> None:
    """Make stories that readers cannot see: a draft, one with a date to come, one under embargo, one withdrawn."""
    for number, state in enumerate([{"publish": False}, {"published_at": NOON.replace(year=2090)}, {"embargoed_until": NOON.replace(year=2090)}, {}]):
        story = make_article(**{"headline": f"Mallow hidden {number}", "published_at": NOON, "publish": True} | fields | state)
        if not state:
            story.withdraw("In doubt.")


def test_sections_topics_authors_and_sources_come_before_the_newest_stories(client):
    subjects = {
        "section": make_section("Mallow Street"), "topics": ["Mallow Fair"], "authors": ["Ada Mallow"], "source": make_source("The Mallow Post"),
    }  # fmt: skip
    for number in range(6):
        make_article(f"Mallow floods {number}", published_at=NOON + timedelta(days=number), publish=True, **subjects)
    Word.objects.collect()

    found = suggestions(client, "mall")

    assert found[:4] == [
        ("Mallow Street", "Section", "/section/mallow-street/"), ("Mallow Fair", "Topic", "/topic/mallow-fair/"),
        ("Ada Mallow", "Author", "/author/ada-mallow/"), ("The Mallow Post", "Source", "/source/the-mallow-post/"),
    ]  # fmt: skip
    assert found[4:] == [(f"Mallow floods {day}", "Story", f"/2024/05/{6 + day:02}/mallow-floods-{day}/") for day in (5, 4, 3, 2)]


@pytest.mark.parametrize("months", [[1, 2, 3, 4], [1, 9, 20, 40], [30, 90, 300, 900], [900]])
def test_newest_stories_are_suggested_however_old_they_are(client, months):
    make_article("Quiet", published_at=NOON, publish=True)
    for number in months:
        make_article(f"Mallow {number}", published_at=NOON - timedelta(days=30 * number), publish=True)
    make_article("Mallow oldest", published_at=NOON.replace(year=1870), publish=True)

    assert names(client, "mallow") == [*(f"Mallow {number}" for number in months), "Mallow oldest"][:4]


def test_three_of_a_kind_are_suggested_at_most(client):
    make_article("Quiet", topics=[f"Mallow {letter}" for letter in "DACB"], publish=True)

    assert names(client, "mallow") == ["Mallow A", "Mallow B", "Mallow C"]


@pytest.mark.parametrize(
    "typed",
    ["Zoë", "zoe", "ZOE", "zo", "Zoë Å", "ang", "ångs", "angstrom zo", "Zoe\u0308", " zoe ", '"zoe', "zoe'", "zoe\\", "zoe:*", "zoe &", "(zoe"],
)  # fmt: skip
def test_author_is_found_by_the_beginning_of_any_word_with_and_without_accents(client, typed):
    make_article("Quiet", authors=["Zoë Ångström"], publish=True)

    assert names(client, typed) == ["Zoë Ångström"]


@pytest.mark.parametrize("typed", ["pilot", "pilo", "pilots str", "strike pil", "STRIKE"])
def test_story_is_found_by_words_of_its_headline_the_last_of_which_is_half_a_word(client, typed):
    make_article("Pilots’ strike: “Nobody” & <b>", standfirst="About a lighthouse.", publish=True)
    Word.objects.collect()

    assert names(client, typed) == ["Pilots’ strike: “Nobody” & <b>"]
    assert names(client, "lighthouse") == []


@pytest.mark.parametrize("typed", ["mallow", "mall", "hidden"])
def test_nothing_that_readers_cannot_see_is_suggested(client, typed):
    make_article("Mallow in print", published_at=NOON, publish=True)
    make_hidden(section=make_section("Mallow hidden"), topics=["Mallow hidden"], authors=["Mallow hidden"], source=make_source("Mallow hidden"))
    make_topic("Mallow hidden unused")
    make_author("Mallow hidden unused")
    Word.objects.collect()

    assert names(client, typed) == ([] if typed == "hidden" else ["Mallow in print"])


def test_series_is_suggested_for_the_stories_of_its_parts(client):
    make_topic("Mallow part", part_of=make_topic("Mallow series"))
    make_article("Quiet", topics=["Mallow part"], publish=True)

    assert names(client, "mallow") == ["Mallow part", "Mallow series"]


@pytest.mark.parametrize(
    "typed",
    ["", " ", '"', "'", "\\", "\x00", "mal\x00low", ":*", "%", "_", "&", "!", "()", "the", "mallow " * 43, "\ufffd", "🦀", "='", "\u202e"],
)  # fmt: skip
def test_odd_input_suggests_nothing_and_does_no_harm(client, typed):
    make_article("Mallow floods", topics=["Mallow"], publish=True)

    assert names(client, typed) == []


def test_answer_is_public_for_a_minute_and_sets_no_cookie(client):
    response = client.get("/search/suggestions/?q=fer")

    assert response["Content-Type"] == "application/x-suggestions+json"
    assert response["Cache-Control"] == "public, max-age=60, s-maxage=1, stale-while-revalidate=1"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert client.get("/search/suggestions/").json() == ["", [], [], []]
    assert client.post("/search/suggestions/").status_code == 405


@pytest.mark.parametrize(("count", "queries"), [(1, 7), (6, 5), (60, 5)])
def test_suggestions_take_few_queries_however_many_there_are(client, count, queries, django_assert_num_queries):
    for number in range(count):
        make_article(f"Mallow {number}", topics=[f"Mallow {number}"], authors=[f"Mallow {number}"], publish=True)
    Word.objects.collect()

    with django_assert_num_queries(queries):
        suggestions(client, "mal")


def description(client) -> ElementTree.Element:
    response = client.get("/opensearch.xml")
    assert (response.status_code, response["Content-Type"]) == (200, "application/opensearchdescription+xml")
    return ElementTree.fromstring(response.content)  # noqa: S314 (our own)


@pytest.mark.parametrize("name", ["The Halyard", "Tom & Ann’s “Daily” <News>, " * 3 + "Gazette", "'\"&<>'\"&<>'\"&<>'\"&<>"])
def test_browser_learns_how_to_search_whatever_the_paper_is_called(client, settings, name):
    settings.SITE_URL = "https://halyard.example"
    settings.PUBLICATION_NAME = name

    found = description(client)

    texts = {tag: found.findtext(tag, namespaces=OPENSEARCH) for tag in ("ShortName", "LongName", "Description", "Language", "InputEncoding")}
    assert texts == {
        "ShortName": name[:16], "LongName": name[:48], "Description": f"Search every story of {name}.", "Language": "en-gb",
        "InputEncoding": "UTF-8",
    }  # fmt: skip
    assert len(texts["Description"]) <= 1024


def test_templates_of_the_description_lead_to_a_search_that_finds(client, settings):
    settings.SITE_URL = "https://halyard.example"
    make_article("Mallow & Sons", topics=["Mallow"], publish=True)

    templates = {url.get("type"): url.get("template") for url in description(client).findall("Url", OPENSEARCH)}
    search, suggest, itself = (
        url.removeprefix("https://halyard.example").replace("{searchTerms}", quote("mallow & sons")) for url in templates.values()
    )

    assert list(templates) == ["text/html", "application/x-suggestions+json", "application/opensearchdescription+xml"]
    assert headlines(client.get(search).content.decode()) == ["Mallow &amp; Sons"]
    assert client.get(suggest).json()[1] == ["Mallow & Sons"]
    assert client.get(itself).status_code == 200
    assert 'type="application/opensearchdescription+xml" href="/opensearch.xml"' in client.get("/").content.decode()


def test_words_are_collected_from_above_public_stories_alone(client):
    make_article("Pilots strike", standfirst="Œuvre of the Ångströms.", kicker="Tariffs", body="<p>Undertow.</p>", published_at=NOON, publish=True)
    make_article("Pilots’ pay in 2024", standfirst="The pilots", body="<p>Undertow.</p>", published_at=NOON, publish=True)
    make_hidden()
    Word.objects.create(text="stale", stories=3)

    Word.objects.collect()

    assert dict(Word.objects.values_list("text", "stories")) == {
        "pilots": 2, "strike": 1, "oeuvre": 1, "the": 2, "angstroms": 1, "tariffs": 1, "pay": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("small", "at", "has_words", "is_collected"),
    [(9, DAY, True, True), (0, DAY, True, False), (0, NIGHT, True, True), (0, DAY, False, True)],
    ids=["a small archive", "a large one by day", "a large one at night", "a large one without words"],
)
def test_words_are_collected_every_night_and_in_a_small_archive_all_day(monkeypatch, small, at, has_words, is_collected):
    monkeypatch.setattr("articles.tasks.SMALL", small)
    make_article("Pilots strike", publish=True)
    if has_words:
        Word.objects.create(text="stale", stories=3)

    collect_words(int(at.timestamp()))

    assert Word.objects.filter(text="pilots").exists() is is_collected


def test_misspelt_word_is_put_right_by_words_of_public_stories_alone(client):
    make_article("Pilots strike", published_at=NOON, publish=True)
    make_hidden(headline="Harpsichord found")
    Word.objects.collect()

    right, hidden = (client.get("/search/", {"q": words}).content.decode() for words in ("pilosts strike", "harpsicord"))

    assert 'Did you mean <a href="?q=pilots+strike">pilots strike</a>?' in right
    assert "Did you mean" not in hidden
    assert Article.objects.count() == 5
