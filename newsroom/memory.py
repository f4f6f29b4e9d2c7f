"""Pages from memory: a thin layer of WSGI (PEP 3333) before Django. A page that was made once is not made again until readers would see another.

What is kept depends on nothing but what it is kept under: Django makes it for a request that holds the address, the parameters that its view
knows, and nothing else of what a visitor sent. No header and no cookie can get into it.
"""

import gzip
import hashlib
import io
import re
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

import brotli
from cachetools import LRUCache
from django.conf import settings
from django.core.handlers.wsgi import get_path_info
from django.urls import Resolver404, resolve

from newsroom.caching import SHARED, TRUE_AT
from newsroom.edition import IN_FORCE, Edition, Listener

SMALLEST, LARGEST = 200, 1_000_000  # bytes: of a page that is worth coding, and of one that is kept, as it is sent
OVERHEAD = 4_000  # bytes that a kept page takes beside its content
MOST_PARAMETERS = 100
ENCODE = {"br": lambda content: brotli.compress(content, quality=5), "gzip": lambda content: gzip.compress(content, 6, mtime=0)}
DECODE = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
REFUSED = re.compile(r"q=0(\.0*)?", re.ASCII)
OF_CODING = {"Content-Encoding", "Content-Length", "ETag", "Vary"}
OF_304 = {"Cache-Control", "ETag", "Vary"}  # RFC 9110, 15.4.5
NOT_MODIFIED = f"{HTTPStatus.NOT_MODIFIED.value} {HTTPStatus.NOT_MODIFIED.phrase}"

Asked = tuple[str, str]  # the path as WSGI has it, and the query as normalised() writes it


