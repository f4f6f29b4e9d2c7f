"""A reader of the whole application, the layer before Django included."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from newsroom.memory import FromMemory

MEMORY = 2_000_000  # bytes


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


def ask(application, address: str, method: str = "GET", **environ: str) -> Answer:
    """Ask a WSGI application for an address as a browser does; further keywords go into the environ, such as HTTP_COOKIE."""
    path, _, query = address.partition("?")
    asked = {"REQUEST_METHOD": method, "PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": query, "REMOTE_ADDR": "127.0.0.1"}
    asked |= {"HTTP_HOST": settings.SITE_URL.partition("://")[2]} | environ
    setup_testing_defaults(asked)
    begun = []
    response = application(asked, lambda status, headers, problem=None: begun.extend([status, headers]))
    content = b"".join(response)
    getattr(response, "close", lambda: None)()
    return Answer(int(begun[0][:3]), dict(begun[1]), content)


@contextmanager
def remembering(django: Callable | None = None) -> Iterator[FromMemory]:
    """The whole application, or the layer before another one, once it knows what readers can see."""
    site = FromMemory(django or WSGIHandler(), MEMORY)
    ask(site, "/robots.txt")  # it begins to listen
    try:
        wait_for(site.listener.current)
        yield site
    finally:
        site.listener.stop()


def settle(site) -> None:
    """Wait until an application has heard of all that was committed."""
    number = str(time.monotonic_ns())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('newsroom_edition', %s)", [number])
    wait_for(lambda: (edition := site.listener.current()) and edition.number == number)


def wait_for(condition, patience: float = 2.0) -> float:
    """Return the seconds until a condition holds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < patience, "it does not come about"
        time.sleep(0.005)
    return time.monotonic() - began
