"""Where things are: Django's reverse(), remembered. A page names some sixty addresses, most of them more than once or on every page."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def address_of(name: str, *arguments) -> str:
    """Return the path of a page by the name and the variable parts of its address."""
    return _reversed(get_script_prefix(), name, arguments)


@lru_cache(maxsize=5_000)
def _reversed(prefix: str, name: str, arguments: tuple) -> str:
    return reverse(name, args=arguments)
