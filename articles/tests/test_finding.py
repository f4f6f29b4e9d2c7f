"""Finding much: pages, counts and phrases where there is too much to look at all of it."""

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from articles.models import Article, IndexEntry
from articles.models.entries import SAMPLES
from articles.search import Order, ask, count, facet, find, places
from articles.search.asked import cover
from articles.tests.build import make_section

pytestmark = pytest.mark.django_db
START = datetime(2010, 1, 15, 12, tzinfo=UTC)
SAMPLED = 3_000  # so that a tenth is a sample, of which 400 stories have enough


@pytest.fixture(autouse=True)
def _large_samples(monkeypatch):
    monkeypatch.setattr("articles.search.asked.SAMPLED", SAMPLED)


@pytest.fixture
def stories(db) -> list[Article]:
    """Return 400 stories over twelve years, ever more of them, some at the same moment; one in forty holds a phrase, all of them its words."""
    chance, section = random.Random(3), make_section()  # noqa: S311
    moments = sorted(START + timedelta(days=int(4_400 * chance.random() ** 0.5), hours=chance.choice((0, 1))) for _ in range(400))
    texts = [f"<p>Harbour, {'night ferry' if number % 40 == 1 else 'ferry of the night'}.</p>" for number in range(400)]
    return Article.objects.bulk_create(
        Article(
            headline=f"Story {number}", slug=f"story-{number}", section=section, body=texts[number],
            status=Article.Status.PUBLISHED, published_at=moment, published_on=moment.date(),
        )
        for number, moment in enumerate(moments)
    )  # fmt: skip


def huge(words: str, *facets: str, about=30_000, **time):
    """Return what is asked, as of a large archive: counted in the tenth of it that is its sample."""
    return replace(ask(words, *facets, **time), size=1_000_000, about=about)


def walked(asked, oldest_first: bool) -> list[int]:
    tally, keys, after = count(asked), [], None
    while page := places.page(asked, tally, 7, after, oldest_first):
        keys += page
        after = places.Place.of(Article.objects.get(pk=page[-1]))
    return keys


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("words", ["harbour", "ferry -nothing", ""])
def test_pages_walk_everything_once_and_in_order_though_only_a_sample_was_counted(stories, words, oldest_first):
    asked = huge(words, facet("section", make_section().pk))
    expected = sorted(stories, key=lambda story: (story.published_at, story.pk), reverse=not oldest_first)

    assert asked.step == 10
    assert walked(asked, oldest_first) == [story.pk for story in expected]


@pytest.mark.parametrize("oldest_first", [False, True])
def test_pages_walk_everything_where_the_sample_knows_nothing_of_most_months(stories, oldest_first):
    step = next(step for step in reversed(SAMPLES) if IndexEntry.objects.holding(facet("sample", step)).exists())
    asked = huge("harbour", about=step * SAMPLED)
    assert 0 < len(count(asked).months) < 12
    assert len(walked(asked, oldest_first)) == 400


def test_count_of_much_is_estimated_from_its_sample_by_months_and_facets(stories):
    tally = count(huge("harbour"), "section")

    assert not tally.is_exact
    assert 200 < tally.total < 650
    assert tally.total % 10 == 0
    assert [(row.name, row.stories) for row in tally.facets["section"]] == [("Harbour", tally.total)]
    assert tally.years["2021"] > tally.years["2010"]


def test_count_of_little_is_exact(stories):
    assert (count(ask("harbour")).total, count(ask('"night ferry"')).total, count(ask("nowhere")).total) == (400, 10, 0)
    assert sum(count(ask("harbour")).years.values()) == 400


def test_rare_phrase_of_common_words_is_looked_for_in_the_newest_stories_and_says_so(stories, monkeypatch):
    monkeypatch.setattr("articles.search.finding.LOOKED_INTO", 100)

    found = find(huge('"night ferry"'), order=Order.NEWEST)

    since = found["looked_since"]
    holding = [stories[number] for number in range(361, 0, -40)]
    assert date(2010, 12, 31) < since < date(2022, 1, 1)
    assert found["stories"] == [story for story in holding if story.published_on >= since] != holding
    assert find(ask('"night ferry"'), order=Order.NEWEST)["looked_since"] is None
    assert find(ask('"night ferry"'), order=Order.NEWEST)["stories"] == holding


def test_word_that_is_nowhere_is_found_nowhere_in_two_queries(stories, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = find(ask("nowhere"), "section", order=Order.NEWEST)

    assert (found["stories"], found["tally"].total) == ([], 0)


def test_best_of_much_are_the_newest_that_hold_it(stories, monkeypatch):
    monkeypatch.setattr("articles.search.ranking.RANKED", 50)

    found = find(huge("harbour"), order=Order.BEST)

    newest = sorted(stories, key=lambda story: (story.published_at, story.pk))[-50:]
    assert {story.pk for story in found["stories"]} <= {story.pk for story in newest}
    assert len(found["stories"]) == 20


def test_page_goes_on_past_a_story_that_was_filed_in_another_month_than_it_was_published(stories):
    asked, newest = ask("harbour"), sorted(stories, key=lambda story: (story.published_at, story.pk), reverse=True)
    Article.objects.filter(pk=newest[200].pk).update(published_on=newest[200].published_on + timedelta(days=27))  # as by another time zone
    Article.objects.filter(pk=newest[100].pk).update(published_on=newest[100].published_on - timedelta(days=27))

    assert walked(asked, oldest_first=False) == [story.pk for story in newest]


def test_estimate_is_never_printed_as_if_it_were_counted(client, stories, monkeypatch):
    monkeypatch.setattr("articles.forms.ask", huge)

    assert "about" in client.get("/search/?q=harbour").content.decode().partition("found__count")[2].partition("</p>")[0]


@pytest.mark.parametrize(
    "time", [("2012-03", "2012-03"), ("2012-11", "2013-02"), ("2013-06", "2016-02"), ("2011-02", "2021-11"), ("1001-01", "2026-12")]
)
@pytest.mark.parametrize("make", [ask, huge])
def test_pages_walk_a_time_once_and_no_story_of_another(stories, time, make):
    asked = make("harbour", time=time)
    expected = [story for story in stories if time[0] <= f"{story.published_on:%Y-%m}" <= time[1]]

    if count(asked).months:  # a sample may have none of one month
        assert walked(asked, oldest_first=True) == [story.pk for story in sorted(expected, key=lambda story: (story.published_at, story.pk))]
    assert make is huge or count(asked).total == len(expected)


@pytest.mark.parametrize(
    ("time", "lexemes"),
    [
        (("2019-05", "2019-05"), ["month:2019-05"]), (("2019-11", "2020-01"), ["month:2019-11", "month:2019-12", "month:2020-01"]),
        (("2019-01", "2019-12"), ["year:2019"]), (("2018-12", "2020-01"), ["year:2018", "year:2019", "year:2020"]),
        (("2006-01", "2015-12"), ["decade:2000", "decade:2010"]), (("1001-01", "1020-12"), ["decade:1000", "decade:1010", "decade:1020"]),
    ],
)  # fmt: skip
def test_time_is_covered_by_few_lexemes(time, lexemes):
    assert re.findall(r"=([\w:-]+)", cover(time)) == lexemes
