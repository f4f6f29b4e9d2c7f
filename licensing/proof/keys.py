"""The keys that licences are signed with: Ed25519 (RFC 8037), one JWK (RFC 7517) a file beside the other secrets.

A new key takes the place of the last one, which stays: what it signed can be verified for ever.
"""

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from joserfc.jwk import OKPKey

from .reading import ALGORITHM


def current() -> OKPKey:
    """Return the private key that signs today, made on first use; processes that start at once agree on one."""
    if not _files():
        _make(1)
    return OKPKey.import_key(json.loads(_files()[-1].read_bytes()))


def rotate() -> OKPKey:
    """Make a new key, which signs from now on, and return it."""
    _make(max([int(path.stem) for path in _files()], default=0) + 1)
    return current()


def public_set(extra: Iterable[dict] = ()) -> dict:
    """Return the JWK set of every public key there ever was, oldest first: those of the files here, and those in `extra`."""
    keys = {}
    for jwk in [*(json.loads(path.read_bytes()) for path in _files()), *extra]:
        public = _public(jwk)
        keys.setdefault(public["kid"], public)
    return {"keys": sorted(keys.values(), key=lambda key: key["iat"])}


def _public(jwk: dict) -> dict:
    """Return the public part of a key, and nothing else of it; its name is its thumbprint (RFC 7638)."""
    numbers = {name: jwk[name] for name in ("kty", "crv", "x")}
    return numbers | {"kid": OKPKey.import_key(numbers).thumbprint(), "use": "sig", "alg": ALGORITHM, "iat": jwk["iat"]}


def _files() -> list[Path]:
    """Return the files of the private keys, in the order in which they were made."""
    return sorted((settings.SECRETS_DIR / "licence-keys").glob("*.jwk"), key=lambda path: int(path.stem))


def _make(number: int) -> None:
    """Make the key with this number, unless another process was first."""
    key = OKPKey.generate_key("Ed25519")
    jwk = key.as_dict(private=True) | {"kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM, "iat": int(time.time())}
    folder = settings.SECRETS_DIR / "licence-keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder) as draft:  # which only its owner can read
        draft.write(json.dumps(jwk).encode())
        draft.flush()
        os.fsync(draft.fileno())
        with contextlib.suppress(FileExistsError):
            (folder / f"{number}.jwk").hardlink_to(draft.name)
