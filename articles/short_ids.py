"""Short ids: seven letters and digits that can be read aloud and never spell a word (no vowels, no 0, 1 or l)."""

import secrets

ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 7
PATTERN = f"[{ALPHABET}]{{{LENGTH}}}"


def make_short_id() -> str:
    """Return one of 10 billion ids; the database's unique constraint catches the twin that will never come."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
