"""Signing: a licence as a JSON Web Token that proves itself, without this site and for ever."""

import json
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from joserfc import jws

from licensing.facts import LicenceFacts

from . import keys, odrl
from .reading import ALGORITHM, LICENCE, REGISTRY, NotGenuine, read

__all__ = ["NotGenuine", "read", "sign", "sign_licence"]


def sign_licence(facts: LicenceFacts) -> str:
    """Return a licence as a compact JWS.

    Its payload has the claims of a JWT (iss the publication, sub the story, jti the reference, iat the day of issue), `licence` (every fact, under
    the names of LicenceFacts, amounts and days as text), `in_words` (the scope in sentences) and `odrl` (the same for machines). It has no exp:
    a licence whose term has ended is still genuine, and `licence` says from when until when it is in force.
    """
    payload = {
        "iss": facts.licensor_url,
        "sub": facts.story_url,
        "jti": facts.reference,
        "iat": int(facts.issued_at.timestamp()),
        "licence": asdict(facts) | {"credit_line": facts.credit_line},
        "in_words": odrl.in_words(facts),
        "odrl": odrl.agreement(facts),
    }
    return sign(json.dumps(payload, ensure_ascii=False, default=_plain).encode(), LICENCE)


def sign(text: bytes, kind: str) -> str:
    """Return `text` signed with the current key, as a licence or a manifest (`kind`)."""
    key = keys.current()
    return jws.serialize_compact({"alg": ALGORITHM, "typ": kind, "kid": key.kid}, text, key, registry=REGISTRY)


def _plain(value: date | datetime | Decimal) -> str:
    """Return amounts, days and moments as text; moments on the publication's own clock."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return str(value)
