"""The archive's tables, by subject."""

from .addresses import FormerAddress, FormerAuthorSlug, FormerSectionSlug, FormerSourceSlug, FormerTopicSlug
from .bulk import BulkChange, BulkChangeStory
from .bylines import Contribution
from .desk import ArticleEvent, Note
from .entries import IndexEntry
from .front import FrontPageStory
from .imports import ImportedFile
from .pictures import Figure, Image
from .record import Correction, Revision
from .reports import ErrorReport
from .secret_links import SecretLink
from .sittings import Sitting
from .stories import Article
from .subjects import Author, Section, Source, Topic
from .words import Word

__all__ = [
    "Article",
    "ArticleEvent",
    "Author",
    "BulkChange",
    "BulkChangeStory",
    "Contribution",
    "Correction",
    "ErrorReport",
    "Figure",
    "FormerAddress",
    "FormerAuthorSlug",
    "FormerSectionSlug",
    "FormerSourceSlug",
    "FormerTopicSlug",
    "FrontPageStory",
    "Image",
    "ImportedFile",
    "IndexEntry",
    "Note",
    "Revision",
    "SecretLink",
    "Section",
    "Sitting",
    "Source",
    "Topic",
    "Word",
]
