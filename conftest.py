"""What the tests of every app share: a real PostgreSQL, and files in a place of their own."""

import os

import pytest
from django.conf import settings

from articles.renditions import making
from newsroom import startup

pytest_plugins = ["articles.tests.browser", "mail.tests.post_office"]

# Playwright's driver runs an event loop in this thread; Django's ORM may be used beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
startup.prepare()
making.SETTINGS["avif"]["speed"], making.SETTINGS["webp"]["method"] = 9, 0  # a test asks what is in a copy, not how small it is
settings.DATABASES["default"]["CONN_MAX_AGE"] = 0  # a worker's threads leave no connection behind
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # a fresh clone has not collected anything, and WhiteNoise warns of that


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """Pictures and keys of a test go to its own folder; static files are served as they lie in static/."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SECRETS_DIR = tmp_path / "secrets"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
