"""How a story is cited: in Chicago's style for notes (The Chicago Manual of Style, 17th edition, 14.191) and as an entry of BibTeX."""

from django.conf import settings
from django.utils import timezone

from articles.models import Article, Contribution

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
MOST_NAMED = 3  # authors; of more the first stands for all
INNER_QUOTES = str.maketrans("“”", "‘’")
SPECIAL = str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {character: f"\\{character}" for character in "%&$#_"}
    | {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}  # BibTeX counts braces, whatever stands before them
)


def writers(article: Article) -> list[str]:
    """Return the names of those who wrote it, in the order of its byline."""
    return [row.author.name for row in article.contributions.all() if row.role == Contribution.Role.WRITER]


def address(article: Article) -> str:
    return settings.SITE_URL + article.get_absolute_url()


def publication(article: Article) -> str:
    """Return the name of the publication that it is cited from: its source, else ours."""
    return article.source.name if article.source else settings.PUBLICATION_NAME


def chicago(article: Article) -> str:
    """Return the full note for a story in print."""
    day = timezone.localtime(article.published_at)
    title = f"“{article.headline.translate(INNER_QUOTES)},” {publication(article)}"
    parts = [_named(writers(article)), title, f"{MONTHS[day.month - 1]} {day.day}, {day.year}", address(article)]
    return f"{', '.join(filter(None, parts))}."


def _named(names: list[str]) -> str:
    if len(names) > MOST_NAMED:
        return f"{names[0]} et al."
    if len(names) == MOST_NAMED:
        return f"{names[0]}, {names[1]}, and {names[2]}"
    return " and ".join(names)


def bibtex(article: Article) -> str:
    """Return the entry for a story in print; every name and word in it stands for itself."""
    day = timezone.localtime(article.published_at)
    fields = {
        "author": " and ".join(
            f"{{{_escaped(name)}}}" if " and " in name or "," in name or name == "others" else _escaped(name) for name in writers(article)
        ),
        "title": f"{{{_escaped(article.headline)}}}",
        "journal": _escaped(publication(article)),
        "year": str(day.year),
        "month": MONTHS[day.month - 1][:3].lower(),
        "day": str(day.day),
        "url": address(article),
    }
    # A month is a word of BibTeX’s own, which each style prints in its way.
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}" for name, value in fields.items() if value]
    return f"@article{{{article.short_id},\n" + ",\n".join(lines) + "\n}"


def _escaped(text: str) -> str:
    return text.translate(SPECIAL)
