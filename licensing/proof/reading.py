"""Reading what was signed: JSON Web Signatures (RFC 7515) in the compact form, by Ed25519.

The algorithm is called Ed25519 (RFC 9864), not EdDSA (RFC 8037): the signature is the same, but EdDSA names a family, is deprecated since
2025, and joserfc warns of it. Verifiers that are older than RFC 9864 know only EdDSA; they take the same bytes and key by hand.
"""

import json

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

ALGORITHM = "Ed25519"
LICENCE = "licence+jwt"  # what a signature is for, in its header: neither can be shown for the other
MANIFEST = "licence-manifest+json"
LONGEST = 10_000_000  # bytes of a signed text

REGISTRY = jws.JWSRegistry(algorithms=[ALGORITHM])
REGISTRY.max_payload_length = LONGEST


class NotGenuine(Exception):
    """What was shown is not what the publication signed; the text says why, in a sentence."""


def read(token: str, keys: dict) -> dict:
    """Return what a licence says (see signing.sign_licence), verified against a JWK set; raises NotGenuine."""
    return json.loads(opened(token, keys, LICENCE))


def opened(token: str, keys: dict, kind: str) -> bytes:
    """Return the text that was signed as a licence or manifest (`kind`); raises NotGenuine."""
    try:
        signed = jws.extract_compact(token.encode("ascii"), registry=REGISTRY)
        header = signed.headers()
        REGISTRY.check_header(header)
    except (JoseError, ValueError, TypeError):
        raise NotGenuine("This is not a licence: it is no signed text.") from None
    if header.get("typ") != kind:
        raise NotGenuine(f"This is signed, but as {header.get('typ', 'something else')!r}, not as {kind!r}.")
    if not _is_signed_by(_key(keys, header.get("kid")), signed):
        raise NotGenuine("The signature does not match: the text was changed after it was signed, or somebody else signed it.")
    return signed.payload


def _key(keys: dict, kid: str | None) -> dict:
    """Return the public key with this name."""
    for key in keys["keys"]:
        if kid and key.get("kid") == kid:
            return key
    raise NotGenuine(f"It was signed with the key {kid!r}, which is not among the publication’s keys; if they are old, fetch them again.")


def _is_signed_by(key: dict, signed: jws.CompactSignature) -> bool:
    try:
        return jws.validate_compact(signed, OKPKey.import_key({name: key.get(name) for name in ("kty", "crv", "x")}), registry=REGISTRY)
    except (JoseError, ValueError):
        return False
