"""What a licence says, as plain values: signed, printed, packed and verified without a database."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class LicensedPicture:
    """A picture that goes with the story: its number among the story's figures, and whose it is."""

    number: int  # the figure's position in the story, from 1
    short_id: str
    caption: str
    alt_text: str
    credit: str
    holder: str  # copyright holder; "" where it is the licensor
    sha256: str  # of the original file, in hexadecimal


@dataclass(frozen=True)
class LicenceFacts:
    """Everything that a licence says. Words are the rate card's of the day, keys are for machines."""

    reference: str  # such as K7M4-2QX3
    url: str  # its public page
    issued_at: datetime  # aware
    licensor: str  # the publication's name
    licensor_url: str
    licensee: str  # the organisation
    country: str  # the licensee's, ISO 3166-1 alpha-2

    short_id: str  # of the story
    headline: str
    byline: str
    story_url: str  # the story's permanent address, canonical for copies
    first_published_on: date
    source: str  # the publication that the story came from, as the credit line names it
    revision: int  # which text was licensed, and
    revision_sha256: str  # its fingerprint, in hexadecimal

    medium: str  # one of licensing.models.cards.Medium: "web", "print", ...
    medium_words: str
    territory_words: str
    countries: tuple[str, ...]  # ISO 3166-1 alpha-2; empty means the whole world
    term_words: str
    starts_on: date
    ends_on: date | None  # the last day; None means without end
    audience_words: str
    most_readers: int | None  # None means no limit
    portion_words: str
    most_words: int | None  # of an excerpt; None means the whole text
    may_translate: bool
    pictures: tuple[LicensedPicture, ...]

    fee: Decimal
    currency: str  # ISO 4217
    terms_url: str
    terms_version: int
    terms_sha256: str  # of the accepted text

    @property
    def credit_line(self) -> str:
        """The line that every copy carries."""
        return f"First published by {self.source}, {self.first_published_on:%-d %B %Y}. Republished under licence {self.reference}."
