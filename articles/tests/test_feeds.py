"""Feeds: every list has one in each format, which keeps the rules, shows what is public and says 304 to those who have it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles.tests.build import make_article, make_author, make_figure, make_image, make_section, make_source, make_topic
from articles.tests.feeds import FEEDS, FORMATS, NAMES, SITE, feed_of, headlines, make_story, read_json, read_xml, tree

pytestmark = pytest.mark.django_db

MAY = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)


# --- What is in them


@pytest.mark.parametrize("address", FEEDS)
def test_feed_of_every_list_has_what_is_public_the_newest_first(client, address):
    hour = timedelta(hours=1)
    make_story("Ferry late", published_at=MAY)
    make_story("Ferry later", published_at=MAY + hour)
    make_story("Ferry in draft", publish=False)
    make_story("Ferry of tomorrow", published_at=timezone.now() + 24 * hour)
    make_story("Ferry under embargo", published_at=MAY, embargoed_until=timezone.now() + hour)
    make_story("Ferry withdrawn", published_at=MAY + 2 * hour).withdraw("It was not ours to print.")
    make_article("Bakery shut", body="<p>No bread.</p>", section=make_section("City"), published_at=MAY - hour, publish=True)

    assert headlines(client, address) == ["Ferry later", "Ferry late", *(["Bakery shut"] if address in FEEDS[:3] else [])]


@pytest.mark.parametrize("address", FEEDS)
def test_feed_has_the_newest_twenty_in_few_queries(client, address, django_assert_num_queries):
    queries = {"section": 3, "topic": 7, "author": 6, "source": 6, "search": 5}.get(address.split("/")[1], 2)
    for number in range(1, 22):
        story = make_story(f"Ferry {number}", authors=["Ines Calloway", f"Author {number}"], topics=["Ferries", f"Topic {number}"], published_at=MAY)
        make_figure(story)
        story.correct("Eleven minutes, not twelve.")
        if number in {1, 21}:
            with django_assert_num_queries(queries):
                client.get(address)

    assert headlines(client, address) == [f"Ferry {number}" for number in range(21, 1, -1)]


@pytest.mark.parametrize("name", FORMATS)
def test_feed_of_an_empty_archive_keeps_the_rules_and_stays_the_same(client, name):
    assert headlines(client, f"/{name}") == []
    assert client.get(f"/{name}")["ETag"] == client.get(f"/{name}")["ETag"]


@pytest.mark.parametrize("address", FEEDS)
def test_feed_keeps_the_rules_whatever_is_in_its_stories(client, settings, address):
    settings.PUBLICATION_NAME = "Halyard & <Sons>\x0b"
    nasty = "<b>“Ferry” & 'slow'</b>\x01\x0c\ufffe ]]> <script>alert(1)</script> العبّارة 🛳"
    story = make_story(nasty, standfirst=nasty, kicker=nasty[:60], dateline=nasty[:80], body=f"<p>{nasty}</p>", topics=["Ferries", nasty[:40]])
    make_figure(story, nasty, make_image(nasty, credit=nasty, copyright_holder=nasty, creator=nasty), is_lead=True)
    story.correct(nasty)
    make_story("페리가 또 늦었다 ferry", language="ko", published_at=datetime(1850, 3, 1, 12, tzinfo=UTC))
    make_story("العبّارة تتأخر ferry", language="ar", body="<p>تأخرت العبّارة.</p>", published_at=datetime(1850, 3, 2, 12, tzinfo=UTC))

    found = headlines(client, address)

    clean = "<b>“Ferry” & 'slow'</b>    ]]> <script>alert(1)</script> العبّارة 🛳"
    assert found[1:] == ["العبّارة تتأخر ferry", "페리가 또 늦었다 ferry"]
    if "feed.json" in address:
        assert found[0] == clean
    else:  # feedparser takes for HTML what looks like it
        assert [each.text for each in tree(client, address).iterfind(".//{*}title") if "🛳" in each.text] == [clean]


def test_headline_with_signs_comes_out_right(client):
    make_story("Ferry & Sons: “5 > 3” 🛳")

    assert [headlines(client, f"/{name}") for name in FORMATS] == [["Ferry & Sons: “5 > 3” 🛳"]] * 3


# --- What is said of the list


@pytest.mark.parametrize(
    ("page", "title", "about"),
    [
        ("/", "The Halyard", "Raised every morning in Port Merrow"),
        ("/section/harbour/", "Harbour – The Halyard", "Ships and quays."),
        ("/topic/ferries/", "Ferries – The Halyard", "What floats."),
        ("/author/ines-calloway/", "Ines Calloway – The Halyard", "She writes."),
        ("/source/the-halyard/", "The Halyard – The Halyard", "Ours."),
        ("/search/?q=%E2%80%9Cferry%E2%80%9D", "““ferry”” – The Halyard", "““ferry”” – The Halyard"),
    ],
)
def test_feed_says_what_list_it_is_of(client, page, title, about):
    make_section(description="Ships and quays.")
    make_topic(description="What floats.")
    make_author(bio="She writes.")
    make_source(description="Ours.", is_ours=True)
    make_story()

    for name in ("rss.xml", "atom.xml"):
        found = read_xml(client, feed_of(page, name)).feed
        assert (found.title, found.subtitle, found.link, found.rights) == (title, about, SITE + page, "© The Halyard")
        assert [link.href for link in found.links if link.rel == "self"] == [SITE + feed_of(page, name)]
        assert found.language == "en-gb"
    rss, atom, said = (read(client, feed_of(page, name)) for read, name in ((read_xml, "rss.xml"), (read_xml, "atom.xml"), (read_json, "feed.json")))
    assert (rss.feed.image.href, atom.feed.logo, atom.feed.icon) == (f"{SITE}/static/img/logo.png",) * 2 + (f"{SITE}/static/img/icon.svg",)
    assert (atom.feed.id, atom.feed.author) == (SITE + page, "The Halyard")
    assert {name: value for name, value in said.items() if name not in {"items", "version"}} == {
        "title": title, "description": about, "home_page_url": SITE + page, "feed_url": SITE + feed_of(page, "feed.json"),
        "icon": f"{SITE}/static/img/logo.png", "favicon": f"{SITE}/static/img/icon.svg",
        "authors": [{"name": "The Halyard", "url": f"{SITE}/"}], "language": "en-gb",
    }  # fmt: skip


def test_feed_has_changed_when_its_newest_change_was_made(client):
    make_story(published_at=MAY).correct("Eleven minutes, not twelve.", at=MAY + timedelta(days=40))
    make_story("Ferry on time", published_at=MAY + timedelta(days=1))

    assert tree(client, "/rss.xml").findtext("lastBuildDate") == "Sat, 15 Jun 2024 09:30:00 +0000"
    assert tree(client, "/atom.xml").findtext("atom:updated", None, NAMES) == "2024-06-15T09:30:00+00:00"
    assert client.get("/feed.json")["Last-Modified"] == "Sat, 15 Jun 2024 09:30:00 GMT"


# --- How they are fetched


@pytest.mark.parametrize("address", FEEDS)
def test_reader_who_has_it_is_told_so(client, address):
    story = make_story()
    first = client.get(address)
    tag = first["ETag"]

    again, weak, other = (client.get(address, headers={"If-None-Match": each}) for each in (tag, f'"x", W/{tag}', '"x"'))
    story.correct("Eleven minutes, not twelve.")
    later = client.get(address, headers={"If-None-Match": tag})

    assert not tag.startswith("W/")
    assert [answer.status_code for answer in (again, weak, other, later)] == [304, 304, 200, 200]
    assert (again.content, again["ETag"], again["Cache-Control"]) == (b"", tag, "public, max-age=300, s-maxage=1, stale-while-revalidate=1")
    assert later["ETag"] != tag


def test_moment_alone_hides_no_story_that_came_or_went_with_an_old_date(client):
    make_story(published_at=MAY)
    story = make_story("Ferry of 1850", published_at=MAY - timedelta(days=9))
    moment = client.get("/rss.xml")["Last-Modified"]
    story.withdraw("It was not ours to print.")

    assert client.get("/rss.xml", headers={"If-Modified-Since": moment}).status_code == 200


@pytest.mark.parametrize("address", FEEDS)
def test_feed_is_looked_at_and_no_more_and_sets_no_cookie(client, address):
    make_story()
    got, head = client.get(address), client.head(address)

    assert (head.status_code, head.content, head["ETag"], head["Content-Type"]) == (200, b"", got["ETag"], got["Content-Type"])
    assert {client.generic(method, address).status_code for method in ("POST", "PUT", "DELETE", "OPTIONS")} == {405}
    assert (got.cookies, "Cookie" in got.get("Vary", "")) == ({}, False)


def test_feed_in_gzip_is_the_same_to_who_has_it(client):
    make_story(body="<p>The ferry was late.</p>" * 50)
    answer = client.get("/rss.xml", headers={"Accept-Encoding": "gzip"})

    again = client.get("/rss.xml", headers={"Accept-Encoding": "gzip", "If-None-Match": answer["ETag"]})

    assert (answer["Content-Encoding"], again.status_code) == ("gzip", 304)
