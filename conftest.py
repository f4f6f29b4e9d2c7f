"""What the tests of every app share: a real PostgreSQL, and files in a place of their own."""

import os

import pytest

from newsroom import startup

# Playwright's driver runs an event loop in this thread; Django's ORM may be used beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
startup.prepare()


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """Pictures of a test go to its own folder; static files are served as they lie in static/."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
