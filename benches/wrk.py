"""wrk: how it is called, and what it says."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

CONNECTIONS = 16
ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "benches" / "addresses.lua"
MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1_000, "m": 60_000}


@dataclass(frozen=True)
class Run:
    """What one run of wrk came to: times in milliseconds."""

    requests: int
    rate: float
    p50: float
    p99: float


def run(url: str, seconds: int, headers: tuple[str, ...] = (), addresses: Path | None = None) -> tuple[Run, str]:
    """Ask for an address, or for those that a file names, as fast as they come; return what it came to, and wrk's own words.

    Ends in words where anything but 200 was answered.
    """
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "--timeout=20s"]
    command += [part for header in headers for part in ("-H", header)]
    command += [f"--script={SCRIPT}", url, "--", str(addresses)] if addresses else [url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    said = f"{' '.join(command)}\n{said}".replace(f"{ROOT}/", "")
    if "Non-2xx" in said or re.search("timeout [^0]", said):
        sys.exit(f"Not every request was answered with 200:\n{said}")
    return read(said), said


def read(said: str) -> Run:
    """Return what wrk printed with --latency."""
    times = {percent: float(number) * MILLISECONDS[unit] for percent, number, unit in re.findall(r"^ +(50|99)% +([\d.]+)(us|ms|s|m) *$", said, re.M)}
    requests = re.search(r"^ +(\d+) requests in", said, re.M)
    rate = re.search(r"^Requests/sec: +([\d.]+)", said, re.M)
    return Run(int(requests[1]), float(rate[1]), times["50"], times["99"])


def middle(runs: list[Run]) -> Run:
    """Return the median of each figure."""
    return Run(sum(run.requests for run in runs), *(median(getattr(run, name) for run in runs) for name in ("rate", "p50", "p99")))
