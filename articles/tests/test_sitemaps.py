"""Sitemaps and robots.txt: what crawlers are told, and no address that is not public."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.contrib.flatpages.models import FlatPage
from django.utils import timezone

from articles.tests.build import make_article, make_section, make_source

pytestmark = pytest.mark.django_db

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
MAY = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)


def entries(client, address: str) -> list[tuple[str, str | None]]:
    """Return (address without the host, last change) of every entry, in order."""
    root = ElementTree.fromstring(client.get(address).content)  # noqa: S314
    rows = root.findall("s:url", NAMES) + root.findall("s:sitemap", NAMES)
    return [(row.findtext("s:loc", None, NAMES).removeprefix("http://localhost:8000"), row.findtext("s:lastmod", None, NAMES)) for row in rows]


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
        ("/sitemap-2024-03.xml", "2024-03-07T09:30:00+00:00"),
        ("/sitemap-2024-05.xml", "2024-08-04T10:30:00+01:00"),
    ]


def test_month_names_its_public_stories_with_their_last_change(client):
    make_article("First & foremost", published_at=MAY, publish=True)
    make_article("Corrected", published_at=MAY + timedelta(days=1), publish=True).correct("A name.", at=MAY + timedelta(days=2))
    make_article("Embargoed", published_at=MAY, publish=True, embargoed_until=timezone.now() + timedelta(days=1))
    make_article("Withdrawn", published_at=MAY, publish=True).withdraw("In doubt.")
    make_article("June", published_at=MAY + timedelta(days=30), publish=True)

    assert entries(client, "/sitemap-2024-05.xml") == [
        ("/2024/05/06/first-foremost/", "2024-05-06T10:30:00+01:00"),
        ("/2024/05/07/corrected/", "2024-05-08T10:30:00+01:00"),
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
    assert {client.get(address).status_code for address in addresses} == {200}


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-pages.xml"])
def test_sitemaps_of_an_empty_archive_are_well_formed(client, address):
    assert len(entries(client, address)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_sitemaps_take_the_same_queries_however_many_stories(client, count, django_assert_num_queries):
    for number in range(count):
        make_article(f"Story {number}", published_at=MAY, authors=[f"Author {number}"], topics=[f"Topic {number}"], publish=True)

    with django_assert_num_queries(1):
        client.get("/sitemap.xml")
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
