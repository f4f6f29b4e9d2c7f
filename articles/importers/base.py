"""What every importer gives, and how it says no."""

from dataclasses import dataclass


class Refused(Exception):
    """A file, or a story in it, that cannot be taken in; the text says why, in words for the person who sent it."""


@dataclass(frozen=True)
class ImportedStory:
    """A story as an importer read it. Whatever a format does not say stays empty."""

    headline: str
    body: str  # HTML; the archive sanitises it
    kicker: str = ""
    standfirst: str = ""
    dateline: str = ""
    lead_caption: str = ""
    authors: tuple[str, ...] = ()
    source: str = ""
    topics: tuple[str, ...] = ()
    key: str = ""  # the story's own name in its file, where a file holds several
