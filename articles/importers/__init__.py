"""Importers: each reads one format. A module with read(path) -> iterator of ImportedStory, and a line in FORMATS, is all of one."""

from . import page_text
from .base import ImportedStory, Refused

FORMATS = {"page-text": page_text.read}

__all__ = ["FORMATS", "ImportedStory", "Refused"]
