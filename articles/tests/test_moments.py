"""Moments in the newsroom's forms: daylight saving, and a withdrawal to come."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from articles.tests.build import make_article
from articles.tests.newsroom import EDITOR, change_url, complaints, save, sign_in

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


@pytest.fixture
def editor():
    return sign_in("editor", *EDITOR)


@pytest.mark.parametrize(
    ("day", "hour", "moment"),
    [
        ("2030-07-01", "12:00", datetime(2030, 7, 1, 11, tzinfo=UTC)),
        ("2030-01-01", "12:00", datetime(2030, 1, 1, 12, tzinfo=UTC)),
        ("2030-10-27", "00:59", datetime(2030, 10, 26, 23, 59, tzinfo=UTC)),
        ("2030-10-27", "01:30", datetime(2030, 10, 27, 1, 30, tzinfo=UTC)),  # it comes twice: the second is meant
        ("2030-10-27", "02:00", datetime(2030, 10, 27, 2, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("field", ["published_at", "embargoed_until"])
def test_moment_is_the_publications_own(editor, field, day, hour, moment):
    article = make_article()

    response = save(editor, article, **{f"{field}_0": day, f"{field}_1": hour})

    assert complaints(response) == []
    assert getattr(Article.objects.get(), field) == moment


def test_second_of_an_hour_that_comes_twice_stays_when_the_story_is_saved_again(editor):
    article = make_article()
    save(editor, article, embargoed_until_0="2030-10-27", embargoed_until_1="01:30")

    save(editor, article, headline="Ferry early")

    assert Article.objects.get().embargoed_until == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("field", ["published_at", "embargoed_until"])
def test_hour_that_is_skipped_is_refused_in_words(editor, field):
    article = make_article()

    response = save(editor, article, **{f"{field}_0": "2030-03-31", f"{field}_1": "01:30"})

    assert complaints(response) == ["There is no 01:30 on 31 March 2030: the clocks go forward then. Choose an earlier or a later time."]


def test_withdrawal_is_set_for_a_moment_and_taken_back(editor, client):
    article = make_article(published_at=NOON, publish=True)
    when = timezone.localtime() + timedelta(days=2)

    editor.post(change_url(article, "withdraw"), {"reason": "Its pictures were lent.", "at_0": f"{when:%Y-%m-%d}", "at_1": f"{when:%H:%M}"})
    planned = Article.objects.get()
    page = editor.get(change_url(article)).text
    save(editor, article, articles_article_stay="1")

    assert (planned.status, planned.withdrawn_at) == ("PUBLISHED", when.replace(second=0, microsecond=0))
    assert "To be withdrawn on" in page
    assert client.get(article.get_absolute_url()).status_code == 200
    assert (Article.objects.get().withdrawn_at, Article.objects.get().working_copy) == (None, None)
    assert [event.words for event in article.events.all()][1:] == [f"to be withdrawn on {when:%-d %B %Y, %H:%M}", "not to be withdrawn any more"]


def test_withdrawal_in_the_past_is_refused(editor):
    article = make_article(published_at=NOON, publish=True)

    response = editor.post(change_url(article, "withdraw"), {"reason": "Wrong.", "at_0": "2025-01-01", "at_1": "12:00"})

    assert "That moment has passed." in response.text
    assert Article.objects.get().withdrawn_at is None
