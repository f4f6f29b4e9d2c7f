"""Two verbs at the same moment."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from articles.models import Article
from articles.tests.build import make_article

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


def at_once(*verbs):
    """Run the verbs at the same moment, each in a connection of its own; return what each came to."""
    outcomes, start = {}, Barrier(len(verbs))

    def run(number, verb):
        start.wait()
        try:
            verb()
            outcomes[number] = "done"
        except ValidationError as problem:
            outcomes[number] = problem.message
        finally:
            connection.close()

    threads = [Thread(target=run, args=row) for row in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [outcomes.get(number) for number in range(len(verbs))]


def test_story_is_published_once():
    article = make_article(published_at=NOON)
    first, second = Article.objects.get(), Article.objects.get()

    outcomes = at_once(first.publish, second.publish)

    assert sorted(outcomes) == ["This story is in print already. Correct it instead.", "done"]
    assert article.revisions.count() == 1


def test_corrections_at_one_moment_are_both_kept():
    article = make_article(publish=True)
    first, second = Article.objects.get(), Article.objects.get()

    outcomes = at_once(lambda: first.correct("One."), lambda: second.correct("Two."))

    assert outcomes == ["done", "done"]
    assert sorted(article.corrections.values_list("text", flat=True)) == ["One.", "Two."]
    assert list(article.revisions.values_list("number", flat=True)) == [1, 2, 3]


def test_correction_and_withdrawal_end_withdrawn():
    article = make_article(publish=True)
    first, second = Article.objects.get(), Article.objects.get()

    outcomes = at_once(lambda: first.correct("One."), lambda: second.withdraw("Wrong."))

    assert outcomes in (["done", "done"], ["Only a story in print can be corrected.", "done"])
    assert Article.objects.get().status == Article.Status.WITHDRAWN
    assert article.revisions.last().event == "WITHDRAWN"


def test_twins_published_at_one_moment_get_addresses_of_their_own():
    twins = [make_article("Ferry late", published_at=NOON) for _ in range(4)]

    outcomes = at_once(*[twin.publish for twin in twins])

    assert outcomes == ["done"] * 4
    assert sorted(Article.objects.values_list("slug", flat=True)) == ["ferry-late", "ferry-late-2", "ferry-late-3", "ferry-late-4"]
