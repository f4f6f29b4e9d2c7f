"""What language a text is in, as BCP 47 tags, and which way it runs."""

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.core.exceptions import ValidationError


def check(tag: str) -> None:
    """Raise ValidationError for what is no language tag, in words."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValidationError(f"“{tag}” is no language tag. It looks like en, pt-BR or ar.") from None


def direction(tag: str) -> str:
    """Return "rtl" for a language that is written from right to left, else "ltr"."""
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
