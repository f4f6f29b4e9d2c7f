"""Where a reader goes from a story: related stories, and the ones before and after it in its section."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles import onward as onward_module
from articles.models import Article
from articles.onward import onward
from articles.tests.build import make_article, make_figure, make_image, make_section
from articles.tests.test_pages import read, text_of

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 15, 12, tzinfo=UTC)


def make(headline: str, days: int = 0, *topics: str, **fields) -> Article:
    """Return a story in print, so many days after NOON."""
    return make_article(headline, published_at=NOON + timedelta(days=days), topics=topics, publish=True, **fields)


def headlines(story: Article) -> list[str]:
    return [other.headline for other in onward(story)["related"]]


def sport():
    return make_section("Sport")


def test_more_topics_in_common_come_first_and_then_the_nearest_in_time():
    story = make("This", 0, "Ferries", "Strikes")
    for headline, days, topics in [
        ("Far", -30, ["Ferries"]),
        ("Near", 2, ["Strikes"]),
        ("Both", 300, ["Ferries", "Strikes"]),
        ("None", 1, ["Trams"]),
    ]:
        make(headline, days, *topics, section=sport())

    assert headlines(story) == ["Both", "Near", "Far"]


def test_four_stories_at_most_are_related():
    story = make("This", 0, "Ferries")
    for days in range(1, 8):
        make(f"After {days}", days, "Ferries", section=sport())

    assert headlines(story) == ["After 1", "After 2", "After 3", "After 4"]


def test_story_before_and_story_after_are_of_the_section_and_not_related_too():
    story = make("This", 0, "Ferries")
    for days in (-2, -1, 1, 2):
        make(f"Day {days}", days, "Ferries")
    make("Sport", 0, "Ferries", section=sport())

    found = onward(story)

    assert (found["previous"].headline, found["next"].headline) == ("Day -1", "Day 1")
    assert [other.headline for other in found["related"]] == ["Sport", "Day -2", "Day 2"]


def test_stories_of_one_moment_follow_each_other_and_none_is_passed_over():
    stories = [make(f"Story {number}") for number in range(4)]

    assert [onward(story)["next"] for story in stories] == [*stories[1:], None]
    assert [onward(story)["previous"] for story in stories] == [None, *stories[:-1]]


def test_what_readers_must_not_see_leads_nowhere(client):
    story = make("This", 0, "Ferries")
    make("Withdrawn", 1, "Ferries").withdraw("It was wrong.")
    make_article("Draft", topics=["Ferries"])
    make_article("Scheduled", topics=["Ferries"], published_at=timezone.now() + timedelta(days=1), publish=True)
    make("Embargoed", -1, "Ferries", embargoed_until=timezone.now() + timedelta(days=1))
    seen = make("Seen", 2, "Ferries", section=sport())

    assert onward(story) == {"related": [seen], "previous": None, "next": None}
    assert [word for word in ("Withdrawn", "Draft", "Scheduled", "Embargoed") if word in text_of(read(client, story))] == []


def test_what_readers_must_not_see_takes_no_places_from_what_they_can():
    story = make("This", 0, "Ferries", "Strikes")
    for days in (-3, -2, -1, 1, 2, 3):
        make(f"Withdrawn {days}", days, "Ferries", "Strikes").withdraw("It was wrong.")
    earlier, later, related = make("Earlier", -4), make("Later", 4), make("Related", 9, "Ferries", section=sport())

    assert onward(story) == {"related": [related], "previous": earlier, "next": later}


def test_neighbours_are_found_past_those_that_readers_must_not_see():
    story = make("This")
    for days in (-2, -1, 1, 2):
        make(f"Withdrawn {days}", days).withdraw("It was wrong.")
    earlier, later = make("Earlier", -4), make("Later", 4)

    assert onward(story) == {"related": [], "previous": earlier, "next": later}


def test_common_topic_gives_the_nearest_in_time_and_a_rare_one_those_far_away(monkeypatch):
    monkeypatch.setattr(onward_module, "NEAR", 1)
    monkeypatch.setattr(onward_module, "OF_A_TOPIC", 1)
    monkeypatch.setattr(onward_module, "_found", onward_module._found.__wrapped__)  # not one that was prepared with the numbers before
    for days in range(-20, -10):
        make(f"Old {days}", days, "Ferries", section=sport())
    make("Rare", -400, "Herring", section=sport())
    story = make("This", 0, "Ferries", "Herring")
    make("Next door", 1, "Ferries", section=sport())

    found = headlines(story)  # and of the common topic one more, if its last use in the table is another
    assert (found[:2], found[-1], len(found) <= 4) == (["Next door", "Old -11"], "Rare", True)


def test_draft_leads_nowhere_and_asks_for_nothing(django_assert_num_queries):
    draft = make_article()

    with django_assert_num_queries(0):
        assert onward(draft) == {"related": [], "previous": None, "next": None}


@pytest.mark.parametrize("count", [1, 30])
def test_one_query_finds_where_to_read_on(count, django_assert_num_queries):
    story = make("This", 0, *(f"Topic {number}" for number in range(count)))
    for days in range(1, count + 1):
        make(f"Story {days}", days, "Topic 0")
    story = Article.objects.for_reading().get(pk=story.pk)  # its topics and figures are there

    with django_assert_num_queries(1):
        onward(story)


def test_no_picture_is_shown_twice():
    ferry, quay = make_image("The ferry"), make_image("The quay")
    story = make("This", 0, "Ferries")
    make_figure(story, image=ferry, is_lead=True)
    for days, image in [(1, ferry), (2, quay), (3, quay)]:
        make_figure(make(f"Day {days}", days, "Ferries", section=sport()), image=image, is_lead=True)

    assert [other.lead and other.lead.image for other in onward(story)["related"]] == [None, quay, None]


def test_page_of_a_story_that_stands_alone_has_no_empty_furniture(client):
    words = text_of(read(client, make("This", 0, "Ferries")))

    assert [name for name in ("Related stories", "Before this", "After this") if name in words] == []
