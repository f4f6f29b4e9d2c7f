"""The newsroom: where editors write, publish, correct and withdraw."""

from . import front, pages, pictures, stories, subjects

__all__ = ["front", "pages", "pictures", "stories", "subjects"]
