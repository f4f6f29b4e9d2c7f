"""Whatever is sent to whatever address, the answer is a clear one and never a 500."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from articles.tests.build import make_article
from newsroom.tests.test_public_gate import FLATPAGE, patterns

pytestmark = pytest.mark.django_db

UGLY = {
    "NUL": "%00",
    "NUL inside": "fer%00ry",
    "half of a surrogate pair": "%ED%A0%80",
    "no UTF-8": "%ff%fe",
    "overlong slash": "%c0%af",
    "right to left": "%E2%80%AE%D7%9E%D7%91%D7%97%D7%9F",
    "combining marks": "e%CC%81%CC%82%CC%83" * 20,
    "ten thousand letters": "a" * 10_000,
    "ten thousand digits": "9" * 10_000,
    "digits of other scripts": "%D9%A2%D9%A0%D9%A2%D9%A4",
    "superscript digits": "%C2%B2%C2%B2%C2%B2%C2%B2",
    "markup": "%3Cscript%3Ealert(1)%3C/script%3E",
    "quotes": "%22%27%3B--",
    "way up": "../../etc/passwd",
    "hidden way up": "%2e%2e%2f%2e%2e%2f",
    "line break": "a%0d%0aSet-Cookie:x=1",
    "emoji": "%F0%9F%A6%80",
    "zeros": "0000",
    "thirteen": "13",
    "thirty-nine": "39",
    "year before the calendar": "0001",
    "last year of the calendar": "9999",
    "negative": "-1",
    "dot": "1.5",
    "unknown id": "2222222",
    "format string": "%25s%7B%7D%25",
    "backslash": "%5C%5C",
    "empty": "",
    "blank": "%20",
    "websearch operators": "%22%20OR%20-%20%28%29%20%3A*%20%26%20%7C%20%21",
}
BODIES = {
    "application/x-www-form-urlencoded": b"q=%00&before=%ff&csrfmiddlewaretoken=%ED%A0%80",
    "multipart/form-data; boundary=x": b"--x\r\nContent-Disposition: form-data; name",
    "multipart/form-data": b"no boundary at all",
    "application/json": b'{"q": [',
    "text/plain; charset=nonsense": b"\xff\xfe",
}


@pytest.fixture
def stranger():
    """A client that is treated as a browser is: its cross-site posts are checked."""
    return Client(enforce_csrf_checks=True)


def filled(value: str, other: str) -> list[str]:
    """Return every address of the site with the ugly value in each place of it in turn, and the others filled well."""
    good = {"slug": other, "short_id": "2222222", "year": "2024", "month": "05", "day": "06", "name": "480.jpg", "part": "2", "url": "about/"}
    good |= dict.fromkeys(("token", "key"), "A" * 22) | {"secret": "A" * 43, "reference": "K7M4-2QXD", "version": "1", "story": "1", "notice": "1"}
    good |= {"format": "rss.xml"}
    found = []
    for chain in patterns(get_resolver().url_patterns):
        route = "/" + "".join(map(str, chain)).replace(FLATPAGE, "<any:url>/")
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        for ugly in names or [None]:
            found.append(re.sub(r"<(?:\w+:)?(\w+)>", lambda part, ugly=ugly: value if part[1] == ugly else good[part[1]], route))
    return found


@pytest.mark.parametrize("name", UGLY)
def test_no_value_in_an_address_breaks_the_site(stranger, name):
    make_article("Ferry late", publish=True)

    statuses = {stranger.get(address).status_code for address in filled(UGLY[name], "ferry-late")}

    assert statuses <= {200, 301, 400, 404, 405, 410}
    assert 404 in statuses


@pytest.mark.parametrize("name", UGLY)
def test_no_value_in_a_query_breaks_the_site(stranger, name):
    article = make_article("Ferry late", publish=True)
    addresses = [
        "/",
        "/search/",
        "/section/harbour/",
        f"/{article.published_on.year}/",
        article.get_absolute_url(),
        f"/s/{article.short_id}/",
        "/sitemap.xml",
        "/section/harbour/rss.xml",
        "/search/feed.json",
    ]
    queries = ["q={0}", "before={0}", "q=ferry&before={0}", "{0}={0}", "q={0}&q={0}", "q[]={0}", "{0}"]

    statuses = {stranger.get(f"{address}?{query.format(UGLY[name])}").status_code for address in addresses for query in queries}

    assert statuses <= {200, 301, 400, 404}
    assert 200 in statuses


@pytest.mark.parametrize("name", ["NUL", "half of a surrogate pair", "right to left", "combining marks", "ten thousand letters", "markup", "emoji"])
def test_search_repeats_no_value_as_markup_and_says_something(stranger, name):
    page = stranger.get(f"/search/?q={UGLY[name]}").content.decode()

    assert "<script>alert" not in page
    assert ("No story in the archive holds" in page) is not ('role="alert"' in page)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_no_method_and_no_body_breaks_the_site(stranger, method):
    article = make_article("Ferry late", publish=True)
    addresses = [*filled("ferry-late", "ferry-late"), "/search/?q=%00", article.get_absolute_url(), "/unknown/", "/admin/login/"]

    statuses = {
        stranger.generic(method, address, body, content_type=kind).status_code for address in addresses for kind, body in BODIES.items()
    }  # fmt: skip

    assert statuses <= {200, 301, 302, 400, 403, 404, 405}
    assert {403, 405} & statuses


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "session=%00; csrf=\x7f; messages=" + "a" * 5000},
        {"accept-language": "\x7f" * 100},
        {"accept-encoding": "nonsense;q=9"},
        {"range": "bytes=-99999999999999999999"},
        {"if-modified-since": "not a date"},
        {"if-none-match": '"' * 100},
        {"referer": "http://[bad"},
        {"content-length": "many"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_header_breaks_the_site(stranger, headers):
    article = make_article("Ferry late", publish=True)

    statuses = {stranger.get(address, headers=headers).status_code for address in ("/", "/search/?q=ferry", article.get_absolute_url(), "/unknown/")}

    assert statuses == {200, 404}
