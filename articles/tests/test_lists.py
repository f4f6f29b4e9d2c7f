"""Lists of stories: what belongs in each, the newest first, twenty a page, none skipped and none repeated."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from articles.models import Article, Contribution, Source
from articles.tests.build import make_article, make_author, make_figure, make_image, make_section, make_source, make_topic

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
LISTS = (
    "/section/harbour/", "/topic/ferries/", "/author/ines-calloway/", "/source/the-halyard/",
    "/2024/", "/2024/05/", "/2024/05/06/", "/search/?q=ferry&sort=newest",
)  # fmt: skip


def make_listed(headline: str, published_at=NOON, publish=True, **fields) -> Article:
    """Return a story that stands in every one of LISTS."""
    return make_article(
        headline, published_at=published_at, publish=publish,
        **{"authors": ["Ines Calloway"], "topics": ["Ferries"], "source": make_source()} | fields,
    )  # fmt: skip


def make_many(count: int, at_once=1) -> list[Article]:
    """Return stories like those of make_listed, Story 0 the newest, `at_once` of them in each minute."""
    moments = [NOON - timedelta(minutes=number // at_once) for number in range(count)]
    articles = Article.objects.bulk_create(
        Article(
            headline=f"Story {number}", slug=f"story-{number}", body="<p>The ferry.</p>", section=make_section(), source=make_source(),
            status=Article.Status.PUBLISHED, published_at=moment, published_on=moment,
        )
        for number, moment in enumerate(moments)
    )  # fmt: skip
    Contribution.objects.bulk_create(Contribution(article=article, author=make_author()) for article in articles)
    make_topic().articles.set(articles)
    return articles


def headlines(page: str) -> list[str]:
    return [re.sub(r"</?mark>", "", words) for words in re.findall(r'<h2 class="row__headline"><a [^>]*>(.*?)</a>', page)]


def older(page: str) -> str | None:
    """Return where the link to older stories leads, as a browser reads it."""
    found = re.search(r'href="(\?[^"]*)" rel="next"', page)
    return found and found[1].replace("&amp;", "&")


def bars(page: str) -> list[tuple[str, str, str]]:
    """Return the bars of a page's picture of time: where each leads, its label, and its stories."""
    picture = page.partition('class="timeline"')[2].partition("</nav>")[0]
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>.*?timeline__label">(.*?)</span> <span class="unseen">(.*?)</span>', picture, re.DOTALL)
    return [(html.unescape(address), label, stories.strip()) for address, label, stories in found]


def walk(client, address: str, between=lambda: None) -> list[list[str]]:
    """Follow the link to older stories from page to page to the end; return the headlines of each page."""
    pages, query = [], "?" + address.partition("?")[2]
    while query:
        page = client.get(address.partition("?")[0] + query).content.decode()
        pages.append(headlines(page))
        query = older(page)
        between()
    return pages


@pytest.mark.parametrize("address", LISTS)
def test_list_holds_its_public_stories_newest_first_and_no_others(client, address):
    make_listed("Second", NOON - timedelta(hours=2))
    make_listed("First", NOON - timedelta(hours=1))
    make_listed("Third", NOON - timedelta(hours=3))
    make_listed("Draft", publish=False)
    make_listed("Scheduled", NOON.replace(year=2090))
    make_listed("Embargoed", embargoed_until=NOON.replace(year=2090))
    make_listed("Withdrawn").withdraw("In doubt.")
    make_article(
        "Of others", body="<p>Nothing of it.</p>", published_at=NOON.replace(year=2023), section=make_section("Sport"),
        topics=["Strikes"], authors=["Tom Strand"], source=make_source("The Lantern"), publish=True,
    )  # fmt: skip

    page = client.get(address).content.decode()

    assert headlines(page) == ["First", "Second", "Third"]
    assert (older(page), "Back to the newest" in page) == (None, False)


def test_pages_of_every_list_walk_forty_five_stories_without_skipping_or_repeating_any(client):
    make_many(45, at_once=3)  # three at the same moment: a page ends between them

    walks = {address: walk(client, address) for address in LISTS}

    by_age = [f"Story {number}" for first in range(0, 45, 3) for number in (first + 2, first + 1, first)]  # of one moment the latest comes first
    assert walks == {address: [by_age[:20], by_age[20:40], by_age[40:]] for address in LISTS}


@pytest.mark.parametrize("address", ["/section/harbour/", "/search/?q=ferry&sort=newest"])
def test_pages_neither_skip_nor_repeat_when_a_story_is_published_in_between(client, address):
    stories = make_many(45)

    pages = walk(client, address, between=lambda: make_listed("Stop press", NOON + timedelta(minutes=1)))

    assert [headline for page in pages for headline in page] == [story.headline for story in stories]


def test_pages_go_on_after_a_story_that_was_withdrawn_in_between(client):
    stories = make_many(25)
    first = client.get("/2024/").content.decode()
    stories[19].withdraw("In doubt.")

    second = client.get("/2024/" + older(first)).content.decode()

    assert headlines(second) == [f"Story {number}" for number in range(20, 25)]


