"""The characters that every format can hold."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace

# Controls, halves of surrogate pairs and non-characters: XML 1.0 has no place for most of them, HTML for none.
UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Return the text without what cannot be printed, its lines ended as everywhere."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_space(text: str) -> str:
    """Return the text with every run of spaces, tabs and line ends as one space; spaces that do not break stay."""
    return re.sub("[ \t\n\u2028\u2029]+", " ", text)


def one_line(text: str) -> str:
    """Return the text, if printable, as a line without spaces at its ends."""
    return one_space(printable(text)).strip(" ")


def changed(value, change: Callable[[str], str]):
    """Return the value with all strings in it (of dicts, lists, tuples and dataclasses) changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: changed(held, change) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(changed(held, change) for held in value)
    if is_dataclass(value):
        return replace(value, **{field.name: changed(getattr(value, field.name), change) for field in fields(value)})
    return value


def clipped(text: str, most_bytes: int) -> bytes:
    """Return the text in UTF-8, cut between characters so that it is no longer than so many bytes."""
    return text.encode()[:most_bytes].decode(errors="ignore").encode()
