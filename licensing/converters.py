"""The variable parts of a buyer's addresses."""

from articles.converters import Slug


class Secret(Slug):
    """The unguessable part of an order's address."""

    regex = "[A-Za-z0-9_-]{43}"


class Typed(Slug):
    """A licence's reference, as anybody may type it."""

    regex = "[0-9A-Za-z -]{1,40}"
