"""What stands in front of us is told how long it may keep what we answer."""

import time

import pytest

from newsroom.caching import SHARED, TRUE_AT, public, until_the_second_ends


def told(status: str, allowed: str, **environ) -> list[tuple[str, str]]:
    """Return the headers that reach nginx, in their order."""
    heard = []
    application = until_the_second_ends(lambda _environ, start_response: start_response(status, [("Cache-Control", allowed)]))
    application(environ, lambda _status, headers, _problem: heard.extend(headers))
    return heard


@pytest.mark.parametrize("allowed", [public(), public(60)])
def test_nginx_is_told_when_the_second_ends_of_what_may_be_shared(allowed):
    before = int(time.time())

    headers = told("200 OK", allowed)

    assert headers[0] == ("Cache-Control", allowed)
    assert headers[1:] in [[("X-Accel-Expires", f"@{second}")] for second in range(before, int(time.time()) + 1)]


def test_nginx_keeps_a_page_from_memory_by_the_moment_at_which_it_was_known_to_be_true():
    assert told("200 OK", public(), **{TRUE_AT: 1_764_200_000.9})[1:] == [("X-Accel-Expires", "@1764200000")]


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "451 Unavailable For Legal Reasons"])
def test_what_is_gone_takes_the_place_of_the_page_in_nginx_and_nowhere_else(status):
    names = [name for name, _ in told(status, "no-cache")]

    assert names == ["X-Accel-Expires", "Cache-Control"]  # the other way round nginx would not keep it
    assert SHARED not in dict(told(status, "no-cache"))["Cache-Control"]


@pytest.mark.parametrize(
    ("status", "allowed"), [("200 OK", "no-store"), ("200 OK", "no-cache"), ("404 Not Found", "no-store"), ("302 Found", "no-cache")]
)
def test_nginx_is_told_nothing_of_the_rest(status, allowed):
    assert told(status, allowed) == [("Cache-Control", allowed)]