def test_exactly_twenty_stories_have_no_older_page(client):
    make_many(20)

    assert [len(page) for page in walk(client, "/section/harbour/")] == [20]


def test_older_page_leads_back_to_the_newest(client):
    stories = make_many(21)

    page = client.get(f"/search/?q=ferry&sort=newest&before={stories[19].short_id}").content.decode()

    assert headlines(page) == ["Story 20"]
    assert '<a href="?q=ferry&amp;sort=newest">Back to the newest</a>' in page


@pytest.mark.parametrize("before", ["2222222", "nonsense", "\x00", "a" * 5000, "-1", "é", "22222222"])
def test_place_that_is_not_one_is_refused_and_the_list_is_shown_from_its_beginning(client, before):
    make_listed("Story")

    response = client.get("/section/harbour/", {"before": before})

    assert response.status_code == 400
    assert headlines(response.content.decode()) == ["Story"]
    assert 'role="alert"' in response.content.decode()


def test_section_gives_its_name_and_description(client):
    make_listed("Story", section=make_section("Harbour", description="Ships & <shores>."))

    page = client.get("/section/harbour/").content.decode()

    assert '<h1 class="opening__name">Harbour</h1>' in page
    assert "Ships &amp; &lt;shores&gt;." in page
    assert 'href="/section/harbour/" aria-current="page"' in page


def test_author_page_gives_name_title_and_life(client):
    make_listed("Story", authors=[make_author("Ines Calloway", title="Harbour correspondent", bio="Born on the quay.")])

    page = client.get("/author/ines-calloway/").content.decode()

    assert [words for words in ("Ines Calloway</h1>", "Harbour correspondent", "Born on the quay.") if words not in page] == []


def test_story_of_an_author_in_two_roles_is_listed_once(client):
    article = make_listed("Story")
    article.contributions.create(author=make_author("Ines Calloway"), role="PHOTOGRAPHER", position=2)

    assert headlines(client.get("/author/ines-calloway/").content.decode()) == ["Story"]


def test_topic_and_source_pages_say_what_they_are(client):
    make_listed("Story", topics=[make_topic(description="What crosses the bay.")])
    Source.objects.update(description="A paper of the north.", url="https://halyard.example/")

    topic, source = (client.get(address).content.decode() for address in ("/topic/ferries/", "/source/the-halyard/"))

    assert "What crosses the bay." in topic
    assert "First published by" in source
    assert "A paper of the north." in source
    assert '<a href="https://halyard.example/" rel="noopener">' in source


def test_year_month_and_day_lead_to_each_other_and_count(client):
    make_listed("May")
    make_listed("May too", NOON + timedelta(days=3))
    make_listed("June", NOON + timedelta(days=30))
    make_listed("Long ago", NOON.replace(year=1999))
    make_listed("Draft", NOON + timedelta(days=90), publish=False)

    year, month, day = (client.get(address).content.decode() for address in ("/2024/", "/2024/05/", "/2024/05/06/"))

    years = year.partition('class="calendar"')[2].partition("</nav>")[0]
    assert re.findall(r'<a href="([^"]+)"[^>]*>([^<]*)</a>', years) == [("/1999/", "1999"), ("/2024/", "2024")]
    assert bars(year) == [("/2024/05/", "May", "2 stories"), ("/2024/06/", "Jun", "1 story")]
    assert bars(month) == [("/2024/05/06/", "6", "1 story"), ("/2024/05/09/", "9", "1 story")]
    assert '<a href="/2024/05/">May 2024</a>' in day
    assert "Monday 6 May 2024</h1>" in day
    assert re.findall(r'<a [^>]*href="([^"]+)" rel="(prev|next)"', day) == [("/1999/05/06/", "prev"), ("/2024/05/09/", "next")]


@pytest.mark.parametrize("address", LISTS)
def test_list_takes_the_same_queries_with_five_stories_and_with_thirty(client, address, django_assert_num_queries):
    image = make_image()
    figures = []
    for number in range(30):
        article = make_listed(f"Story {number}", publish=False, authors=[make_author("Ines Calloway"), f"Author {number}"])
        make_figure(article, image=image, is_lead=True)
        article.publish()
        if number in {4, 29}:
            with django_assert_num_queries(7 if address in {"/topic/ferries/", "/2024/05/06/"} else 6):
                figures.append(client.get(address).content.decode().count('class="row__picture"'))

    assert figures == [5, 20]


def test_story_in_another_language_says_so_in_every_list(client):
    make_listed("العبّارة تتأخر", language="ar")
    make_listed("Færgen er forsinket", language="da")
    make_listed("Ferry late")

    page = client.get("/section/harbour/").content.decode()

    assert re.findall(r'<h2 class="row__headline"([^>]*)>', page) == ["", ' lang="da" dir="ltr"', ' lang="ar" dir="rtl"']
    assert page.count('<p class="row__date"><time') == 3
