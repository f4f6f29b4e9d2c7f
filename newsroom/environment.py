"""Typed readers of the environment, beyond those of environs: each refuses what it cannot use, and says what to do."""

import os
import re
import secrets
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones

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


def currency(env: Env, default: str) -> str:
    """Return CURRENCY, three capital letters of ISO 4217."""
    code = env.str("CURRENCY", default)
    if not re.fullmatch(r"[A-Z]{3}", code):
        refuse(f"CURRENCY is {code!r}; it must be three capital letters such as EUR.")
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
