"""What a picture shows, as its file says it: read from an original when it comes in (IPTC Photo Metadata Standard), by its editor's leave."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO

from django.utils import timezone
from PIL.ExifTags import Base

from .embedded import embedded

# Of each fact the properties of XMP, the data sets of IIM and the tags of EXIF that hold it: the first way that says something is believed.
WAYS = {
    "caption": (["dc:description"], [120], [Base.ImageDescription]),
    "alt_text": (["Iptc4xmpCore:AltTextAccessibility"], [], []),
    "usage_terms": (["xmpRights:UsageTerms", "photoshop:Instructions"], [40], []),
    "place": (["Iptc4xmpCore:Location", "photoshop:City", "photoshop:Country"], [92, 90, 101], []),
    "taken_on": (["photoshop:DateCreated"], [55], [Base.DateTimeOriginal]),
}
MOST = {"caption": 1000, "alt_text": 400, "usage_terms": 2000, "place": 200}  # letters; the file keeps the rest
DAY = re.compile(r"(\d{4})[-:]?(\d\d)[-:]?(\d\d)(?!\d)")
FIRST_PHOTOGRAPH = date(1826, 1, 1)


@dataclass(frozen=True)
class Description:
    """What a picture shows, where and when; "" or None where the file does not say."""

    caption: str = ""
    alt_text: str = ""
    usage_terms: str = ""
    place: str = ""
    taken_on: date | None = None


def read(original: IO[bytes]) -> Description:
    """Return what an original says in XMP, else in IPTC-IIM, else in EXIF."""
    held = embedded(original)
    found = {}
    for fact, names in WAYS.items():
        ways = zip((held.by_xmp, held.by_iim, held.by_exif), names, strict=True)
        said = ([line for name in way for line in read_one(name)[:1]] for read_one, way in ways)
        found[fact] = _value(fact, next(filter(None, said), []))
    return Description(**found)


def _value(fact: str, lines: list[str]) -> str | date | None:
    """Return the lines of a fact as one value; a place is all that they name of it."""
    if fact == "taken_on":
        return _day(lines[0]) if lines else None
    text = ", ".join(dict.fromkeys(lines)) if fact == "place" else next(iter(lines), "")
    return text if len(text) <= MOST[fact] else f"{text[: MOST[fact] - 1].rstrip()}…"


def _day(text: str) -> date | None:
    """Return the day that a file says it was taken on, None for one that cannot be: a camera whose clock was never set, a day to come."""
    match = DAY.match(text)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
    return day if day and FIRST_PHOTOGRAPH <= day <= timezone.localdate() + timedelta(days=1) else None
