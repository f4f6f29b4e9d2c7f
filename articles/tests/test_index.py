"""The index of the archive: whatever changes a story, its entry follows, and says of nothing hidden that it is in print."""

import time
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from articles.models import Article, IndexEntry, Topic
from articles.models.entries import SAMPLES
from articles.search import ask, facet
from articles.tests.build import make_article, make_author, make_figure, make_image, make_section, make_source, make_topic, make_user

pytestmark = pytest.mark.django_db
MAY = datetime(2024, 5, 6, 12, tzinfo=UTC)


def holds(article: Article, words: str = "", *facets: str) -> bool:
    """Say whether the entry of a story, draft or not, holds these words and facets."""
    return IndexEntry.objects.holding(ask(words, *facets).query).filter(pk=article.pk).exists()


def test_every_story_has_one_entry_from_its_first_save_and_none_after_its_last():
    article = make_article("Harbour dues rise")
    before = holds(article, "harbour")

    article.delete()

    assert (before, IndexEntry.objects.count()) == (True, 0)


def test_entry_follows_what_is_written_past_the_model():
    article = make_article("Harbour dues rise")
    Article.objects.filter(pk=article.pk).update(headline="Harbour tolls rise")
    Article.objects.bulk_create([Article(headline="Windmill", body="<p>A sail.</p>", section=make_section())])

    assert (holds(article, "tolls"), holds(article, "dues")) == (True, False)
    assert holds(Article.objects.get(headline="Windmill"), "sails", facet("section", make_section().pk))


def test_entry_follows_topics_byline_source_section_and_pictures():
    article, image = make_article(published_at=MAY, publish=True), make_image()
    topic, author, source = make_topic(), make_author(), make_source()
    wanted = [facet("topic", topic.pk), facet("author", author.pk), facet("source", source.pk), facet("pictures")]
    before = [holds(article, "", each) for each in wanted]

    article.topics.add(topic)
    contribution = article.contributions.create(author=author)
    Article.objects.filter(pk=article.pk).update(source=source)
    figure = make_figure(article, image=image)
    after = [holds(article, "", each) for each in wanted]
    article.topics.clear()
    contribution.delete()
    Article.objects.filter(pk=article.pk).update(source=None)
    figure.delete()

    assert before == [False] * 4
    assert after == [True] * 4
    assert [holds(article, "", each) for each in wanted] == [False] * 4


def test_entry_knows_the_day_the_month_the_year_the_language_and_the_terms():
    article = make_article(published_at=MAY, language="da", syndication="NONE", publish=True)

    facets = [
        facet("day", "2024-05-06"),
        facet("month", "2024-05"),
        facet("year", "2024"),
        facet("decade", "2020"),
        facet("language", "da"),
        facet("terms", "NONE"),
    ]
    assert [holds(article, "", each) for each in facets] == [True] * 6
    article.move(published_at=MAY.replace(year=2023))
    assert [holds(article, "", each) for each in facets] == [False, False, False, True, True, True]


def test_no_word_of_a_text_is_taken_for_a_facet():
    article = make_article("=section:1 'year:2024' =pictures", body="<p>=topic:1 =sample:10 '=terms:NONE'</p>")

    assert not any(holds(article, "", facet(*each)) for each in (("topic", 1), ("year", "2024"), ("pictures",), ("terms", "NONE")))


@pytest.mark.parametrize("at", [timezone.now() - timedelta(days=40), timezone.now(), timezone.now() + timedelta(days=40)])
def test_entries_in_print_are_those_of_the_stories_in_print_at_every_moment(at):
    now, week = timezone.now(), timedelta(days=7)
    make_article("Draft")
    make_article("In print", published_at=now - week, publish=True)
    make_article("Old", published_at=now - 10 * week, publish=True)
    make_article("Scheduled", published_at=now + week, publish=True)
    make_article("Under embargo", published_at=now - week, embargoed_until=now + week, publish=True)
    make_article("Embargo past", published_at=now - 2 * week, embargoed_until=now - week, publish=True)
    make_article("Withdrawn", published_at=now - 10 * week, publish=True).withdraw("In doubt.")
    leaves = make_article("Leaves", published_at=now - 10 * week, publish=True)
    Article.objects.filter(pk=leaves.pk).update(withdrawn_at=now + week)
    left = make_article("Left", published_at=now - 10 * week, publish=True)
    Article.objects.filter(pk=left.pk).update(withdrawn_at=now - week)
    Article.objects.filter(headline="In print").update(status=Article.Status.IN_REVIEW)

    entries = IndexEntry.objects.public(at).values_list("article__headline", flat=True)

    assert sorted(entries) == sorted(Article.objects.public(at).values_list("headline", flat=True))


def test_samples_lie_in_each_other_and_are_as_large_as_they_say():
    section = make_section()
    Article.objects.bulk_create(Article(headline=f"Story {number}", body="<p>A sail.</p>", section=section) for number in range(3_000))

    samples = [set(IndexEntry.objects.holding(facet("sample", step)).values_list("pk", flat=True)) for step in SAMPLES]

    assert all(inner <= outer for outer, inner in zip(samples, samples[1:], strict=False))
    assert [0.5 < len(sample) * step / 3_000 < 1.5 for sample, step in zip(samples[:2], SAMPLES, strict=False)] == [True] * 2


def test_entry_that_would_not_change_is_not_written_again():
    article = make_article(publish=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin FROM articles_indexentry")
        before = cursor.fetchall()
        Article.objects.filter(pk=article.pk).update(source_url="https://example.org/")
        article.topics.clear()

        cursor.execute("SELECT xmin, ctid FROM articles_indexentry")
        assert [row[0] for row in cursor.fetchall()] == [row[0] for row in before]
        Article.objects.filter(pk=article.pk).update(headline="Another")
        cursor.execute("SELECT count(*) FROM articles_indexentry WHERE words @@ 'anoth'")
        assert cursor.fetchone()[0] == 1


@pytest.mark.django_db(transaction=True)
def test_entry_knows_what_two_people_changed_at_once():
    article, topic, author, held = make_article(), make_topic(), make_author(), Event()

    def tag():
        with transaction.atomic():
            article.topics.add(topic)
            held.set()
            time.sleep(0.5)
        connection.close()

    thread = Thread(target=tag)
    thread.start()
    held.wait(10)
    article.contributions.create(author=author)
    thread.join()

    assert holds(article, "", facet("topic", topic.pk), facet("author", author.pk))


@pytest.mark.django_db(transaction=True)
def test_topic_is_deleted_while_a_story_of_it_is_saved_and_neither_waits_for_ever(client):
    article, topic, held, problems = make_article(), make_topic(), Event(), []
    article.topics.add(topic)
    client.force_login(make_user(is_superuser=True))

    def save():
        try:
            with transaction.atomic():
                list(Article.objects.select_for_update().filter(pk=article.pk))
                held.set()
                time.sleep(0.5)
                article.topics.clear()
        except OperationalError as problem:
            problems.append(problem)
        connection.close()

    thread = Thread(target=save)
    thread.start()
    held.wait(10)
    deleted = client.post(f"/admin/articles/topic/{topic.pk}/delete/", {"post": "yes"})
    thread.join()

    assert (deleted.status_code, problems, Topic.objects.count()) == (302, [], 0)
