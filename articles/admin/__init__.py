"""The newsroom: where editors write, publish, correct and withdraw."""

from . import front, pages, people, pictures, reports, stories, subjects

__all__ = ["front", "pages", "people", "pictures", "reports", "stories", "subjects"]
