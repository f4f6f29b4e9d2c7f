"""Verifying what a licensee has: a package (the ZIP, or the folder it was unpacked to), or the licence alone."""

import hashlib
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from .reading import LONGEST, MANIFEST, NotGenuine, opened, read
from .unpacking import Contents, in_zip, refuse_endless_list, refuse_too_much

PROOFS = {"manifest.json", "manifest.jws"}  # which the manifest itself cannot list


@dataclass(frozen=True)
class Verdict:
    """What was found to be genuine: a licence, as reading.read() returns it, and with a package its manifest."""

    licence: dict
    manifest: dict | None = None

    def lines(self, today: date) -> list[str]:
        """Return what was found, in sentences."""
        facts = self.licence["licence"]
        genuine = f"Genuine: licence {facts['reference']}, issued by {facts['licensor']} on {_day(facts['issued_at'][:10])}."
        story = [f"Story: {facts['headline']}", f"By {facts['byline']}, in revision {facts['revision']}: {facts['story_url']}"]
        ask = f"Whether it was revoked since then cannot be known off-line. This page knows: {facts['url']}"
        return [genuine, *self._package(), *story, *self.licence["in_words"], f"Credit line: {facts['credit_line']}", self._term(today), ask]

    def _package(self) -> list[str]:
        if not self.manifest:
            return ["This is the licence alone: it says nothing of the files that it came with."]
        count, delivered, licensed = len(self.manifest["files"]), self.manifest["revision"], self.licence["licence"]["revision"]
        lines = [
            f"Its package is as it was sealed on {_day(self.manifest['packed_at'][:10])}: none of its {count} files was changed, none added or lost."
        ]
        if delivered > licensed:
            lines.append(f"It holds the story in revision {delivered}: corrected since revision {licensed} was licensed.")
        return lines

    def _term(self, today: date) -> str:
        facts = self.licence["licence"]
        if today < date.fromisoformat(facts["starts_on"]):
            return f"Not in force yet: it begins on {_day(facts['starts_on'])}."
        if facts["ends_on"] and today > date.fromisoformat(facts["ends_on"]):
            return f"No longer in force: it ended on {_day(facts['ends_on'])}."
        until = f"until {_day(facts['ends_on'])}" if facts["ends_on"] else "without end"
        return f"In force today, {_day(str(today))}, and {until}."


def verify(path: Path, keys: dict) -> Verdict:
    """Verify a package or a licence against a JWK set; raises NotGenuine, and OSError where a file cannot be read."""
    if path.is_dir():
        return _verify_package(_in_folder(path), keys)
    with path.open("rb") as file:
        start = file.read(LONGEST * 2)
    if not start:
        raise NotGenuine("The file is empty.")
    try:
        if start.startswith(b"PK"):
            refuse_endless_list(path)
            with ZipFile(path) as archive:
                return _verify_package(in_zip(archive), keys)
    except (BadZipFile, EOFError, OSError, RuntimeError, ValueError, struct.error, zlib.error):  # zipfile’s ways to say so
        raise NotGenuine("The package is damaged: it cannot be unpacked.") from None
    if not start.startswith(b"eyJ"):  # which is {" in Base64
        raise NotGenuine("This is neither a package nor a licence. A story alone proves nothing: verify the ZIP it came in, or the file licence.jws.")
    return Verdict(read(start.decode("ascii", "replace").strip(), keys))


def _verify_package(contents: Contents, keys: dict) -> Verdict:
    signed = opened(_whole(contents, "manifest.jws").decode("ascii", "replace"), keys, MANIFEST)
    if _whole(contents, "manifest.json") != signed:
        raise NotGenuine("manifest.json does not say what was signed as manifest.jws.")
    manifest = json.loads(signed)
    listed, found = set(manifest["files"]), set(contents) - PROOFS
    if missing := sorted(listed - found):
        raise NotGenuine(f"{missing[0]} is missing from the package.")
    if added := sorted(found - listed):
        raise NotGenuine(f"{added[0]} does not belong to the package: it was added.")
    for name, fingerprint in manifest["files"].items():
        if _fingerprint(contents[name]) != fingerprint:
            raise NotGenuine(f"{name} is not as it was delivered: it was changed.")
    licence = read(_whole(contents, "licence.jws").decode("ascii", "replace"), keys)
    _refuse_another(licence["licence"], manifest)
    return Verdict(licence, manifest)


def _refuse_another(licence: dict, manifest: dict) -> None:
    """Refuse a package whose licence is not the one that it was sealed for; a later text is a correction, an earlier one is not."""
    if manifest["licence"] != licence["reference"]:
        raise NotGenuine(f"The package is sealed for licence {manifest['licence']}, and holds licence {licence['reference']}.")
    same = manifest["revision"] == licence["revision"]
    if manifest["revision"] < licence["revision"] or same and manifest["revision_sha256"] != licence["revision_sha256"]:
        raise NotGenuine("The package holds another text than the one that was licensed.")


def _in_folder(path: Path) -> Contents:
    """Return the files of an unpacked package: of the folder itself, or of the only folder in it."""
    inside = list(path.iterdir())
    root = inside[0] if len(inside) == 1 and inside[0].is_dir() else path
    contents, size = {}, 0
    for file in root.rglob("*"):
        name = file.relative_to(root).as_posix()
        if file.is_symlink() or not (file.is_dir() or file.is_file()):
            raise NotGenuine(f"{name} is no file, but leads elsewhere.")
        if file.is_file():
            contents[name] = lambda file=file: file.open("rb")
            size += file.stat().st_size
            refuse_too_much(len(contents), size)
    return contents


def _whole(contents: Contents, name: str) -> bytes:
    """Return the content of one of the proofs."""
    if name not in contents:
        raise NotGenuine(f"This is no package of ours, or not all of it: {name} is missing.")
    with contents[name]() as file:
        return file.read(LONGEST * 2)


def _fingerprint(open_file: Callable[[], BinaryIO]) -> dict:
    """Return size and SHA-256 of a file, which is read a piece at a time."""
    digest, size = hashlib.sha256(), 0
    with open_file() as file:
        while piece := file.read(1_000_000):
            digest.update(piece)
            size += len(piece)
    return {"sha256": digest.hexdigest(), "size": size}


def _day(written: str) -> str:
    day = date.fromisoformat(written)
    return f"{day.day} {day:%B %Y}"
