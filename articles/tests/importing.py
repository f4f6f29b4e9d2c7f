"""What the tests of manage.py import_articles have in common: a page to bring in, and what the command says."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from articles.models import Article, Author, Figure, ImportedFile, Revision, Section, Source, Topic
from articles.tests.build import page_text

WHOLE = {"caption": "The Margaret Lyle at the quay", "byline": "By Ines Calloway and Tom Oake (The Halyard)", "topics": ["Ferries", "Harbour dues"]}


def run(*arguments) -> tuple[list[str], int]:
    """Return the lines that the command printed, and its exit status."""
    out = StringIO()
    try:
        call_command("import_articles", *map(str, arguments), stdout=out)
    except SystemExit as end:
        return out.getvalue().splitlines(), end.code
    return out.getvalue().splitlines(), 0


def outcome(*arguments) -> str:
    """Return the command's last line."""
    return run(*arguments)[0][-1]


def rows() -> list[int]:
    return [model.objects.count() for model in (Article, Author, Figure, ImportedFile, Revision, Section, Source, Topic)]


def make_page(folder: Path) -> Path:
    """Write the page of a whole story."""
    path = folder / "ferry.txt"
    change(path)
    return path


def change(path, **parts):
    """Write the file anew with other parts."""
    path.write_text(page_text(**WHOLE | parts))
