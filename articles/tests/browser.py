"""The system's Chromium, watched: an error in a page's console fails the test."""

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
REFUSED = "the server responded with a status of 4"  # what Chromium says of a withdrawn story, and of a page that is nowhere


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Chromium; where there is none the test is skipped, but never in CI."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not program:
        reason = "There is no Chromium on this machine, so nothing was tried in a browser."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def visitor(chromium: Browser, address: str, bears: Collection[str] = (), **options) -> Iterator[BrowserContext]:
    """Open a browser without cookies; at its end, fail with whatever its pages complained of (the CSP's violations included), but what it bears."""
    complaints = []
    context = chromium.new_context(base_url=address, locale="en-GB", **options)
    context.set_default_timeout(20_000)
    context.on("console", lambda message: complaints.append(f"{message.page.url}: {message.text}") if _is_unexpected(message) else None)
    context.on("weberror", lambda error: complaints.append(f"{error.page.url}: {error.error}"))
    try:
        yield context
    finally:
        context.close()
    complaints = [each for each in complaints if not any(words in each for words in bears)]
    assert not complaints, "\n".join(complaints)


def _is_unexpected(message: ConsoleMessage) -> bool:
    """Whether it is an error, and not only the status of the page itself."""
    return message.type == "error" and not (REFUSED in message.text and message.location["url"] == message.page.url)
