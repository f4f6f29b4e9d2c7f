"""The best first: BM25 over the fields of a story, held against its formula written out."""

import math
import random
import re

import pytest
from django.db import connection

from articles.models import Article, IndexEntry
from articles.search import Order, ask, count, find
from articles.search.ranking import ABOVE, HEADLINE, K1, TIMES, B, best
from articles.tests.build import make_article, make_section

pytestmark = pytest.mark.django_db
WORDS = ["harbour", "ferry", "strike", "storm", "council", "museum", "budget", "lantern", "orchard", "violin"]


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def make_some(count: int) -> list[Article]:
    """Return stories of a few words, the first of WORDS in many of them and the last in few, at the same moment."""
    chance, section = random.Random(5), make_section()  # noqa: S311
    weights = [1 / rank for rank in range(1, len(WORDS) + 1)]
    made = []
    for number in range(count):
        headline, standfirst = (" ".join(chance.choices(WORDS, weights, k=chance.randint(1, 3))) for _ in range(2))
        body = " ".join(chance.choices([*WORDS, *(f"filler{letter}" for letter in "abcdefgh")], [*weights, *[1] * 8], k=chance.randint(5, 90)))
        made.append(make_article(headline, standfirst=standfirst, body=f"<p>{body}</p>", slug=f"story-{number}", section=section, publish=True))
    return made


def score(query: str, story: Article, stories: list[Article]) -> float:
    """Return BM25 of a story, the words above it and in its headline counted some times more, as Robertson and Zaragoza write it."""
    average = sum(each.word_count for each in stories) / len(stories)
    result = 0.0
    for word in words_of(query):
        holding = sum(word in words_of(f"{each.headline} {each.standfirst} {each.body}") for each in IN_ARCHIVE)
        rarity = math.log(1 + (len(IN_ARCHIVE) - holding + 0.5) / (holding + 0.5))
        above, headline = words_of(f"{story.headline} {story.standfirst}").count(word), words_of(story.headline).count(word)
        times = above + words_of(story.body).count(word) + ABOVE * above + (HEADLINE - ABOVE) * headline
        result += rarity * times / (times + K1 * (1 - B + B * story.word_count / average))
    return result


IN_ARCHIVE: list[Article] = []


@pytest.mark.parametrize("query", ["violin", "ferry violin", "harbour orchard lantern", "harbour ferry strike storm"])
def test_stories_are_ranked_as_the_formula_says(query):
    IN_ARCHIVE[:] = make_some(60)
    asked = ask(query)

    ranked = best(asked, count(asked))

    candidates = [story for story in IN_ARCHIVE if set(words_of(query)) & set(words_of(f"{story.headline} {story.standfirst} {story.body}"))]
    if count(asked).total >= 20:
        candidates = [story for story in candidates if set(words_of(query)) <= set(words_of(f"{story.headline} {story.standfirst} {story.body}"))]
    expected = sorted(candidates, key=lambda story: (round(score(query, story, candidates), 6), story.published_at, story.pk), reverse=True)
    assert ranked == [story.pk for story in expected]


def test_times_that_a_word_stands_in_a_text_are_read_back_from_its_rank():
    texts = [" ".join(["ferry"] * times + ["other"] * 40) for times in range(256)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {TIMES.format('rank')} FROM unnest(CAST(%s AS text[])) WITH ORDINALITY AS each(text, place), "  # noqa: S608
            "CAST(ts_rank('{1,1,1,1}', to_tsvector('newsroom', text), 'ferri') AS float) AS rank ORDER BY place",
            [texts],
        )
        read = [int(times) for (times,) in cursor.fetchall()]

    assert read == list(range(256))


def test_rare_word_counts_more_than_a_common_one_and_the_headline_more_than_the_text():
    for number in range(12):
        make_article(f"Council meets {number}", body="<p>The council met on the ferry.</p>", publish=True)
    violin = make_article("Lost property", body="<p>A violin was left behind, and the council has it.</p>", publish=True)
    headline = make_article("Violin found", body="<p>It was left behind, the council says.</p>", publish=True)

    found = find(ask("council violin"), order=Order.BEST)["stories"]

    assert found[:2] == [headline, violin]


def test_where_few_stories_hold_all_of_the_words_others_follow_and_the_page_says_so(client):
    both = make_article("Ferry museum opens", publish=True)
    one = make_article("Museum closes early", body="<p>Nobody came.</p>", publish=True)
    make_article("Nothing of it", body="<p>Rain.</p>", publish=True)

    page = client.get("/search/?q=ferry+museum").content.decode()

    assert find(ask("ferry museum"), order=Order.BEST)["stories"] == [both, one]
    assert "Few stories hold all of these words." in page
    assert find(ask("ferry museum"), order=Order.NEWEST)["stories"] == [both]
    assert find(ask('"ferry museum"'), order=Order.BEST)["stories"] == [both]
    assert find(ask("ferry museum -closes"), order=Order.BEST)["stories"] == [both]


def test_words_of_which_none_is_known_find_nothing():
    make_article(publish=True)

    assert find(ask("unheardof neverseen"), order=Order.BEST)["stories"] == []


def test_archive_that_was_never_analysed_is_counted():
    make_some(30)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'articles_indexentry'::regclass")

    assert ask("violin").size == IndexEntry.objects.count() == 30
