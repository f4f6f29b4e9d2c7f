"""The front page: what an editor chose, the newest otherwise, and no story twice above the bands."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles import front
from articles.front import ANNIVERSARIES, BAND, TOP
from articles.models import Article, FrontPageStory
from articles.tests.build import PARAGRAPH, make_article, make_figure, make_image, make_section

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)


def make_stories(count: int, name="Story", newest=NOW, section=None) -> list[Article]:
    """Return `count` stories in print, the newest first: Story 0, Story 1 ...; made at once, since here no verb matters."""
    moments = [newest - timedelta(hours=number) for number in range(count)]
    return Article.objects.bulk_create(
        Article(
            headline=f"{name} {number}", slug=f"{name.lower()}-{number}", body=PARAGRAPH, section=section or make_section(),
            status=Article.Status.PUBLISHED, published_at=moment, published_on=moment,
        )
        for number, moment in enumerate(moments)
    )  # fmt: skip


def parts(client) -> dict[str, list[str]]:
    """Return the headlines of the front page by their place, in order."""
    page = client.get("/").content.decode()
    found = {"lead": re.findall(r'<h2 class="lead__headline"><a [^>]*>(.*?)</a>', page)}
    for name, start in {"seconds": 'class="seconds"', "river": 'class="river"', "bands": 'class="band '}.items():
        piece = page[page.index(start) :] if start in page else ""
        piece = re.split(r"</section>", piece)[0] if name != "bands" else piece
        found[name] = re.findall(r'<h3 class="card__headline"><a [^>]*>(.*?)</a>', piece)
    return found


def test_empty_archive_says_so(client):
    page = client.get("/").content.decode()

    assert "The first edition is still being written." in page
    assert 'class="lead"' not in page


def test_archive_with_nothing_but_a_draft_is_empty(client):
    FrontPageStory.objects.create(article=make_article("Draft"), place=1)

    page = client.get("/").content.decode()

    assert "The first edition is still being written." in page
    assert "Draft" not in page


def test_newest_stories_lead_where_no_editor_chose(client):
    make_stories(16)

    assert parts(client) == {
        "lead": ["Story 0"],
        "seconds": ["Story 1", "Story 2", "Story 3"],
        "river": [f"Story {number}" for number in range(4, 12)],
        "bands": [f"Story {number}" for number in range(12, 16)],
    }


def test_chosen_stories_take_their_places_and_the_newest_fill_the_others(client):
    stories = make_stories(20)
    FrontPageStory.objects.create(article=stories[17], place=1)
    FrontPageStory.objects.create(article=stories[1], place=3)

    assert parts(client) == {
        "lead": ["Story 17"],
        "seconds": ["Story 0", "Story 1", "Story 2"],
        "river": [f"Story {number}" for number in range(3, 11)],
        "bands": [f"Story {number}" for number in range(11, 15)],
    }


def test_choice_without_a_lead_leaves_the_lead_to_the_newest(client):
    stories = make_stories(6)
    FrontPageStory.objects.create(article=stories[5], place=4)

    shown = parts(client)

    assert (shown["lead"], shown["seconds"], shown["river"]) == (["Story 0"], ["Story 1", "Story 2", "Story 5"], ["Story 3", "Story 4"])


@pytest.mark.parametrize(("chosen", "shown"), [((), 16), ((0,), 16), ((3, 2, 1, 0), 16), ((15, 14, 13, 12), 17), ((0, 15, 5), 16)])
def test_no_story_stands_twice(client, chosen, shown):
    stories = make_stories(9) + make_stories(9, "Old", NOW - timedelta(days=9), make_section("Sport"))
    for place, number in enumerate(chosen, start=1):
        FrontPageStory.objects.create(article=stories[number], place=place)

    headlines = [headline for part in parts(client).values() for headline in part]

    assert (len(headlines), len(set(headlines))) == (shown, shown)


def test_chosen_story_that_left_print_gives_its_place_to_the_newest(client):
    stories = make_stories(3)
    FrontPageStory.objects.create(article=stories[2], place=1)
    stories[2].withdraw("In doubt.")

    shown = parts(client)

    assert (shown["lead"], shown["seconds"]) == (["Story 0"], ["Story 1"])


def test_bands_follow_the_order_of_the_sections_and_skip_empty_ones(client):
    make_section("Nothing", position=1)
    make_stories(12, section=make_section("Harbour", position=9))
    for name, position in (("Sport", 3), ("City", 2)):
        make_article(f"{name} story", section=make_section(name, position=position), published_at=NOW - timedelta(days=99), publish=True)

    page = client.get("/").content.decode()

    assert re.findall(r'id="band-(\w+)"', page) == ["city", "sport"]
    assert parts(client)["bands"] == ["City story", "Sport story"]


def test_band_puts_its_newest_story_with_a_picture_in_front(client):
    make_stories(12, section=make_section("Harbour", position=9))
    sport = [make_article(f"Sport {number}", section=make_section("Sport"), published_at=NOW - timedelta(days=number)) for number in (1, 2, 3)]
    make_figure(sport[0], "No picture", is_lead=True)
    make_figure(sport[1], image=make_image(), is_lead=True)
    for article in sport:
        article.publish()

    assert parts(client)["bands"] == ["Sport 2", "Sport 1", "Sport 3"]


def test_on_this_day_shows_the_same_day_of_earlier_years(client):
    today = timezone.localtime().replace(hour=0, minute=0, second=1)
    day = today.replace(month=2, day=28) if (today.month, today.day) == (2, 29) else today
    make_article("Same day", published_at=day.replace(year=2001), publish=True)
    make_article("Same day, not public", published_at=day.replace(year=2002))
    for number in range(13):
        make_article(f"Today's story {number}", publish=True)
    make_article("Day before", published_at=day.replace(year=2001) - timedelta(days=1), publish=True)

    page = client.get("/").content.decode()

    section = page.partition('aria-labelledby="on-this-day"')[2].partition("</section>")[0]
    expected = ["Same day"] if day == today else []
    assert re.findall(r'card__headline"><a [^>]*>(.*?)</a>', section) == expected


def test_on_this_day_shows_the_newest_however_many_there_are():
    today = timezone.localtime().replace(hour=0, minute=0, second=1)
    for number in range(ANNIVERSARIES + TOP):
        make_article(f"Long ago {number}", published_at=today.replace(year=2004), publish=True)
    for minute in range(ANNIVERSARIES):
        make_article(f"Lately {minute}", published_at=today.replace(year=2016, minute=minute), publish=True)  # a year with a 29 February, as 2004
    make_stories(BAND + TOP + ANNIVERSARIES, newest=timezone.now())  # so many of a section are looked at anyway

    found = front.front_page()["on_this_day"]

    assert [story.headline for story in found] == [f"Lately {minute}" for minute in reversed(range(ANNIVERSARIES))]


def test_strip_counts_the_public_stories_and_names_the_first_month(client):
    make_stories(2)
    make_article("Draft", published_at=NOW - timedelta(days=4000))

    page = client.get("/").content.decode()

    assert '<strong>2</strong> stories since <a href="/2024/">May 2024</a>' in page


def test_no_picture_hangs_twice_and_the_largest_place_has_it(client):
    make_stories(TOP, newest=NOW + timedelta(days=9), section=make_section("Harbour", position=9))
    one, two, three = make_image(), make_image(), make_image()
    lead, _, _, _, river, *_ = Article.objects.newest_first()
    make_figure(lead, image=one, is_lead=True)
    make_figure(river, image=two, is_lead=True)
    sport = make_stories(3, "Sport", section=make_section("Sport"))
    for story, image in zip(sport, (one, two, three), strict=True):
        make_figure(story, image=image, is_lead=True)

    page = client.get("/").content.decode()

    hung = re.findall(r'<a class="(\w+)__picture" href="[^"]*/([\w-]+)/"', page)
    assert hung == [("lead", "story-0"), ("card", "sport-1")]
    assert parts(client)["bands"] == ["Sport 1", "Sport 0", "Sport 2"]


def test_large_archive_is_not_counted_on_every_visit(client, monkeypatch):
    monkeypatch.setattr(front, "COUNTED", 2)
    make_stories(12)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")

    assert "About <strong>12</strong> stories since" in client.get("/").content.decode()


def test_large_archive_that_was_never_analysed_has_at_least_what_was_counted(client, monkeypatch):
    monkeypatch.setattr(front, "COUNTED", 2)
    make_stories(3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET reltuples = -1 WHERE oid = 'articles_article'::regclass")

    assert "About <strong>2</strong> stories since" in client.get("/").content.decode()


def test_story_in_another_language_says_so(client):
    make_article("العبّارة تتأخر", language="ar", published_at=NOW, publish=True)
    make_article("Færgen er forsinket", language="da", published_at=NOW - timedelta(days=1), publish=True)
    make_article("Ferry late", published_at=NOW - timedelta(days=2), publish=True)

    page = client.get("/").content.decode()

    assert re.findall(r"<h[23] class=\"\w+__headline\"( lang=[^>]*)?>", page) == [' lang="ar" dir="rtl"', ' lang="da" dir="ltr"', ""]


@pytest.mark.parametrize("count", [1, 30])
def test_front_page_takes_the_same_queries_however_many_stories(client, count, django_assert_num_queries):
    today = timezone.localtime().replace(year=2004)
    image = make_image()
    for number in range(count):
        article = make_article(f"Story {number}", section=make_section(f"Section {number}"), authors=[f"Author {number}"], published_at=today)
        make_figure(article, image=image, is_lead=True)
        article.publish()
        if number < len(FrontPageStory.Place):
            FrontPageStory.objects.create(article=article, place=number + 1)

    with django_assert_num_queries(5):
        client.get("/")
