"""How long anybody may keep a page of ours, and which pages our own workers keep (newsroom/memory.py)."""

import time
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

# What stands between us and readers keeps a page for a second, and sends the old one for a second more while it fetches the new one: not
# longer (RFC 5861), or a story that was taken down would live on there.
SHARED = "s-maxage=1, stale-while-revalidate=1"
TRUE_AT = "newsroom.true_at"  # in the environ of WSGI: the moment, in seconds since 1970, at which what is answered was known to be true


def public(max_age: int = 0) -> str:
    """Return the Cache-Control (RFC 9111) of what is the same for everybody; `max_age` in seconds, of a reader's own copy."""
    return f"public, max-age={max_age}, {SHARED}"


def careful(get_response: Callable) -> Callable:
    """Middleware that lets nobody keep what does not say how long, without asking us again: what is not there today may be there tomorrow."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return middleware


def kept(*parameters: str, max_age: int = 0) -> Callable:
    """Have workers keep the pages of a view, which must depend on nothing but the address, these parameters of its query, and what the triggers
    of the edition watch (newsroom/edition.py); not on who asks, nor from where.

    A page that is not there, or says itself who may keep it, is kept by nobody.
    """

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def keeping(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code in {200, 304} and not request.session.accessed:
                response.headers.setdefault("Cache-Control", public(max_age))
            return response

        keeping.kept = frozenset(parameters)
        return keeping

    return decorate


def until_the_second_ends(application: Callable) -> Callable:
    """Have nginx keep what may be kept to the end of the second in which it was known to be true: it counts whole seconds, and would make up to two
    of one. With the second in which it may send an old page beside that, nobody is sent what stopped being true two seconds ago.

    What is gone, taken down or not there is kept so too, or the page that was there would be sent for as long as that.
    nginx takes this header out. Where it comes before Cache-Control, nginx does not heed that.
    """

    def telling(environ: dict, start_response: Callable):
        now = time.time()

        def start(status: str, headers: list[tuple[str, str]], problem=None):
            allowed = next((value for name, value in headers if name == "Cache-Control"), "")
            until = ("X-Accel-Expires", f"@{int(environ.get(TRUE_AT, now))}")
            if allowed.endswith(SHARED):
                headers = [*headers, until]
            elif allowed == "no-cache" and status[:3] in {"404", "410", "451"}:
                headers = [until, *headers]
            return start_response(status, headers, problem)

        return application(environ, start)

    return telling
