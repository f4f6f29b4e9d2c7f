"""Where feeds are: every list's page names its own, what is no list in print has none, and the rules refuse what is no feed."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from django.utils.html import escape

from articles.tests.build import make_source
from articles.tests.feeds import FORMATS, LISTS, SITE, TYPES, complaints, feed_of, headlines, links_of, make_story, read_json

pytestmark = pytest.mark.django_db

MAY = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("page", LISTS)
def test_page_of_a_list_names_its_feeds(client, page):
    make_story()
    html = client.get(page).content.decode()

    links = links_of(html)

    assert {kind: address for kind, (_, address) in links.items()} == {TYPES[name]: escape(feed_of(page, name)) for name in FORMATS}
    assert {title for title, _ in links.values()} == {read_json(client, feed_of(page, "feed.json"))["title"]}
    assert ('<p class="feed">' in html, f'href="{feed_of(page, "rss.xml")}"' in html) == (page != "/", True)


def test_later_page_of_a_search_names_the_feed_of_its_beginning(client):
    first, _ = make_story(), make_story(published_at=MAY)

    links = links_of(client.get(f"/search/?before={first.short_id}&q=%D8%A7+ferry").content.decode())

    assert links["application/rss+xml"] == ("“ا ferry” – The Halyard", "/search/rss.xml?q=%D8%A7+ferry")
    assert read_json(client, f"/search/feed.json?before={first.short_id}&q=ferry")["feed_url"] == f"{SITE}/search/feed.json?q=ferry"


@pytest.mark.parametrize("address", ["/2024/05/06/ferry-late/", "/2024/", "/2024/05/", "/2024/05/06/", "/search/", "/search/?q=%00", "/nowhere/"])
def test_every_other_page_names_the_feeds_of_the_site(client, address):
    make_story(published_at=MAY)

    html = client.get(address).content.decode()

    assert links_of(html) == {TYPES[name]: ("The Halyard", f"/{name}") for name in FORMATS}
    assert '<p class="feed">' not in html


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("path", ["/section/sport/", "/topic/strikes/", "/author/tom-strand/", "/source/the-lantern/"])
def test_what_is_not_in_print_has_no_feed(client, name, path):
    make_story(topics=["Strikes"], authors=["Tom Strand"], source=make_source("The Lantern"), publish=False)

    assert (client.get(path + name).status_code, client.get(path).status_code) == (404, 404)


@pytest.mark.parametrize("address", ["/feed.xml", "/rss.xml/", "/RSS.xml", "/2024/rss.xml", "/section/harbour/rss.json", "/rss.xml.gz"])
def test_no_other_address_is_a_feed(client, address):
    make_story(published_at=MAY)

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Say in the address what to search for, such as ?q=ferry.\n"),
        ("?q=", "Say in the address what to search for, such as ?q=ferry.\n"),
        ("?q=+%20", "Say in the address what to search for, such as ?q=ferry.\n"),
        ("?q=" + "a" * 201, "That is too long to search for. Use at most 200 letters: the few words that matter.\n"),
        ("?q=%00", "Null characters are not allowed.\n"),
    ],
)
def test_search_for_nothing_is_refused_in_a_line(client, name, query, said):
    make_story()

    answer = client.get(f"/search/{name}{query}")

    assert (answer.status_code, answer["Content-Type"], answer.content.decode()) == (400, "text/plain; charset=utf-8", said)


HOSTILE = [
    '"><script>',
    "%ED%A0%80",
    "%ff%fe",
    "a%0d%0aSet-Cookie:x=1",
    "%E2%80%AE%D7%9E",
    "🦀",
    "&&==&",
    "x&q=y&before=%00",
    "]]>",
    "a\x7f",
    "%01%0b",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_breaks_a_feed(client, query):
    make_story()
    query = quote(query, safe="%&=")

    for name in FORMATS:
        assert headlines(client, f"/{name}?q={query}") == ["Ferry late"]
        assert headlines(client, f"/search/{name}?q={query}&{query}={query}&q=ferry") == ["Ferry late"]


# --- The rules of JSON Feed


ITEM = {"id": "1", "content_text": "Late."}


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1"}, {"title": None}, {"home_page_url": "/"}, {"language": "English"}, {"rights": "ours"}, {"items": {}},
        {"items": [ITEM | {"id": 1}]}, {"items": [ITEM, ITEM]}, {"items": [ITEM | {"date_published": "2024"}]}, {"items": [ITEM | {"authors": [{}]}]},
        {"items": [{"id": "1"}]}, {"items": [ITEM | {"attachments": [{"url": SITE}]}]},
    ],
)  # fmt: skip
def test_rules_of_json_feed_refuse_what_is_none(change):
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "The Halyard", "items": [ITEM]}

    assert complaints(feed) == []
    assert len(complaints(feed | change)) == 1
