"""The newsroom: where editors write, publish, correct and withdraw."""

from . import bulk, front, pages, people, pictures, reports, stories, subjects

__all__ = ["bulk", "front", "pages", "people", "pictures", "reports", "stories", "subjects"]
