"""What the process of the site takes: how long until it answers, and how its memory grows."""

import time
from pathlib import Path
from statistics import median

import pages
import serving

SLICE = 2  # seconds of one kind of requests


def start_up(runs: int, address: str) -> dict[str, dict]:
    """Return how long gunicorn takes from its start to the first 200, and to the first page; the limit is a bare callable."""
    ours, bare = [], []
    for _ in range(runs):
        ours.append(_started(address))
        bare.append(_started("/healthz", "benches.bare"))
    (answers, shows), limit = (map(median, zip(*ours, strict=True))), median(first for first, _ in bare)
    return {
        "start-up, first 200": {"p50": answers, "of_limit": limit / answers},
        "start-up, first page": {"p50": shows, "of_limit": limit / shows},
    }


def _started(address: str, *application: str) -> tuple[float, float]:
    """Return the milliseconds to the first 200, and to the first page."""
    began = time.perf_counter()
    with serving.gunicorn(*application) as server:
        answers = time.perf_counter()
        serving.wait_for(server, address)
        return 1000 * (answers - began), 1000 * (time.perf_counter() - began)


def memory(measured: list[pages.Page], most: int, folder: Path) -> tuple[dict[int, float], str]:
    """Return the megabytes of one worker that is never replaced, by the number of requests that it has answered.

    In turns: stored pages, more stories than the store holds, and pages rendered anew.
    """
    several = [page for page in measured if len(page.addresses) > 1 and not page.is_through_nginx]
    stored = [address for page in several if page.is_stored for address in page.addresses]
    every = [address for page in several for address in page.addresses]
    kinds = [(stored, ()), (every, ("Accept-Encoding: gzip",)), (every, (pages.ROUND_THE_STORE,))]
    answered, samples, said = 0, {}, ["### memory of a worker\n"]
    with serving.gunicorn("newsroom.wsgi", "--max-requests=0", WORKERS="1") as site:
        [worker] = site.workers
        while answered < most:
            for addresses, headers in kinds:
                run, words = pages.ask(site, addresses, (f"Host: localhost:{site.port}", *headers), SLICE, folder)
                answered += run.requests
                said.append(words)
            samples[answered] = _megabytes(worker)
            said.append(f"{answered} requests, {samples[answered]:.1f} MB\n")
    return samples, "\n".join(said)


def _megabytes(process: int) -> float:
    """Return how much of a process is in memory, what it shares included."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
