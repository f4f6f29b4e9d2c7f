"""The rules that feeds keep: RSS and Atom as feedparser and lxml read them, JSON Feed as jsonfeed.org/version/1.1 has it, written out."""

import json
import re

import feedparser
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree

from articles.models import Article
from articles.tests.build import make_article, make_source

SITE = "http://localhost:8000"
NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
}
TYPES = {"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}
VERSIONS = {"rss.xml": "rss20", "atom.xml": "atom10"}
FORMATS = tuple(TYPES)
LISTS = ("/", "/section/harbour/", "/topic/ferries/", "/author/ines-calloway/", "/source/the-halyard/", "/search/?q=ferry")

TEXT, ADDRESS, MOMENT = (
    {"type": "string", "minLength": 1},
    {"type": "string", "pattern": "^https?://[!-~]+$"},
    {"type": "string", "format": "date-time"},
)
LANGUAGE = {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]+)*$"}


def thing(required: str = "", **properties) -> dict:
    """Return the rule of an object that has these properties, some of them always, and others only if they begin with an underscore."""
    return {
        "type": "object", "required": required.split(), "properties": properties,
        "patternProperties": {"^_[^.]+$": {"type": "object", "minProperties": 1}}, "additionalProperties": False,
    }  # fmt: skip


AUTHORS = {"type": "array", "minItems": 1, "items": thing(name=TEXT, url=ADDRESS, avatar=ADDRESS) | {"minProperties": 1}}
ATTACHMENT = thing("url mime_type", url=ADDRESS, mime_type=TEXT, title=TEXT, size_in_bytes={"type": "number"}, duration_in_seconds={"type": "number"})
ITEM = thing(
    "id", id=TEXT, url=ADDRESS, external_url=ADDRESS, title=TEXT, content_html=TEXT, content_text=TEXT, summary=TEXT, image=ADDRESS,
    banner_image=ADDRESS, date_published=MOMENT, date_modified=MOMENT, authors=AUTHORS, tags={"type": "array", "items": TEXT}, language=LANGUAGE,
    attachments={"type": "array", "items": ATTACHMENT},
) | {"anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}]}  # fmt: skip
HUB = thing("type url", type=TEXT, url=ADDRESS)
JSON_FEED = Draft202012Validator(
    thing(
        "version title items", version={"const": "https://jsonfeed.org/version/1.1"}, title=TEXT, home_page_url=ADDRESS, feed_url=ADDRESS,
        description=TEXT, user_comment=TEXT, next_url=ADDRESS, icon=ADDRESS, favicon=ADDRESS, authors=AUTHORS, language=LANGUAGE,
        expired={"type": "boolean"}, hubs={"type": "array", "items": HUB}, items={"type": "array", "items": ITEM},
    ),
    format_checker=FormatChecker(["date-time"]),
)  # fmt: skip


def complaints(feed: dict) -> list[str]:
    """Return what is wrong with a JSON Feed, a line each; no two items have one id."""
    ids = [item.get("id") for item in feed.get("items", [])]
    twins = [f"{each} twice" for each in sorted({each for each in ids if ids.count(each) > 1})]
    return twins + [f"{error.json_path}: {error.message}" for error in JSON_FEED.iter_errors(feed)]


def read_xml(client, address: str) -> feedparser.FeedParserDict:
    """Return an RSS or Atom feed in which feedparser finds nothing to complain of."""
    answer = fetch(client, address)
    found = feedparser.parse(answer.content, response_headers={"content-type": answer["Content-Type"]})
    assert (found.bozo, found.get("bozo_exception")) == (False, None)
    assert found.version == VERSIONS[address.partition("?")[0].rpartition("/")[2]]
    return found


def read_json(client, address: str) -> dict:
    """Return a JSON Feed that keeps the rules."""
    found = json.loads(fetch(client, address).content)
    assert complaints(found) == []
    return found


def tree(client, address: str) -> etree._Element:
    """Return the channel of RSS, or the feed of Atom."""
    root = etree.fromstring(fetch(client, address).content)
    return root.find("channel") if root.tag == "rss" else root


def headlines(client, address: str) -> list[str]:
    """Return the headlines in a feed of any format, which keeps its rules."""
    if "feed.json" in address:
        return [item["title"] for item in read_json(client, address)["items"]]
    return [entry.title for entry in read_xml(client, address).entries]


def fetch(client, address: str):
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == f"{TYPES[address.partition('?')[0].rpartition('/')[2]]}; charset=utf-8"
    return answer


def links_of(page: str) -> dict[str, tuple[str, str]]:
    """Return (title, address) of the feeds that a page names in its head, by their type."""
    found = re.findall(r'<link rel="alternate" type="([^"]+)" title="([^"]+)" href="([^"]+)">', page)
    return {kind: (title, address) for kind, title, address in found}


def feed_of(page: str, name: str) -> str:
    """Return the address of a list's feed."""
    path, mark, query = page.partition("?")
    return f"{path}{name}{mark}{query}"


FEEDS = [feed_of(page, name) for page in LISTS for name in FORMATS]


def make_story(headline="Ferry late", **fields) -> Article:
    """Return a story in print that stands in every list."""
    fields = {"authors": ["Ines Calloway"], "topics": ["Ferries"], "source": make_source(is_ours=True, syndication="FOR_SALE")} | fields
    return make_article(headline, **{"publish": True} | fields)
