"""What the rights desk sees."""

from . import cards, documents, grants, licences, orders  # noqa: F401
