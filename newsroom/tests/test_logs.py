"""What the log does not keep."""

import logging

import pytest

from newsroom.logs import WithoutSecrets

SECRET = "aZ3-_kQ" * 6 + "x"
ADDRESSES = [
    (f"/orders/{SECRET}/answer/", "/orders/…/answer/"),
    (f"/orders/release/{SECRET}/", "/orders/release/…/"),
    (f"/packages/12.34:1vNQ:{SECRET}/", "/packages/…/"),
    (f"/preview/{SECRET}/abc123/480.webp", "/preview/…/abc123/480.webp"),
    (f"/newsletter/confirm/{SECRET[:22]}/", "/newsletter/confirm/…/"),
    (f"/newsletter/leave/{SECRET[:22]}/", "/newsletter/leave/…/"),
    ("/2024/06/11/the-ferry-is-late-for-the-fortieth-time/", "/2024/06/11/the-ferry-is-late-for-the-fortieth-time/"),
    ("/orders/", "/orders/"),
]


@pytest.mark.parametrize(("path", "kept"), ADDRESSES)
def test_secret_part_of_an_address_is_not_written_into_the_log(path, kept):
    record = logging.makeLogRecord({"name": "django.request", "msg": "%s: %s", "args": ("Conflict", path), "levelno": logging.WARNING})

    assert WithoutSecrets().filter(record) is True
    assert record.getMessage() == f"Conflict: {kept}"


def test_console_is_what_the_filter_stands_before(settings):
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["without_secrets"]
    assert settings.LOGGING["root"]["handlers"] == ["console"]
