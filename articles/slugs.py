"""Slugs: the readable part of an address."""

from django.utils.text import slugify

LONGEST = 80
ROOM = 95  # letters of a twin's slug before its number: a hundred are kept
PATTERN = r"[-\w]{1,100}"


def make_slug(text: str, fallback: str) -> str:
    """Return a slug for `text`, cut at a word; letters outside Latin are kept, and `fallback` serves where none are left."""
    slug = slugify(text) or slugify(text, allow_unicode=True)
    if len(slug) > LONGEST:
        slug = slug[:LONGEST].rsplit("-", 1)[0]
    return slug.strip("-_") or fallback


def free_slug(wanted: str, *taken) -> str:
    """Return `wanted`, or with -2, -3 ... the first that none of the querysets `taken` holds."""
    stem = wanted[:ROOM]
    first, *more = (rows.filter(slug__startswith=stem).order_by().values_list("slug", flat=True) for rows in taken)
    others = set(first.union(*more) if more else first)
    if wanted not in others:
        return wanted
    number = next(n for n in range(2, len(others) + 3) if f"{stem}-{n}" not in others)
    return f"{stem}-{number}"
