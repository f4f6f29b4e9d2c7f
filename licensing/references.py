"""References of orders and licences: short, readable over the telephone, with a check character."""

import re
import secrets

from stdnum.iso7064 import mod_37_36

ALPHABET = "23456789BCDFGHJKMNPQRSTWXZ"  # 26 characters, as MOD 27,26 of ISO 7064 needs; no vowels, no 0, 1, L or V
LENGTH = 8  # the check character included
PATTERN = f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}"


def make_reference() -> str:
    """Return one of 8 billion references, such as K7M4-2QX3; the last character follows from the others (ISO 7064, MOD 27,26)."""
    number = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return _in_groups(number + mod_37_36.calc_check_digit(number, alphabet=ALPHABET))


def as_written(typed: str) -> str:
    """Return a reference as we write it, however it was typed: in small letters, with spaces, without the dash."""
    return _in_groups(re.sub(r"[^0-9A-Z]", "", typed.upper()))


def is_sound(reference: str) -> bool:
    """Whether a reference can be one of ours: one wrong character, and nearly every two that changed places, show."""
    return bool(re.fullmatch(PATTERN, reference)) and mod_37_36.is_valid(reference.replace("-", ""), alphabet=ALPHABET)


def _in_groups(characters: str) -> str:
    return f"{characters[:4]}-{characters[4:]}"
