"""Verify a licence or a package, with nothing but joserfc and Python: python -m licensing.proof FILE --keys jwks.json"""

import argparse
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from .reading import NotGenuine
from .verifying import verify

HELP = "Say whether a package (the ZIP, or the folder it was unpacked to) or a licence (licence.jws) is genuine, and what it permits."


def main(arguments: list[str] | None = None, program: str | None = None) -> int:
    """Run with these arguments (those of the command line); return 0 for genuine, 1 for not, 2 where nothing could be verified."""
    parser = argparse.ArgumentParser(prog=program or "python -m licensing.proof", description=HELP)
    add_arguments(parser)
    chosen = parser.parse_args(arguments)
    return report(chosen.file, chosen.keys)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what it is to be run with."""
    parser.add_argument("file", type=Path, help="the package or the licence")
    parser.add_argument("--keys", type=Path, required=True, help="the publication’s public keys: the file that it serves as /.well-known/jwks.json")


def report(file: Path, keys: Path, today: date | None = None) -> int:
    """Print what is genuine, or to stderr why not; return what main() returns."""
    try:
        lines = verify(file, _key_set(keys)).lines(today or datetime.now(UTC).astimezone().date())
    except NotGenuine as problem:
        return _say(sys.stderr, [f"Not genuine. {problem}"], 1)
    except (OSError, ValueError) as problem:
        text = f"{problem.filename} cannot be read: {problem.strerror}." if isinstance(problem, OSError) else str(problem)
        return _say(sys.stderr, [text], 2)
    return _say(sys.stdout, lines, 0)


def _key_set(path: Path) -> dict:
    """Return the JWK set in a file; raises ValueError where it is none."""
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list) or not all(isinstance(key, dict) for key in found["keys"]):
        raise ValueError(f"{path} is no set of public keys: it has to be a JWK set, as the publication serves it at /.well-known/jwks.json.")
    return found


def _say(stream, lines: list[str], code: int) -> int:
    """Print lines, a mark for whatever would steer a terminal or that it cannot show, and return the code."""
    for line in lines:
        shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)
        encoding = stream.encoding or "utf-8"
        try:
            stream.write(shown.encode(encoding, "replace").decode(encoding) + "\n")
            stream.flush()
        except BrokenPipeError:  # whoever reads has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return code


if __name__ == "__main__":
    sys.exit(main())
