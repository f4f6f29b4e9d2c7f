"""Slugs: the readable part of an address."""

from django.utils.text import slugify

LONGEST = 80
PATTERN = r"[-\w]{1,100}"


def make_slug(text: str, fallback: str) -> str:
    """Return a slug for `text`, cut at a word; letters outside Latin are kept, and `fallback` serves where none are left."""
    slug = slugify(text) or slugify(text, allow_unicode=True)
    if len(slug) > LONGEST:
        slug = slug[:LONGEST].rsplit("-", 1)[0]
    return slug.strip("-_") or fallback


def free_slug(wanted: str, taken) -> str:
    """Return `wanted`, or with -2, -3 ... the first that the queryset `taken` does not hold."""
    others = set(taken.filter(slug__startswith=wanted).values_list("slug", flat=True))
    if wanted not in others:
        return wanted
    number = next(n for n in range(2, len(others) + 3) if f"{wanted}-{n}" not in others)
    return f"{wanted}-{number}"
