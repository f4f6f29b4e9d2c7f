"""An archive that was generated to measure: of any size, skewed like a real one, and never among real stories."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from articles.generated import short_id_of
from articles.models import Article, Topic
from articles.tests.build import make_article

pytestmark = pytest.mark.django_db


def generate(count: int, seed: int = 7) -> None:
    call_command("generate_archive", articles=count, seed=seed, verbosity=0)


def test_archive_has_as_many_stories_as_were_asked_for_over_forty_years():
    generate(300)

    stories = Article.objects.public().oldest_first()
    assert stories.count() == 300
    assert timezone.now() - stories.first().published_at > timedelta(days=30 * 365)
    assert timezone.now() - stories.last().published_at < timedelta(days=365)
    assert [story.pk for story in stories] == list(range(1, 301))


def test_words_and_topics_are_skewed():
    generate(300)

    words = Counter(re.findall(r"\w+", " ".join(Article.objects.values_list("body", flat=True)).lower())).most_common()
    assert words[1][0] == "the"
    assert words[1][1] > 20 * words[100][1]
    assert sum(count == 1 for _, count in words) > 1_000
    topics = sorted(Counter(Topic.articles.through.objects.values_list("topic_id", flat=True)).values(), reverse=True)
    assert topics[0] > 5 * topics[len(topics) // 2]


def test_same_seed_makes_the_same_stories_and_another_makes_others():
    bodies = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            generate(20, seed)
            bodies.append(list(Article.objects.oldest_first().values_list("headline", "body", "byline")))
            transaction.set_rollback(True)

    assert bodies[0] == bodies[1]
    assert {headline for headline, *_ in bodies[0]}.isdisjoint(headline for headline, *_ in bodies[2])


def test_every_kind_of_page_shows_it_and_the_archive_goes_on(client):
    generate(60)
    story = Article.objects.public().newest_first().first()
    pages = ["/", story.get_absolute_url(), story.section.get_absolute_url(), story.topics.first().get_absolute_url()]
    pages += [story.authors.first().get_absolute_url(), story.source.get_absolute_url(), f"/{story.published_on.year}/", "/search/?q=said"]

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert make_article(publish=True).pk == 61


def test_stories_that_are_there_are_left_alone():
    make_article()

    with pytest.raises(CommandError, match="This archive holds stories"):
        generate(10)

    assert Article.objects.count() == 1


@pytest.mark.parametrize("count", [0, -1, 10_000_001])
def test_number_that_makes_no_archive_is_refused_in_words(count):
    with pytest.raises(CommandError, match="1 to 10,000,000"):
        generate(count)


def test_every_story_has_another_short_id():
    assert len({short_id_of(number) for number in range(1, 50_001)}) == 50_000
