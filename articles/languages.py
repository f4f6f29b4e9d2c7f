"""What language a text is in, as BCP 47 tags, and which way it runs."""

import re

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.core.exceptions import ValidationError

SHAPE = re.compile(r"(?!und\b)[a-z]{2,3}(?:-([a-z]{4}))?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*", re.IGNORECASE)  # RFC 5646, 2.1
FROM_RIGHT = {"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}  # scripts


def check(tag: str) -> None:
    """Raise ValidationError for what is no language tag, in words."""
    try:
        if not SHAPE.fullmatch(tag):
            raise ValueError(tag)
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValidationError(f"“{tag}” is no language tag. It looks like en, pt-BR or ar.") from None


def direction(tag: str) -> str:
    """Return "rtl" for a language that is written from right to left, else "ltr"."""
    if (shape := SHAPE.fullmatch(tag)) and shape[1]:
        return "rtl" if shape[1].title() in FROM_RIGHT else "ltr"
    return "rtl" if Locale.parse(tag, sep="-").character_order == "right-to-left" else "ltr"


def with_territory(tag: str) -> str:
    """Return a language tag as Open Graph writes it, such as en_GB; where it names no territory, with the one that CLDR thinks likeliest."""
    try:
        found = Locale.parse(tag, sep="-")
    except UnknownLocaleError:  # Django speaks one that CLDR does not
        return tag.partition("-")[0]
    likely = get_global("likely_subtags")
    territory = found.territory or (likely.get(str(found)) or likely.get(found.language, "")).rpartition("_")[2]
    return f"{found.language}_{territory}" if territory.isalpha() else found.language
