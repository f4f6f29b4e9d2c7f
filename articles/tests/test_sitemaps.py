"""Sitemaps and robots.txt: what crawlers are told, and no address that is not public."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.flatpages.models import FlatPage
from django.utils import timezone
from lxml import etree

from articles import sitemaps
from articles.models import Article, Image
from articles.tests.build import make_article, make_figure, make_image, make_section, make_source

pytestmark = pytest.mark.django_db

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}
RULES = etree.RelaxNG(etree.parse(Path(__file__).parent / "sitemaps.rng"))
MAY = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)


def fetch(client, address: str) -> etree._Element:
    """Return the root of a sitemap that keeps the rules."""
    root = etree.fromstring(client.get(address).content)
    RULES.assertValid(root)
    return root


def entries(client, address: str) -> list[tuple[str, str | None]]:
    """Return (address without the host, last change) of every entry, in order."""
    root = fetch(client, address)
    rows = root.findall("s:url", NAMES) + root.findall("s:sitemap", NAMES)
    return [(row.findtext("s:loc", None, NAMES).removeprefix("http://localhost:8000"), row.findtext("s:lastmod", None, NAMES)) for row in rows]


def pictures(client, address: str) -> dict[str, list[str]]:
    """Return the addresses of the pictures of every story in a file, by the story's slug."""
    stories = fetch(client, address).findall("s:url", NAMES)
    return {
        story.findtext("s:loc", None, NAMES).split("/")[-2]: [loc.text for loc in story.iterfind("image:image/image:loc", NAMES)] for story in stories
    }


def headlines(client) -> list[str]:
    return [title.text for title in fetch(client, "/sitemap-news.xml").iterfind("s:url/news:news/news:title", NAMES)]


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = "http://localhost:8000"


def test_index_names_the_pages_and_one_file_a_month_with_its_last_change(client):
    make_article("First", published_at=MAY, publish=True)
    make_article("Second", published_at=MAY + timedelta(days=1), publish=True).correct("A name.", at=MAY + timedelta(days=90))
    make_article("Third", published_at=MAY - timedelta(days=60), publish=True)
    make_article("Draft", published_at=MAY - timedelta(days=400))
    make_article("Scheduled", published_at=timezone.now() + timedelta(days=400), publish=True)

    assert entries(client, "/sitemap.xml") == [
        ("/sitemap-pages.xml", None),
        ("/sitemap-news.xml", None),
        ("/sitemap-2024-03.xml", "2024-03-07T09:30:00+00:00"),
        ("/sitemap-2024-05.xml", "2024-08-04T10:30:00+01:00"),
    ]


def test_month_names_its_public_stories_with_their_last_change(client):
    make_article("First & foremost", published_at=MAY, publish=True)
    make_article("Corrected", published_at=MAY + timedelta(days=1), publish=True).correct("A name.", at=MAY + timedelta(days=2))
    make_article("Embargoed", published_at=MAY, publish=True, embargoed_until=timezone.now() + timedelta(days=1))
    opened = make_article("Opened", published_at=MAY + timedelta(days=3), publish=True)
    Article.objects.filter(pk=opened.pk).update(embargoed_until=MAY + timedelta(days=9))
    make_article("Withdrawn", published_at=MAY, publish=True).withdraw("In doubt.")
    make_article("June", published_at=MAY + timedelta(days=30), publish=True)

    assert entries(client, "/sitemap-2024-05.xml") == [
        ("/2024/05/06/first-foremost/", "2024-05-06T10:30:00+01:00"),
        ("/2024/05/07/corrected/", "2024-05-08T10:30:00+01:00"),
        ("/2024/05/09/opened/", "2024-05-15T10:30:00+01:00"),
    ]


def test_story_of_the_last_minutes_of_a_month_belongs_to_the_month_of_the_publication(client):
    make_article("Midnight", published_at=datetime(2024, 5, 31, 23, 30, tzinfo=UTC), publish=True)  # 00.30 of 1 June in London

    assert entries(client, "/sitemap-2024-06.xml") == [("/2024/06/01/midnight/", "2024-06-01T00:30:00+01:00")]
    assert client.get("/sitemap-2024-05.xml").status_code == 404


