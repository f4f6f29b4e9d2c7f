"""Languages, as Django names them, in the names and the directions that files state."""

from articles import languages


def language_tag(language: str) -> str:
    """Return Django's name of a language as a tag of BCP 47: "en-gb" is en-GB."""
    first, *others = language.split("-")
    return "-".join([first, *(other.title() if len(other) == 4 else other.upper() for other in others)])


def direction(language: str) -> str:
    """Return the direction that a language is written in, "ltr" or "rtl"."""
    return languages.direction(language_tag(language))
