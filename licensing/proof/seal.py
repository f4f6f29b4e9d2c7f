"""Sealing what a licensee gets: one ZIP with a signed list of its files."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone

from licensing.facts import LicenceFacts

from .reading import MANIFEST
from .signing import sign
from .unpacking import is_safe
from .verifying import PROOFS, Verdict, verify

__all__ = ["Verdict", "seal", "verify"]


def seal(files: Mapping[str, bytes], facts: LicenceFacts, revision: int, revision_sha256: str, packed_at: datetime) -> bytes:
    """Return a ZIP of `files` (name to content, licence.jws among them) with manifest.json and manifest.jws, in a folder named by the reference.

    `revision` is the text that is delivered: the licensed one, or a later one that corrects it. The same values under the same key give the
    same bytes. Raises ValueError where licence.jws is missing, or a name is not ours to give.
    """
    if refused := [name for name in files if name in PROOFS or not is_safe(name)]:
        raise ValueError(f"A package cannot hold a file named {refused[0]!r}.")
    if "licence.jws" not in files:
        raise ValueError("A package needs licence.jws.")
    manifest = {
        "licence": facts.reference,
        "revision": revision,
        "revision_sha256": revision_sha256,
        "packed_at": timezone.localtime(packed_at).isoformat(timespec="seconds"),
        "files": {name: {"sha256": sha256(files[name]).hexdigest(), "size": len(files[name])} for name in sorted(files)},
    }
    listed = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    return _zipped({**files, "manifest.json": listed, "manifest.jws": sign(listed, MANIFEST).encode()}, facts.reference, packed_at)


def _zipped(files: Mapping[str, bytes], folder: str, packed_at: datetime) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = ZipInfo(f"{folder}/{name}", packed_at.astimezone(UTC).timetuple()[:6])
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # whatever system it is packed on
            archive.writestr(entry, files[name], ZIP_DEFLATED)
    return content.getvalue()