def test_pages_name_the_subjects_in_print_and_the_static_pages(client):
    make_article("First", section=make_section("Sport"), authors=["Ines Calloway"], topics=["Ferries"], source=make_source(), publish=True)
    make_article("Draft", section=make_section("City"), authors=["Tom Strand"], topics=["Strikes"], source=make_source("The Lantern"))
    FlatPage.objects.create(url="/about/", title="About us", content="<p>A paper.</p>").sites.set([1])
    FlatPage.objects.create(url="/staff/", title="Staff", content="<p>Rota.</p>", registration_required=True).sites.set([1])

    addresses = [address for address, _ in entries(client, "/sitemap-pages.xml")]

    assert addresses == ["/", "/section/city/", "/section/sport/", "/topic/ferries/", "/author/ines-calloway/", "/source/the-halyard/", "/about/"]


def test_every_address_in_the_sitemaps_answers(client):
    make_article("항구", published_at=MAY, authors=["Zoë Ąbc"], topics=["Ferries"], publish=True)

    files = [address for address, _ in entries(client, "/sitemap.xml")]
    addresses = [address for file in files for address, _ in entries(client, file)]

    assert len(addresses) == 5
    assert len(files) == 3
    assert {client.get(address).status_code for address in addresses} == {200}


@pytest.mark.parametrize(("address", "count"), [("/sitemap.xml", 2), ("/sitemap-pages.xml", 1), ("/sitemap-news.xml", 0)])
def test_sitemaps_of_an_empty_archive_keep_the_rules(client, address, count):
    assert len(entries(client, address)) == count


@pytest.mark.parametrize(
    "entry",
    ["<loc>/2024/</loc>", "<loc>http://localhost/a b/</loc>", "<loc>http://localhost/</loc><lastmod>2024-05-06T09:30:00</lastmod>", "<lastmod/>"],
)
def test_rules_refuse_what_is_no_entry(entry):
    rule = f'<urlset xmlns="{NAMES["s"]}"><url>%s</url></urlset>'

    assert RULES.validate(etree.fromstring(rule % "<loc>http://localhost/</loc>"))
    assert not RULES.validate(etree.fromstring(rule % entry))


