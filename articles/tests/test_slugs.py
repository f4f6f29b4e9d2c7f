"""The day and the slug that the verbs give a story, and the addresses that it leaves behind."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from articles.models import Article, FormerAddress
from articles.tests.build import make_article

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def former():
    return list(FormerAddress.objects.order_by("pk").values_list("published_on", "slug", "article"))


@pytest.mark.parametrize(
    ("headline", "slug"),
    [
        ("Ferry late, again!", "ferry-late-again"),
        ("Zoë Brânză’s café", "zoe-branzas-cafe"),
        ("한강 얼었다", "한강-얼었다"),
        ("Паром опоздал", "паром-опоздал"),
        ("القارب متأخر", "القارب-متأخر"),
        ("word " * 40, "-".join(["word"] * 16)),
    ],
)
def test_slug_is_made_from_the_headline(headline, slug):
    article = make_article(headline.strip(), published_at=NOON, publish=True)

    assert article.slug == slug
    assert Article.objects.get(published_on=date(2024, 6, 11), slug=slug) == article


def test_headline_without_letters_gets_the_short_id_for_a_slug():
    article = make_article("?!", publish=True)

    assert article.slug == article.short_id


def test_twins_of_one_day_get_numbers():
    twins = [make_article("Ferry late", published_at=NOON, publish=True) for _ in range(3)]
    another_day = make_article("Ferry late", published_at=NOON + DAY, publish=True)

    assert [twin.slug for twin in [*twins, another_day]] == ["ferry-late", "ferry-late-2", "ferry-late-3", "ferry-late"]


def test_twin_of_the_longest_slug_has_room_for_its_number():
    first, second = [make_article(slug="f" * 100, published_at=NOON, publish=True) for _ in range(2)]

    assert (first.slug, second.slug) == ("f" * 100, "f" * 95 + "-2")


def test_day_is_the_publications_own():
    article = make_article("Ferry late", published_at=datetime(2024, 6, 11, 23, 30, tzinfo=UTC), publish=True)

    assert article.get_absolute_url() == "/2024/06/12/ferry-late/"


def test_headline_of_a_story_in_print_changes_without_its_address():
    article = make_article("Ferry late", published_at=NOON, publish=True)

    article.headline = "Ferry early"
    article.correct("It was early.")

    assert article.get_absolute_url() == "/2024/06/11/ferry-late/"


def test_moved_story_leaves_its_old_addresses_behind():
    article = make_article("Ferry late", published_at=NOON, publish=True)

    article.move(slug="ferry-early")
    article.move(published_at=NOON + DAY)

    assert Article.objects.get().get_absolute_url() == "/2024/06/12/ferry-early/"
    assert former() == [(date(2024, 6, 11), "ferry-late", article.pk), (date(2024, 6, 11), "ferry-early", article.pk)]


def test_story_can_move_back():
    article = make_article("Ferry late", published_at=NOON, publish=True)

    article.move(slug="ferry-early")
    article.move(slug="ferry-late")

    assert article.get_absolute_url() == "/2024/06/11/ferry-late/"


def test_move_to_the_same_place_leaves_nothing_behind():
    article = make_article("Ferry late", published_at=NOON, publish=True)

    article.move(slug="ferry-late", published_at=NOON + timedelta(hours=1))

    assert former() == []


def test_story_moved_onto_a_twin_gets_a_number():
    make_article("Ferry late", published_at=NOON, publish=True)
    article = make_article("Ferry early", published_at=NOON, publish=True)

    article.move(slug="ferry-late")

    assert article.slug == "ferry-late-2"


def test_draft_has_no_address_to_move():
    article = make_article()

    with pytest.raises(ValidationError, match="never in print"):
        article.move(slug="ferry-early")

    assert former() == []
