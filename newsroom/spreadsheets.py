"""Tables as files for a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from unicodedata import normalize

from django.http import StreamingHttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula


def file_of(name: str, rows: Iterable[tuple]) -> StreamingHttpResponse:
    """Return rows as CSV (RFC 4180, with the mark by which spreadsheets know UTF-8), however many they are."""
    writer = csv.writer(_Echo())
    lines = (writer.writerow([_guarded(cell) for cell in row]) for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(_with_mark(lines), content_type="text/csv; charset=utf-8", headers=headers)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _with_mark(lines: Iterable[str]) -> Iterator[str]:
    yield "\ufeff"
    yield from lines


def _guarded(cell):
    """Keep a spreadsheet from taking words for a formula."""
    return f"'{cell}" if isinstance(cell, str) and normalize("NFKC", cell).lstrip(" ").startswith(FORMULA) else cell