@dataclass(frozen=True)
class Page:
    """An answer of Django's, in one coding of its content (RFC 9110, 8.4)."""

    status: str
    headers: list[tuple[str, str]]
    content: bytes
    coding: str = ""
    tag: str = ""

    def coded(self, coding: str) -> "Page":
        """Return the same page in another coding; where its status is 200 with a tag of its own, a strong one (RFC 9110, 8.8.3)."""
        plain = DECODE[self.coding](self.content)
        if len(plain) < SMALLEST:
            coding = ""
        content = ENCODE[coding](plain) if coding else plain
        headers, tag = [header for header in self.headers if header[0] not in OF_CODING], ""
        headers.append(("Vary", ", ".join({"Accept-Encoding": 0} | {value: 0 for name, value in self.headers if name == "Vary"})))
        if self.status.startswith("200"):
            tag = f'"{hashlib.sha256(plain).hexdigest()[:32]}{coding and "-"}{coding}"'
            headers.append(("ETag", tag))
        if coding:
            headers.append(("Content-Encoding", coding))
        return Page(self.status, [*headers, ("Content-Length", str(len(content)))], content, coding, tag)

    @cached_property
    def may_be_kept(self) -> bool:
        """Whether its view lets it be kept, and it is for everybody."""
        headers = {name.lower(): value for name, value in self.headers}
        is_for_all = "set-cookie" not in headers and headers.get("vary", "").lower() in {"", "accept-encoding"}
        return is_for_all and self.status.startswith("200") and headers.get("cache-control", "").endswith(SHARED)

    def answer(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if self.tag and (known := environ.get("HTTP_IF_NONE_MATCH")) and _is_among(self.tag, known):
            start_response(NOT_MODIFIED, [header for header in self.headers if header[0] in OF_304])
            return ()
        start_response(self.status, self.headers)
        return () if environ["REQUEST_METHOD"] == "HEAD" else (self.content,)


class Pages:
    """The pages of one edition that this process remembers: those that were asked for last, a bounded number of bytes."""

    def __init__(self, most: int):
        self._pages = LRUCache(most, getsizeof=lambda page: len(page.content) + OVERHEAD)
        self._lock = threading.Lock()

    def find(self, asked: Asked, coding: str) -> Page | None:
        with self._lock:
            if page := self._pages.get((asked, coding)):
                return page
            others = [page for other in DECODE if (page := self._pages.get((asked, other)))]
        return self.keep(asked, coding, others[0].coded(coding)) if others else None

    def keep(self, asked: Asked, coding: str, page: Page) -> Page:
        if len(page.content) <= min(LARGEST, self._pages.maxsize // 4):
            with self._lock:
                self._pages[asked, coding] = page
        return page


class FromMemory:
    """The application: what it remembers it answers itself, all else Django does."""

    def __init__(self, django: Callable, memory: int):
        """`memory` is in bytes: what the pages may take of this process."""
        site = urlsplit(settings.SITE_URL)
        self._django, self._host, self._scheme, self._memory = django, site.netloc, site.scheme, memory
        self._lock = threading.Lock()
        self.listener = self._make_listener()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if not self.listener.is_alive():  # it begins in the process that serves: a thread does not survive a fork
            self._begin_to_listen()
        if not self._is_of_this_site(environ):
            return self._by_django(environ, start_response)
        known_at = self.listener.known_at  # before the edition is: what is heard after that may end it
        edition = self.listener.current()  # before the page is made: should that end meanwhile, the page goes into a store that was thrown away
        environ[IN_FORCE] = edition
        asked = self._asked(environ)
        if not asked:
            return self._by_django(environ, start_response)
        coding = preferred(environ.get("HTTP_ACCEPT_ENCODING", ""))
        page = edition.pages.find(asked, coding) if edition else None
        if page:
            environ[TRUE_AT] = known_at
        else:
            if parameters_at(asked[0]) is None:
                return self._by_django(environ, start_response)
            made = self._made(asked, edition)
            page = made.coded(coding)
            if edition and made.may_be_kept:
                edition.pages.keep(asked, coding, page)
        return page.answer(environ, start_response)

    def _by_django(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        response = self._django(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return response
        response.close()
        return ()

    def _make_listener(self) -> Listener:
        return Listener(lambda: Pages(self._memory))

    def _begin_to_listen(self) -> None:
        with self._lock:
            if not self.listener.is_alive():
                self.listener = self._make_listener()
                self.listener.start()

    def _is_of_this_site(self, environ: dict) -> bool:
        """Whether the addresses on the page will be those that everybody gets."""
        return environ.get("HTTP_HOST") == self._host and _scheme(environ) == self._scheme and not environ.get("SCRIPT_NAME")

    def _asked(self, environ: dict) -> Asked | None:
        """Return what is asked for, where everybody would get the same answer; None where Django must see who asks, and how."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", ""):
            return None
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING")
        if not query:
            return path, ""
        parameters = parameters_at(path)
        try:
            return None if parameters is None else (path, normalised(query, parameters))
        except ValueError:  # more parameters than anybody means
            return None

    def _made(self, asked: Asked, edition: Edition | None) -> Page:
        """Have Django make a page of nothing but what is asked."""
        path, query = asked
        environ = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": self._host,
            "SERVER_NAME": self._host.partition(":")[0], "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "",
            "wsgi.version": (1, 0), "wsgi.url_scheme": self._scheme, "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False, IN_FORCE: edition,
        }  # fmt: skip
        if settings.TRUST_PROXY:
            environ["HTTP_X_FORWARDED_PROTO"] = self._scheme
        begun = []
        response = self._django(environ, lambda status, headers, problem=None: begun.extend([status, headers]))
        try:
            content = b"".join(response)
        finally:
            response.close()
        status, headers = begun
        return Page(status, headers, content)


@lru_cache(maxsize=1_000)
def parameters_at(path: str) -> frozenset[str] | None:
    """Return the parameters that the pages at a path depend on; None where they may not be kept."""
    try:
        return getattr(resolve(get_path_info({"PATH_INFO": path})).func, "kept", None)
    except Resolver404:
        return None


def normalised(query: str, parameters: frozenset[str]) -> str:
    """Return a query as one of many that mean the same: known parameters alone, in their order, of each the last, as views take it; none empty.

    Raises ValueError where there are too many.
    """
    found = {name: value for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS) if name in parameters}
    return urlencode(sorted((name, value) for name, value in found.items() if value))


@lru_cache(maxsize=256)
def preferred(accepted: str) -> str:
    """Return the coding to answer in, by Accept-Encoding (RFC 9110, 12.5.3): the smaller one that the client takes."""
    codings = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        codings[name.strip()] = not REFUSED.fullmatch(weight.strip())
    return next((coding for coding in ENCODE if codings.get(coding, codings.get("*", False))), "")


def _scheme(environ: dict) -> str:
    return environ.get("HTTP_X_FORWARDED_PROTO") if settings.TRUST_PROXY else environ["wsgi.url_scheme"]


def _is_among(tag: str, known: str) -> bool:
    """Whether a client has it (If-None-Match, compared weakly: RFC 9110, 13.1.2)."""
    return known.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in known.split(",")}