def test_month_of_many_stories_has_files_of_a_bounded_size(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART", 2)
    for number in range(5):
        make_article(f"Story {number}", published_at=MAY + timedelta(hours=number), publish=True)

    files = [address for address, _ in entries(client, "/sitemap.xml")]
    stories = [[address for address, _ in entries(client, file)] for file in files[2:]]

    assert files[2:] == ["/sitemap-2024-05.xml", "/sitemap-2024-05-2.xml", "/sitemap-2024-05-3.xml"]
    assert stories == [[f"/2024/05/06/story-{number}/" for number in numbers] for numbers in ([0, 1], [2, 3], [4])]
    assert {client.get(f"/sitemap-2024-05-{part}.xml").status_code for part in (0, 4, 1001, 10**30)} == {404}


def test_month_with_as_many_stories_as_a_file_holds_has_one_file(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART", 2)
    for number in range(2):
        make_article(f"Story {number}", published_at=MAY, publish=True)

    assert len(entries(client, "/sitemap.xml")) == 3


def test_largest_file_stays_under_the_limit_of_the_standard():
    site, slug, name = "https://" + "n" * 60, "%EA%B0%80" * 100, "/pictures/abcdefg/1600.jpg"
    story = len(f"<url><loc>{site}/2024/05/06/{slug}/</loc><lastmod>2024-05-06T10:30:00+01:00</lastmod></url>\n")
    picture = len(f"<image:image><image:loc>{site}{name}</image:loc></image:image>")

    assert sitemaps.PART * (story + sitemaps.MOST_PICTURES * picture) < 50_000_000


def test_month_names_the_pictures_that_each_story_shows_in_their_order(client):
    shown, other, waiting = make_image(width=2000, height=1000), make_image(), make_image()
    Image.objects.filter(pk=waiting.pk).update(recipe=0)
    story, draft = make_article("Pictured", published_at=MAY), make_article("Draft", published_at=MAY)
    for image in (shown, other, shown, waiting, None):
        make_figure(story, image=image, is_lead=image is other)
    make_figure(draft, image=make_image())
    story.publish()
    make_article("Plain", published_at=MAY, publish=True)

    files = [f"http://localhost:8000/pictures/{image.short_id}/{width}.jpg" for image, width in ((shown, 1600), (other, 960))]
    assert pictures(client, "/sitemap-2024-05.xml") == {"pictured": files, "plain": []}
    assert [b"".join(client.get(file.removeprefix("http://localhost:8000")).streaming_content)[:3] for file in files] == [b"\xff\xd8\xff"] * 2


# --- News


def test_news_are_our_own_stories_of_two_days_the_newest_first(client, settings):
    now = timezone.now()
    settings.PUBLICATION_NAME = "Halyard & Sons"
    ours, theirs = make_source(is_ours=True), make_source("The Lantern")
    make_article("Of an hour ago", published_at=now - timedelta(hours=1), source=ours, publish=True)
    make_article("From nobody knows where", published_at=now - timedelta(hours=47), publish=True)
    make_article("Of three days ago", published_at=now - timedelta(hours=49), publish=True)
    make_article("First in The Lantern", source=theirs, publish=True)
    make_article("First in The Lantern, and there", source=theirs, source_url="https://lantern.example/1", publish=True)
    make_article("Scheduled", published_at=now + timedelta(hours=1), publish=True)
    make_article("Embargoed", publish=True, embargoed_until=now + timedelta(hours=1))
    make_article("Withdrawn", publish=True).withdraw("In doubt.")
    make_article("Draft")

    assert headlines(client) == ["Of an hour ago", "From nobody knows where"]
    assert fetch(client, "/sitemap-news.xml").findtext("s:url/news:news/news:publication/news:name", None, NAMES) == "Halyard & Sons"


@pytest.mark.parametrize(
    ("language", "said"),
    [("", "en"), ("ar", "ar"), ("pt-BR", "pt"), ("zh-Hans", "zh-cn"), ("zh-TW", "zh-tw"), ("zh-Hant-HK", "zh-tw"), ("yue", "yue")],
)
def test_news_are_said_to_be_in_their_language(client, language, said):
    make_article("العبّارة", language=language, publish=True)

    assert fetch(client, "/sitemap-news.xml").findtext("s:url/news:news/news:publication/news:language", None, NAMES) == said


def test_headline_of_the_news_is_said_whole_without_what_xml_cannot_hold(client):
    make_article("<b>“Late” & 'slow'</b>\x01 ]]> العبّارة 🛳", publish=True)

    assert headlines(client) == ["<b>“Late” & 'slow'</b>  ]]> العبّارة 🛳"]


def test_news_are_a_thousand_at_most(client, monkeypatch):
    assert sitemaps.MOST_NEWS == 1_000
    monkeypatch.setattr(sitemaps, "MOST_NEWS", 2)
    for number in range(3):
        make_article(f"Story {number}", published_at=timezone.now() - timedelta(hours=number + 1), publish=True)

    assert headlines(client) == ["Story 0", "Story 1"]


# --- Costs, and robots.txt


@pytest.mark.parametrize("count", [1, 30])
def test_sitemaps_take_the_same_queries_however_many_stories(client, count, django_assert_num_queries):
    image = make_image()
    for number in range(count):
        story = make_article(f"Story {number}", published_at=MAY, authors=[f"Author {number}"], topics=[f"Topic {number}"], publish=True)
        make_figure(story, image=image)
        make_article(f"News {number}", publish=True)

    with django_assert_num_queries(1):
        client.get("/sitemap.xml")
    with django_assert_num_queries(1):
        client.get("/sitemap-news.xml")
    with django_assert_num_queries(1):
        client.get("/sitemap-2024-05.xml")
    with django_assert_num_queries(5):
        client.get("/sitemap-pages.xml")


def test_robots_name_the_sitemap_and_what_is_not_for_them(client):
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /search/",
        "",
        "Sitemap: http://localhost:8000/sitemap.xml",
    ]
