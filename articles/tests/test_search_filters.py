"""What a search is narrowed to, what it offers to narrow to, and how its finds are shown."""

import html
import re
from datetime import UTC, datetime

import pytest

from articles.models import Article, Source
from articles.tests.build import make_article, make_author, make_figure, make_image, make_section, make_source, make_topic
from articles.tests.test_lists import bars

pytestmark = pytest.mark.django_db
MAY = datetime(2024, 5, 6, 12, tzinfo=UTC)


def headlines(page: str) -> list[str]:
    return [re.sub(r"</?mark>", "", words) for words in re.findall(r'<h2 class="row__headline"[^>]*><a [^>]*>(.*?)</a>', page)]


@pytest.fixture
def two(db) -> tuple[Article, Article]:
    """Return a story, and another that differs from it in everything that a search can be narrowed to."""
    wanted = make_article(
        "Ferry wanted", section=make_section("Harbour"), topics=[make_topic("Ferries")], authors=[make_author("Ines Calloway")],
        source=make_source("The Halyard", syndication="FOR_SALE"), language="da", published_at=MAY,
    )  # fmt: skip
    make_figure(wanted, image=make_image(), is_lead=True)
    wanted.publish()
    other = make_article(
        "Ferry other", section=make_section("Sport"), topics=[make_topic("Strikes")], authors=[make_author("Tom Strand")],
        source=make_source("The Lantern", syndication="NONE", rights_contact="x@lantern.example"), published_at=MAY.replace(year=2019), publish=True,
    )  # fmt: skip
    return wanted, other


@pytest.mark.parametrize(
    "query",
    [
        "section=harbour", "topic=ferries", "author=ines-calloway", "source=the-halyard", "language=da", "pictures=1", "republish=1", "since=2020",
        "since=2024-05", "since=2024&until=2024", "since=2024-05&until=2024-05", "section=harbour&topic=ferries&author=ines-calloway&since=2020",
    ],
)  # fmt: skip
def test_search_is_narrowed_by(client, two, query):
    assert headlines(client.get(f"/search/?q=ferry&{query}").content.decode()) == ["Ferry wanted"]
    assert headlines(client.get(f"/search/?{query}").content.decode()) == ["Ferry wanted"]
    assert sorted(headlines(client.get("/search/?q=ferry").content.decode())) == ["Ferry other", "Ferry wanted"]


@pytest.mark.parametrize("query", ["until=2019", "until=2019-12", "since=2019-05&until=2019-05", "language=en-gb", "section=sport"])
def test_search_is_narrowed_to_the_other_by(client, two, query):
    assert headlines(client.get(f"/search/?q=ferry&{query}").content.decode()) == ["Ferry other"]


def test_story_whose_own_terms_refuse_cannot_be_republished(client, two):
    Article.objects.filter(headline="Ferry wanted").update(syndication="NONE")
    before = headlines(client.get("/search/?q=ferry&republish=1").content.decode())
    Article.objects.update(syndication="")
    Source.objects.update(syndication="ON_REQUEST")

    assert before == []
    assert sorted(headlines(client.get("/search/?q=ferry&republish=1").content.decode())) == ["Ferry other", "Ferry wanted"]


def test_page_offers_what_the_finds_are_sorted_by_with_counts(client, two):
    page = client.get("/search/?q=ferry&sort=newest").content.decode()

    narrow = page.partition('id="narrow"')[2].partition("</section>")[0]
    offered = re.findall(r'<a href="([^"]+)">([^<]+)</a>(?: <span class="narrow__count">(\d+)</span>)?', narrow)
    assert [(html.unescape(address), name, stories) for address, name, stories in offered] == [
        ("?q=ferry&sort=newest&section=harbour", "Harbour", "1"), ("?q=ferry&sort=newest&section=sport", "Sport", "1"),
        ("?q=ferry&sort=newest&topic=ferries", "Ferries", "1"), ("?q=ferry&sort=newest&topic=strikes", "Strikes", "1"),
        ("?q=ferry&sort=newest&author=ines-calloway", "Ines Calloway", "1"), ("?q=ferry&sort=newest&author=tom-strand", "Tom Strand", "1"),
        ("?q=ferry&sort=newest&source=the-halyard", "The Halyard", "1"), ("?q=ferry&sort=newest&source=the-lantern", "The Lantern", "1"),
        ("?q=ferry&sort=newest&language=en-gb", "English (United Kingdom)", "1"), ("?q=ferry&sort=newest&language=da", "Danish", "1"),
        ("?q=ferry&sort=newest&pictures=1", "With pictures", ""), ("?q=ferry&sort=newest&republish=1", "Can be republished", ""),
    ]  # fmt: skip


def test_what_it_is_narrowed_to_can_be_undone_one_by_one(client, two):
    page = client.get("/search/?q=ferry&section=harbour&pictures=1&since=2024-05&until=2024-05&utm_source=mail").content.decode()

    chosen = page.partition('class="chosen"')[2].partition("</ul>")[0]
    undone = re.findall(r'href="([^"]+)">.*?</span>(.*?)<span', chosen)
    assert {name: headlines(client.get(f"/search/{html.unescape(address)}").content.decode()) for address, name in undone} == dict.fromkeys(
        ("Harbour", "With pictures", "in May 2024"), ["Ferry wanted"]
    )
    assert "utm_source" not in chosen


