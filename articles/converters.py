"""The variable parts of an address; what does not look like one is not found, without asking the database."""

import re

from articles import renditions, short_ids, slugs
from articles.feeds.formats import FORMATS


class Slug:
    """A slug in any script."""

    regex = slugs.PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ShortId(Slug):
    """A story's or picture's short id."""

    regex = short_ids.PATTERN


class Secret(Slug):
    """The secret of a link: its number, signed (django.core.signing)."""

    regex = r"[1-9][0-9]{0,17}\.[-_A-Za-z0-9]{43}"


class RenditionName(Slug):
    """A copy of a picture: its shape, its width and its kind."""

    regex = renditions.NAME


class FeedName(Slug):
    """The file of a feed, which names its format."""

    regex = "|".join(map(re.escape, FORMATS))


class Year:
    """A year, in four digits."""

    regex = "[12][0-9]{3}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04d}"


class TwoDigits(Year):
    """A month or a day, in two digits."""

    regex = "[0-3][0-9]"

    def to_url(self, value: int) -> str:
        return f"{value:02d}"
