"""What pages take, by wrk: each beside its limit, run by run, so that a machine that slows down slows both."""

import json
import random
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import serving
import wrk
from search import queries_of_each_kind, say

NOT_OURS = {"server", "date", "connection", "transfer-encoding"}  # headers that gunicorn writes
ROUND_THE_STORE = "Cookie: session=x"
GZIP = "Accept-Encoding: gzip"
FILLING, MOST_FILLINGS = 2, 20  # seconds of requests that do not count, and how often, until all workers have stored what is asked for
FILLED = 0.1  # statements a request, at most, once they have
STORED = 0.5  # statements a request, at most: of workers that begin meanwhile
AT_REST = 0.2  # of the time, at most, that gunicorn works while nginx answers by itself


@dataclass(frozen=True)
class Page:
    """One kind of page, as it is asked for."""

    part: str
    name: str
    addresses: list[str]
    headers: tuple[str, ...] = ()
    is_stored: bool = False
    is_through_nginx: bool = False

    @property
    def at_limit(self) -> list[str]:
        """Where its limit sends the same: each page has a place there."""
        place = f"/{zlib.crc32(self.name.encode()):08x}"
        return [f"/limit{place}/page.html"] if self.is_through_nginx else [place + address for address in self.addresses]


def pages(stories: int) -> list[Page]:
    """Return what is measured; those of many different stories with so many."""
    from articles.models import Article, Topic
    from licensing.models import Rate, RateCard

    chance = random.Random(1)  # noqa: S311
    public = Article.objects.public().filter(pk__in=chance.sample(range(1, Article.objects.count() + 1), stories))
    read = [story.get_absolute_url() for story in public]
    topics = list(Topic.objects.order_by("pk"))
    lists = [topic.get_absolute_url() for topic in (*topics[:5], *chance.sample(topics[5:], 15))]
    kinds = queries_of_each_kind()
    del kinds["a phrase"]  # of small words alone, the site refuses it
    queries = list(dict.fromkeys(query for kind in kinds.values() for query in kind))
    searches = [f"/search/?{urlencode({'q': query})}" for query in chance.sample(queries, 100)]
    media = RateCard.objects.current().rates.filter(question=Rate.Question.MEDIUM).values_list("key", flat=True)
    prices = [f"/republish/{story.short_id}/price/?medium={medium}&where=DK" for story in public[:20] for medium in media]
    anew = (ROUND_THE_STORE,)
    return [
        Page("article", "article, stored", read[:1], is_stored=True),
        Page("article", "article, stored, gzip", read[:1], (GZIP,), is_stored=True),
        Page("article", "article, stored, 100 different", read[:100], is_stored=True),
        Page("nginx", "article, through nginx", read[:1], is_stored=True, is_through_nginx=True),
        Page("nginx", "article, through nginx, gzip", read[:1], (GZIP,), is_stored=True, is_through_nginx=True),
        Page("front", "front page, stored", ["/"], is_stored=True),
        Page("topic", "topic, stored, 20 different", lists, is_stored=True),
        Page("search", "search, stored, 100 different", searches, is_stored=True),
        Page("article", f"article, rendered anew, {stories:,} different", read, anew),
        Page("front", "front page, rendered anew", ["/"], anew),
        Page("topic", "topic, rendered anew, 20 different", lists, anew),
        Page("search", "search, searched anew, 100 different", searches, anew),
        Page("quote", f"price of a form’s answers, {len(prices)} different", prices, anew),
    ]


