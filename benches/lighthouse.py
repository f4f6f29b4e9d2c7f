"""Lighthouse's scores of the pages that matter most: `make lighthouse`. A site of its own is served from a temporary folder, and goes with it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
LIGHTHOUSE = ROOT / "var" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
RUNS = int(os.environ.get("RUNS", "5"))
STORY = "/2025/09/03/hallow-38-per-cent-pump/"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
CHROME = "--headless=new --no-sandbox --disable-dev-shm-usage"


def main() -> None:
    """Print, for each page, the medians of RUNS runs: the four scores, the layout shift, and when the largest thing was there."""
    with tempfile.TemporaryDirectory() as folder, served(folder) as port:
        story = fetched(port, STORY)
        pages = {"front": "/", "article": STORY, "topic": first_link(story, "/topic/"), "purchase": first_link(story, "/republish/")}
        say(f"{'page':10}{'performance':>12}{'access':>8}{'practice':>10}{'seo':>5}{'shift':>8}{'largest, s':>12}   (mobile, medians of {RUNS})")
        for name, address in pages.items():
            runs = [run(f"http://localhost:{port}{address}") for _ in range(RUNS)]
            *scores, shift, largest = [median(values) for values in zip(*runs, strict=True)]
            say(f"{name:10}{scores[0]:12.0f}{scores[1]:8.0f}{scores[2]:10.0f}{scores[3]:5.0f}{shift:8.3f}{largest:12.2f}")


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def run(url: str) -> list[float]:
    """Return the four scores of 100, the cumulative layout shift, and the largest contentful paint in seconds; name what failed."""
    flags = ["--quiet", "--output=json", f"--chrome-flags={CHROME}", f"--only-categories={','.join(CATEGORIES)}"]
    environment = os.environ | {"CHROME_PATH": os.environ.get("CHROME_PATH", "/usr/bin/chromium")}
    for _ in range(3):  # now and then Chromium does not come up
        done = subprocess.run([str(LIGHTHOUSE), url, *flags], check=False, capture_output=True, env=environment, timeout=300)
        if done.returncode == 0:
            break
    else:
        sys.exit(f"Lighthouse cannot load {url}:\n{done.stderr.decode()[-1000:]}")
    report = json.loads(done.stdout)
    audits = report["audits"]
    for name in CATEGORIES[1:]:
        for reference in report["categories"][name]["auditRefs"]:
            if reference["weight"] and audits[reference["id"]]["score"] not in {1, None}:
                say(f"  {url}: {audits[reference['id']]['title']}")
    scores = [100 * report["categories"][name]["score"] for name in CATEGORIES]
    return [*scores, audits["cumulative-layout-shift"]["numericValue"], audits["largest-contentful-paint"]["numericValue"] / 1000]


@contextmanager
def served(folder: str) -> Iterator[int]:
    """Serve a new site with the seeds until the end; yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"VAR_DIR": folder, "PORT": str(port), "LOAD_SEEDS": "true"}
    process = subprocess.Popen([sys.executable, "manage.py", "run"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def wait_for(port: int, seconds: int = 120) -> None:
    """Wait until the site answers, and the jobs have made the pictures of the pages that are measured."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(OSError):
            if not any("picture--missing" in fetched(port, path) for path in ("/", STORY)):
                return
        time.sleep(0.5)
    sys.exit("The site does not answer, or its pictures are not made.")


def fetched(port: int, path: str) -> str:
    connection = HTTPConnection("localhost", port, timeout=20)
    connection.request("GET", path)
    page = connection.getresponse().read().decode()
    connection.close()
    return page


def first_link(page: str, beginning: str) -> str:
    """Return the first address of a page that begins so."""
    return beginning + page.split(f'href="{beginning}', 1)[1].split('"', 1)[0]


if __name__ == "__main__":
    main()
