"""Pages from memory: what is kept, for whom, until when, and how somebody might try to poison it."""

import gzip
import time
from datetime import timedelta

import brotli
import pytest
from django.contrib.flatpages.models import FlatPage
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.utils import timezone

from articles.models import Article
from articles.tests.build import make_article, make_figure, make_image, make_user
from licensing.models import State
from licensing.tests.build import make_order
from newsroom.caching import TRUE_AT, public
from newsroom.edition import LONGEST_SILENCE
from newsroom.memory import LARGEST, normalised, preferred
from newsroom.tests.reader import MEMORY, ask, remembering, settle, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made() -> list[str]:
    """The addresses that Django was asked for, with their queries."""
    return []


@pytest.fixture
def site(made, monkeypatch):
    """The whole application, once it knows what readers can see."""
    monkeypatch.setattr("newsroom.edition.BEAT", 0.05)  # it stops sooner
    django = WSGIHandler()

    def counting(environ, start_response):
        made.append(environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""))
        return django(environ, start_response)

    with remembering(counting) as site:
        made.clear()
        yield site


# --- What is kept


def test_page_that_was_made_once_is_not_made_again(site, made):
    address = make_article("Ferry late", publish=True).get_absolute_url()
    settle(site)

    answers = [ask(site, address, method) for method in ("GET", "GET", "HEAD")]

    assert made == [address]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert (answers[0], answers[2].headers, answers[2].content) == (answers[1], answers[0].headers, b"")
    assert "Ferry late" in answers[0].text


def test_page_from_memory_says_since_when_it_may_be_untrue(site, made):
    address = make_article("Ferry late", publish=True).get_absolute_url()
    settle(site)
    said = []

    def watched(environ, start_response):
        answer = site(environ, start_response)
        said.append(environ.get(TRUE_AT))
        return answer

    ask(watched, address)
    wait_for(site.listener.current)
    before = time.time() - LONGEST_SILENCE
    ask(watched, address)

    assert made == [address]
    assert said[0] is None  # it was made when it was asked for
    assert before < said[1] < time.time()


def test_page_that_a_head_had_made_is_whole_for_who_reads(site, made):
    address = make_article("Ferry late", publish=True).get_absolute_url()
    settle(site)

    head, page = ask(site, address, "HEAD"), ask(site, address)

    assert (head.content, int(head.headers["Content-Length"]), len(made)) == (b"", len(page.content), 1)
    assert page.text.rstrip().endswith("</html>")


def test_head_of_what_is_not_kept_has_no_body_either(site):
    asked = [ask(site, "/healthz"), ask(site, "/healthz", "HEAD")]

    assert [(answer.status, answer.content) for answer in asked] == [(200, b"ok\n"), (200, b"")]


def test_every_coding_has_a_tag_of_its_own_and_is_the_same_page(site, made):
    address = make_article("Ferry late", publish=True).get_absolute_url()
    settle(site)

    browser, old, plain = (ask(site, address, HTTP_ACCEPT_ENCODING=accepted) for accepted in ("gzip, deflate, br, zstd", "gzip", ""))

    assert len(made) == 1
    assert [answer.headers.get("Content-Encoding") for answer in (browser, old, plain)] == ["br", "gzip", None]
    assert brotli.decompress(browser.content) == gzip.decompress(old.content) == plain.content
    assert len({answer.headers["ETag"] for answer in (browser, old, plain)}) == 3
    assert {answer.headers["Vary"] for answer in (browser, old, plain, ask(site, "/search/suggestions/?q=fe"))} == {"Accept-Encoding"}


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_a_page_is_not_sent_it_again(site, known):
    address = make_article("Ferry late", publish=True).get_absolute_url()
    tag = ask(site, address, HTTP_ACCEPT_ENCODING="br").headers["ETag"]

    again = ask(site, address, HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=known.format(tag))
    other = ask(site, address, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=tag)

    assert (again.status, again.content, again.headers["ETag"], again.headers["Vary"]) == (304, b"", tag, "Accept-Encoding")
    assert other.status == 200  # another coding is another representation


def test_kept_pages_are_let_nobody_keep_them_longer_than_two_seconds(site):
    article = make_article("Ferry late", publish=True)

    for address in (article.get_absolute_url(), "/", "/rss.xml", "/search/suggestions/?q=fe", "/sitemap.xml"):
        said = dict(part.strip().partition("=")[::2] for part in ask(site, address).headers["Cache-Control"].split(","))
        assert (said["s-maxage"], said["stale-while-revalidate"], "stale-if-error" in said) == ("1", "1", False), address