def test_picture_of_time_narrows_to_a_year_then_to_a_month(client, two):
    make_article("Ferry in June", published_at=MAY.replace(month=6), publish=True)
    years = bars(client.get("/search/?q=ferry").content.decode())
    months = bars(client.get(f"/search/{years[-1][0]}").content.decode())

    assert [(label, stories) for _, label, stories in years] == [("2019", "1 story"), ("2024", "2 stories")]
    assert [(label, stories) for _, label, stories in months] == [("May", "1 story"), ("Jun", "1 story")]
    assert headlines(client.get(f"/search/{months[0][0]}").content.decode()) == ["Ferry wanted"]


def test_list_is_narrowed_by_its_picture_of_time(client, two):
    for topic in two[0].topics.all():
        two[1].topics.add(topic)
    before = bars(client.get("/topic/ferries/").content.decode())

    page = client.get(f"/topic/ferries/{before[0][0]}").content.decode()

    assert [label for _, label, _ in before] == ["2019", "2024"]
    assert headlines(page) == ["Ferry other"]
    assert "Only what was published in 2019." in page
    assert '<a href="?">All years</a>' in page or 'href="/topic/ferries/">All years' in page


def test_topic_page_names_related_topics_who_writes_and_its_series(client, two):
    series = make_topic("Water in Merrow")
    parts = make_topic("The low reservoir", part_of=series), make_topic("Never written about", part_of=series)
    for article in two:
        article.topics.add(parts[0])

    part, whole = (client.get(topic.get_absolute_url()).content.decode() for topic in (parts[0], series))

    assert 'Part of the series <a href="/topic/water-in-merrow/">Water in Merrow</a>.' in part
    assert sorted(re.findall(r'href="/topic/([^/]+)/">', part.partition("Related")[2].partition("</p>")[0])) == ["ferries", "strikes"]
    writers = re.findall(r'href="/author/([^/]+)/">', part.partition("Who writes about it")[2].partition("</p>")[0])
    assert sorted(writers) == ["ines-calloway", "tom-strand"]
    assert re.findall(r'href="/topic/([^/]+)/">', whole.partition("In this series")[2].partition("</p>")[0]) == ["the-low-reservoir"]
    assert headlines(whole) == ["Ferry wanted", "Ferry other"]


def test_words_are_marked_where_they_stand_and_markup_is_never_broken(client):
    make_article(
        "Ferry <em>& mail</em>", publish=True, standfirst="Nothing of it here.",
        body="<p>One &lt;script&gt;ferry&lt;/script&gt; and</p><p>the \ue000ferries\ue001 of <strong>the night</strong> &amp; day</p>",
    )  # fmt: skip

    page = client.get("/search/?q=ferry").content.decode()

    assert "<mark>Ferry</mark> &lt;em&gt;&amp; mail&lt;/em&gt;</a>" in page
    excerpt = re.search(r'row__standfirst">(.*?)</p>', page)[1]
    assert excerpt == "… script&gt;<mark>ferry</mark>&lt;/script&gt; and the <mark>ferries</mark> of the night …"


def test_summary_stands_where_the_words_are_not_in_the_text(client):
    make_article("Ferry late", standfirst="Nobody looked at the clock.", body="<p>Nothing of it.</p>", publish=True)

    assert 'row__standfirst">Nobody looked at the clock.</p>' in client.get("/search/?q=ferry").content.decode()


def test_count_past_ten_thousand_says_more_than(client, monkeypatch):
    def said() -> str:
        return re.search(r'found__count" role="status">\s*(.*?)\s*</p>', client.get("/search/?q=ferry").content.decode())[1]

    for number in range(3):
        make_article(f"Ferry {number}", publish=True)
    exact = said()
    monkeypatch.setattr("articles.views.COUNTED", 2)

    assert (exact, said()) == ("3 stories", "More than 2 stories")


def test_series_is_the_same_in_a_search_and_on_its_page(client, two):
    series = make_topic("Water in Merrow")
    two[0].topics.add(make_topic("The low reservoir", part_of=series))

    assert headlines(client.get("/search/?q=ferry&topic=water-in-merrow").content.decode()) == ["Ferry wanted"]


def test_section_without_a_story_is_found_empty(client, two):
    make_section("Weather")

    assert "No story in the archive holds <strong>ferry</strong>." in client.get("/search/?q=ferry&section=weather").content.decode()


def test_story_of_the_earliest_year_is_found_by_its_bar(client, two):
    make_article("Ferry of old", published_at=MAY.replace(year=1001), publish=True)

    first = bars(client.get("/search/?q=ferry").content.decode())[0]

    assert headlines(client.get(f"/search/{first[0]}").content.decode()) == ["Ferry of old"]
    assert "Ferry of old" in headlines(client.get("/search/?q=ferry&until=2021").content.decode())
