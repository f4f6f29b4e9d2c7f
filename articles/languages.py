"""What language a text is in, as BCP 47 tags, and which way it runs."""

from babel import Locale, UnknownLocaleError
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
