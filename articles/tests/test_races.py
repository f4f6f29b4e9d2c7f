"""Two verbs at the same moment."""

from datetime import UTC, datetime

import pytest

from articles.models import Article
from articles.tests.build import make_article
from articles.tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


def outcomes_of(*verbs) -> list[str]:
    """Run the verbs at the same moment; return "done" or the refusal of each (what is no refusal has no message, and fails the test)."""
    return [result.message if isinstance(result, Exception) else "done" for result in at_once(*verbs)]


def test_story_is_published_once():
    article = make_article(published_at=NOON)
    first, second = Article.objects.get(), Article.objects.get()

    outcomes = outcomes_of(first.publish, second.publish)

    assert sorted(outcomes) == ["This story is in print already. Correct it instead.", "done"]
    assert article.revisions.count() == 1


def test_corrections_at_one_moment_are_both_kept():
    article = make_article(publish=True)
    first, second = Article.objects.get(), Article.objects.get()

    outcomes = outcomes_of(lambda: first.correct("One."), lambda: second.correct("Two."))

    assert outcomes == ["done", "done"]
    assert sorted(article.corrections.values_list("text", flat=True)) == ["One.", "Two."]
    assert list(article.revisions.values_list("number", flat=True)) == [1, 2, 3]


def test_correction_and_withdrawal_end_withdrawn():
    article = make_article(publish=True)
    first, second = Article.objects.get(), Article.objects.get()

    outcomes = outcomes_of(lambda: first.correct("One."), lambda: second.withdraw("Wrong."))

    assert outcomes in (["done", "done"], ["Only a story in print can be corrected.", "done"])
    assert Article.objects.get().status == Article.Status.WITHDRAWN
    assert article.revisions.last().event == "WITHDRAWN"


def test_twins_published_at_one_moment_get_addresses_of_their_own():
    twins = [make_article("Ferry late", published_at=NOON) for _ in range(4)]

    outcomes = outcomes_of(*[twin.publish for twin in twins])

    assert outcomes == ["done"] * 4
    assert sorted(Article.objects.values_list("slug", flat=True)) == ["ferry-late", "ferry-late-2", "ferry-late-3", "ferry-late-4"]