def test_every_kind_of_page_is_the_same_from_memory(site, client, made):
    call_command("load_seeds", verbosity=0)
    settle(site)
    story = Article.objects.public().filter(figures__isnull=False).first()
    addresses = [
        "/", story.get_absolute_url(), story.section.get_absolute_url(), story.topics.first().get_absolute_url(), "/2019/", "/search/?q=harbour",
        "/about/", "/rss.xml", "/sitemap.xml", "/licence-terms/", "/robots.txt", "/opensearch.xml",
    ]  # fmt: skip

    first, kept = ([ask(site, address) for address in addresses] for _ in range(2))

    assert (len(made), first) == (len(addresses), kept)
    for address, answer in zip(addresses, kept, strict=True):
        by_django = client.get(address, headers={"host": "localhost:8000"})
        assert (answer.status, answer.content) == (by_django.status_code, by_django.content), address


def test_memory_is_bounded_and_what_was_asked_for_last_stays(site, made):
    articles = [make_article(f"Ferry late {number}", body="<p>" + "tide " * 20_000 + "</p>", publish=True) for number in range(25)]
    settle(site)
    addresses = [article.get_absolute_url() for article in articles]

    for address in addresses:  # 100 kB each
        ask(site, addresses[0])
        ask(site, address)

    pages = site.listener.current().pages._pages
    assert MEMORY * 0.9 < pages.currsize <= MEMORY
    made.clear()
    ask(site, addresses[0])
    ask(site, addresses[1])
    assert made == [addresses[1]]


