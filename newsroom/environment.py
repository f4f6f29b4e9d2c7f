"""Typed readers of the environment, beyond those of environs: each refuses what it cannot use, and says what to do."""

import os
import re
import secrets
from datetime import time
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones

from babel.numbers import get_currency_precision, is_currency
from environs import Env, EnvValidationError


def refuse(message: str) -> NoReturn:
    """Say what is wrong with a setting; the way in (newsroom.startup) ends with this line."""
    raise EnvValidationError(message, [message])


def site_url(env: Env, default: str) -> SplitResult:
    """Return SITE_URL in its parts: scheme and host, and nothing after them."""
    text = env.str("SITE_URL", default).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.username:
        refuse(f"SITE_URL is {text!r}; it must be like https://news.example.org, with nothing after the host.")
    return parts


def time_zone(env: Env, default: str) -> str:
    """Return TIME_ZONE, a name of the IANA database such as Europe/London."""
    name = env.str("TIME_ZONE", default)
    if name not in available_timezones():
        refuse(f"TIME_ZONE is {name!r}; it must be a name like Europe/London or Asia/Singapore.")
    return name


def clock_time(env: Env, name: str, default: str) -> time:
    """Return a time of day on the publication's own clock, such as 17:30."""
    text = env.str(name, default)
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        refuse(f"{name} is {text!r}; it must be a time of day such as 07:00 or 17:30.")
    return time.fromisoformat(text)


def currency(env: Env, default: str) -> str:
    """Return CURRENCY, three capital letters of ISO 4217."""
    code = env.str("CURRENCY", default)
    if not is_currency(code):
        refuse(f"CURRENCY is {code!r}; it must be a currency of ISO 4217 in three capital letters, such as EUR.")
    if get_currency_precision(code) > 2:
        refuse(f"CURRENCY is {code}, which has more than two decimals; the archive keeps prices with two.")
    return code


def secret(env: Env, name: str, folder: Path) -> str:
    """Return a secret from the environment, else from its file in `folder`, made on first use."""
    if value := env.str(name, ""):
        return value
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name.lower()
    if not path.exists():
        draft = folder / f".{name.lower()}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            path.hardlink_to(draft)  # whoever comes second keeps the first one's secret
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
