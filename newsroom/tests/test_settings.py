"""Settings are typed, and what cannot be used is refused in one line that says what to do."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

PROGRAM = """
import json
from newsroom import startup
startup.prepare()
from newsroom import settings
print(json.dumps({name: value for name, value in vars(settings).items() if name.isupper() and isinstance(value, str | int | list)}, default=str))
"""


def read_settings(var_dir, **environment):
    """Return a fresh process's settings, or what it said when it refused them."""
    names = {"PATH": os.environ["PATH"], "VAR_DIR": str(var_dir), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"} | environment
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=names, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else json.loads(done.stdout)


def test_https_address_makes_cookies_secure_and_sends_hsts(tmp_path):
    found = read_settings(tmp_path, SITE_URL="https://news.example.org")

    assert found["ALLOWED_HOSTS"] == ["news.example.org", "localhost", "127.0.0.1", "[::1]"]
    assert (found["SECURE_SSL_REDIRECT"], found["SESSION_COOKIE_SECURE"], found["CSRF_COOKIE_SECURE"]) == (True, True, True)
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["RIGHTS_EMAIL"] == "rights@news.example.org"


def test_plain_address_follows_the_port(tmp_path):
    found = read_settings(tmp_path, PORT="8123")

    assert found["SITE_URL"] == "http://localhost:8123"
    assert found["SECURE_HSTS_SECONDS"] == 0


def test_secret_key_is_made_once_and_only_for_its_owner(tmp_path):
    first = read_settings(tmp_path)["SECRET_KEY"]
    second = read_settings(tmp_path)["SECRET_KEY"]

    assert first == second
    assert len(first) > 60
    assert (tmp_path / "secrets" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_secret_key_from_the_environment_wins(tmp_path):
    assert read_settings(tmp_path, SECRET_KEY="from-the-vault")["SECRET_KEY"] == "from-the-vault"
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SITE_URL", "news.example.org", "SITE_URL is 'news.example.org'"),
        ("SITE_URL", "https://news.example.org/paper", "nothing after the host"),
        ("TIME_ZONE", "Mars/Olympus", "a name like Europe/London"),
        ("NEWSLETTER_TIME", "half past five", "a time of day such as 07:00"),
        ("NEWSLETTER_TIME", "24:00", "NEWSLETTER_TIME is '24:00'"),
        ("CURRENCY", "euro", "three capital letters"),
        ("CURRENCY", "KWD", "more than two decimals"),
        ("PORT", "eight thousand", "PORT"),
        ("DEBUG", "maybe", "DEBUG"),
        ("PORT", "99999", "PORT"),
        ("WORKERS", "0", "WORKERS"),
        ("RIGHTS_EMAIL", "foo", "RIGHTS_EMAIL"),
        ("LANGUAGE_CODE", "xx", "LANGUAGE_CODE"),
        ("PUBLICATION_NAME", "", "PUBLICATION_NAME"),
        ("FEED_TEXT", "headlines", "FEED_TEXT"),
        ("VAR_DIR", "/proc/x", "/proc/x"),
        ("DATABASE_URL", "sqlite:///paper.db", "PostgreSQL is the only database"),
    ],
)
def test_unusable_value_ends_in_one_plain_line(tmp_path, name, value, says):
    said = read_settings(tmp_path, **{name: value})

    assert says in said
    assert len(said.splitlines()) == 1