@dataclass(frozen=True)
class Bench:
    """How long and how often a page is measured, and where it may write."""

    seconds: int
    runs: int
    folder: Path

    def measure(self, pages: list[Page]) -> Iterator[tuple[str, dict, str]]:
        """Yield of each page its name, its figures, and what wrk said."""
        say("Starting the site, and asking once for each page that is measured…")
        with serving.gunicorn() as site:
            answers = self.folder / "answers.json"
            answers.write_text(json.dumps(dict(answer for page in pages for answer in self.sent(page, site))))
            with serving.gunicorn("benches.bare", BARE_ANSWERS=str(answers)) as bare, serving.nginx(site, self.folder) as nginx:
                for page in pages:
                    say(f"{page.name}…")
                    ours, limit = (nginx, nginx) if page.is_through_nginx else (site, bare)
                    yield page.name, *self.side_by_side(page, site, ours, limit)

    def sent(self, page: Page, site: serving.Server) -> Iterator[tuple[str, tuple[list, str]]]:
        """Yield what the site sends for each address of a page, with the address that its limit sends it at; for nginx, put it there as a file."""
        for address, at_limit in zip(page.addresses, page.at_limit, strict=True):
            asked_with = dict(header.split(": ") for header in (f"Host: localhost:{site.port}", *page.headers))
            status, headers, body = serving.fetch(site.port, address, asked_with)
            if status != 200:
                sys.exit(f"{address} was answered with {status}.")
            if page.is_through_nginx:
                file = self.folder / (at_limit[1:] + (".gz" if GZIP in page.headers else ""))
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(body)
            yield at_limit, ([header for header in headers if header[0].lower() not in NOT_OURS], body.decode("latin-1"))

    def side_by_side(self, page: Page, site: serving.Server, ours: serving.Server, limit: serving.Server) -> tuple[dict, str]:
        """Ask for a page and for its limit in turns; end in words where it did not come from where it is said to come from."""
        headers = (f"Host: localhost:{site.port}", *page.headers)
        said, runs = [], {"ours": [], "limit": []}
        self.fill(ours, page, headers)
        statements, busy = executed(), site.busy
        for _ in range(self.runs):
            for whose, server, addresses in (("ours", ours, page.addresses), ("limit", limit, page.at_limit)):
                run, words = ask(server, addresses, headers, self.seconds, self.folder)
                runs[whose].append(run)
                said.append(words)
        middle, bare = wrk.middle(runs["ours"]), wrk.middle(runs["limit"])
        if not middle.rate:
            sys.exit(f"{page.name}: no answer within {self.seconds} s. Is the machine busy?\n{said[0]}")
        a_request = (executed() - statements) / middle.requests
        if (a_request < STORED) != page.is_stored:
            came = "from Django, and not from memory" if page.is_stored else "from memory, and not anew from Django"
            sys.exit(f"{page.name}: these pages came {came} ({a_request:.1f} statements for each of {middle.requests} requests).\n{said[0]}")
        if page.is_through_nginx and site.busy - busy > AT_REST * self.seconds * self.runs:
            sys.exit(f"{page.name}: gunicorn worked {site.busy - busy:.1f} s meanwhile, so this did not come from nginx.")
        said.insert(0, f"### {page.name}: {a_request:.2f} statements a request; ours and the limit in turns\n")
        figures = {"rate": middle.rate, "p50": middle.p50, "p99": middle.p99, "limit": bare.rate, "of_limit": middle.rate / bare.rate}
        return figures, "\n".join(said)

    def fill(self, server: serving.Server, page: Page, headers: tuple[str, ...]) -> None:
        """Ask for a page until hardly anything is made any more; one that is made anew just once."""
        for _ in range(MOST_FILLINGS if page.is_stored else 1):
            statements = executed()
            run, _ = ask(server, page.addresses, headers, FILLING, self.folder)
            if executed() - statements < FILLED * run.requests:
                break


def ask(server: serving.Server, addresses: list[str], headers: tuple[str, ...], seconds: int, folder: Path) -> tuple[wrk.Run, str]:
    """Have wrk ask a server for one address, or for many in turns."""
    place = f"http://127.0.0.1:{server.port}"
    if len(addresses) == 1:
        return wrk.run(place + addresses[0], seconds, headers)
    file = folder / "addresses.txt"
    file.write_text("\n".join(addresses))
    return wrk.run(place, seconds, headers, file)


def executed() -> int:
    """Return how many transactions the database has carried out: outside of atomic() each statement is one. Workers report them a second late."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