def test_page_larger_than_all_others_is_sent_and_not_kept(site, made):
    article = make_article("Ferry late", publish=True)
    Article.objects.update(body="<p>" + "tide " * (LARGEST // 5) + "</p>")
    address = article.get_absolute_url()
    settle(site)

    plain = [ask(site, address), ask(site, address)]
    made.clear()
    small = [ask(site, address, HTTP_ACCEPT_ENCODING="br"), ask(site, address, HTTP_ACCEPT_ENCODING="br")]

    assert ({len(answer.content) > LARGEST for answer in plain}, {answer.status for answer in small}, len(made)) == ({True}, {200}, 1)


# --- What is not


def test_what_is_not_for_everybody_is_never_kept(site, made):
    article = make_article("Ferry late", publish=True, syndication="FOR_SALE")
    withdrawn = make_article("Ferry sunk", publish=True)
    withdrawn.withdraw("It never sank.")
    draft = make_article("Ferry line to be sold")
    preview = draft.share("Our lawyer", timezone.now() + timedelta(days=1), by=make_user("editor")).get_absolute_url()
    order = make_order(State.REQUESTED, article).get_absolute_url()
    picture = make_figure(article, image=make_image()).image.rendition_url(480)
    addresses = [
        preview, order, picture, withdrawn.get_absolute_url(), article.get_absolute_url()[:-1], f"/s/{article.short_id}/",
        f"/s/{article.short_id}/report/", f"/republish/{article.short_id}/", "/admin/", "/admin/login/", "/newsletter/", "/healthz",
        "/nowhere/", "/section/nowhere/", "/2019/02/30/no-day/", f"{article.section.get_absolute_url()}?since=x", "/search/?q=harbour&since=2019-13",
    ]  # fmt: skip
    settle(site)
    made.clear()

    for address in addresses:
        ask(site, address)
        ask(site, address)

    assert [address.partition("?")[0] for address in made] == [address.partition("?")[0] for address in addresses for _ in range(2)]
    assert len(site.listener.current().pages._pages) == 0


@pytest.mark.parametrize("header", [("Set-Cookie", "session=1"), ("Vary", "Accept-Encoding, Cookie"), ("Cache-Control", "private")])
def test_answer_that_is_for_one_visitor_is_not_kept_whatever_its_view_says(header, monkeypatch):
    made, closed = [], []

    class Answer(list):
        def close(self):
            closed.append(True)

    def django(environ, start_response):
        made.append(environ)
        start_response("200 OK", [*({"Cache-Control": public()} | dict([header])).items()])
        return Answer([b"For you"])

    monkeypatch.setattr("newsroom.edition.BEAT", 0.05)
    with remembering(django) as site:
        made.clear()
        closed.clear()
        answers = [ask(site, "/") for _ in range(2)]

    assert ({answer.content for answer in answers}, answers[0].headers[header[0]].endswith(header[1])) == ({b"For you"}, True)
    assert (len(made), len(closed)) == (2, 2)


def test_page_for_those_who_are_signed_in_is_for_nobody_else(site, client):
    FlatPage.objects.create(url="/staff/", title="Staff", content="Secret", registration_required=True).sites.add(1)
    client.force_login(make_user())

    shown, refused = client.get("/staff/"), ask(site, "/staff/")

    assert (shown.status_code, "public" in shown.headers["Cache-Control"], refused.status) == (200, False, 302)


def test_who_is_signed_in_is_answered_by_django(site, made):
    address = make_article("Ferry late", publish=True).get_absolute_url()
    settle(site)

    for _ in range(2):
        ask(site, address, HTTP_COOKIE="theme=dark; session=0123456789")

    assert (made, len(site.listener.current().pages._pages)) == ([address] * 2, 0)


def test_no_method_but_get_and_head_comes_from_memory(site, made):
    address = make_article("Ferry late", publish=True).get_absolute_url()
    ask(site, address)

    assert [ask(site, address, method).status for method in ("POST", "PUT", "DELETE", "OPTIONS")] == [403, 403, 403, 405]


# --- Poison


HOSTILE = [
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "127.0.0.1"},
    {"HTTP_HOST": "localhost:9999"},
    {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_X_FORWARDED_PROTO": "https"},
    {"HTTP_X_FORWARDED_PORT": "666", "HTTP_X_FORWARDED_PREFIX": "/evil", "HTTP_X_ORIGINAL_URL": "/admin/", "HTTP_X_REWRITE_URL": "/admin/"},
    {"HTTP_FORWARDED": "host=evil.example;proto=https"},
    {"HTTP_COOKIE": "csrf=evil; django_language=ar; messages=evil; sessio=1"},
    {"HTTP_COOKIE": "session=evil"},
    {"HTTP_ACCEPT_LANGUAGE": "ar"},
    {"HTTP_ACCEPT": "application/json"},
    {"HTTP_USER_AGENT": "<script>alert(1)</script>"},
    {"HTTP_REFERER": "https://evil.example/"},
    {"HTTP_ORIGIN": "https://evil.example"},
    {"HTTP_RANGE": "bytes=0-9"},
    {"HTTP_RANGE": "bytes=0-9", "HTTP_IF_RANGE": "*"},
    {"HTTP_IF_NONE_MATCH": "*"},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 01 Jan 2099 00:00:00 GMT"},
    {"HTTP_AUTHORIZATION": "Basic ZXZpbDpldmls"},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
    {"HTTP_TRANSFER_ENCODING": "chunked"},
    {"CONTENT_LENGTH": "5", "CONTENT_TYPE": "application/x-www-form-urlencoded"},
    {"HTTP_ACCEPT_ENCODING": "evil, br;q=0, gzip;q=0"},
    {"SCRIPT_NAME": "/evil"},
    {"SERVER_NAME": "evil.example", "SERVER_PORT": "666"},
    {"wsgi.url_scheme": "https"},
]


def test_nothing_that_a_visitor_sends_gets_into_the_page_of_the_next(site):
    story = make_article("Ferry late", publish=True)
    addresses = [story.get_absolute_url(), "/", "/rss.xml", "/search/?q=ferry", story.section.get_absolute_url()]
    settle(site)
    clean = [ask(site, address) for address in addresses]

    for hostile in HOSTILE:
        story.section.save()  # a new edition, with the same pages
        settle(site)
        for method in ("GET", "HEAD", "POST"):
            for address in addresses:
                ask(site, address, method, **hostile)

        assert [ask(site, address) for address in addresses] == clean, hostile


@pytest.mark.parametrize(
    "query", ["utm_source=evil", "callback=evil", "q=%3Cscript%3E", "before=", "since=&until=", "page=2&evil=%00", "%ff=%ff", "&&&", "=", "a;b"]
)
def test_parameters_that_a_page_does_not_know_make_no_other_page(site, made, query):
    address = make_article("Ferry late", publish=True).section.get_absolute_url()
    settle(site)
    clean = ask(site, address)

    assert ask(site, f"{address}?{query}") == clean
    assert made == [address]


def test_parameters_mean_what_they_mean_to_the_view(site, made):
    address = make_article("Ferry late", publish=True).section.get_absolute_url()
    settle(site)

    asked = [
        "since=2019&until=2020",
        "until=2020&since=2019",
        "since=1999&until=2020&since=2019&x=1",
        "since=%32019&until=2020",
        "since=2020&until=2020",
    ]
    answers = [ask(site, f"{address}?{query}") for query in asked]

    assert made == [f"{address}?since=2019&until=2020", f"{address}?since=2020&until=2020"]
    assert answers[0] == answers[1] == answers[2] == answers[3] != answers[4]


def test_query_of_very_many_parameters_is_left_to_django(site, made):
    address = make_article("Ferry late", publish=True).section.get_absolute_url()

    answer = ask(site, address + "?" + "&".join(f"x{number}=1" for number in range(3_000)))

    assert (answer.status, len(site.listener.current().pages._pages)) == (400, 0)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""), ("identity", ""), ("gzip", "gzip"), ("GZIP", "gzip"), ("br", "br"), ("gzip, deflate, br, zstd", "br"), ("*", "br"), ("br;q=0", ""),
        ("br;q=0.0, gzip;q=0.5", "gzip"), ("*;q=0", ""), ("*, br;q=0", "gzip"), ("gzip ; q=1", "gzip"), ("brotli, xgzip", ""), (";;,,;q=,q=0", ""),
    ],
)  # fmt: skip
def test_coding_is_one_that_the_client_takes(accepted, coding):
    assert preferred(accepted) == coding


def test_normal_query_is_the_same_however_often_it_is_made_normal():
    query = normalised("q=%20b%26&x=1&a=%C3%A4&q=b%26+c&e=", frozenset("aqe"))

    assert query == "a=%C3%A4&q=b%26+c" == normalised(query, frozenset("aqe"))
