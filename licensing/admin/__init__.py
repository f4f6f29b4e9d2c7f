"""The rights desk."""

from . import cards, documents, licences, orders  # noqa: F401 (registered by being imported)
