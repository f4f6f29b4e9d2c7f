"""Take stories in from files."""

import os
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime, time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from articles.importers import FORMATS, Refused
from articles.models import ImportedFile, Section, Source
from articles.models.imports import Intake

OUTCOMES = ("new", "updated", "unchanged", "refused")


class Command(BaseCommand):
    help = "Take stories in from files or folders. The same file again changes nothing; a changed one updates its story."

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", type=_path, metavar="PATH", help="a file, or a folder whose files are all read")
        parser.add_argument("--format", choices=sorted(FORMATS), default="page-text")
        parser.add_argument("--source", metavar="SLUG", help="the publication of stories that name none")
        parser.add_argument("--section", metavar="SLUG", help="the section of new stories (else: news)")
        parser.add_argument("--published-at", metavar="TIME", help="when they were published: 2015-05-31, or with 2015-05-31T09:30 (else: now)")
        parser.add_argument("--publish", action="store_true", help="publish them; without it new stories are drafts")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")

    def handle(self, *args, paths, **options):
        with transaction.atomic() if options["dry_run"] else nullcontext():
            counts = self._take_all(paths, options)
            if options["dry_run"]:
                transaction.set_rollback(True)
        self.stdout.write(", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES))
        if counts["refused"]:
            raise SystemExit(1)

    def _take_all(self, paths: list[Path], options: dict) -> Counter:
        intake = Intake(
            format=options["format"],
            section=None if options["section"] is None else _one(Section, options["section"]),
            source=None if options["source"] is None else _one(Source, options["source"]),
            published_at=None if options["published_at"] is None else _moment(options["published_at"]),
            publish=options["publish"],
        )
        read, counts = FORMATS[intake.format], Counter()
        for path in _files(paths):
            try:
                for story in read(path):
                    outcome = ImportedFile.objects.take_in(path, story, intake)
                    counts[outcome] += 1
                    self.stdout.write(f"{outcome}: {_shown(path)}")
            except (Refused, OSError) as problem:
                counts["refused"] += 1
                self.stdout.write(f"refused: {_shown(path)}: {getattr(problem, 'strerror', None) or problem}")
        return counts


def _path(text: str) -> Path:
    if not text:  # Path("") would be the folder that one happens to be in
        raise ArgumentTypeError("a path is empty")
    return Path(text)


def _files(paths: list[Path]) -> Iterator[Path]:
    """Yield each file once, folders read to their depth, hidden files left out; a folder that cannot be read is yielded itself."""
    seen = set()
    for path in paths:
        for file in _inside(path) if os.path.isdir(path) else [path]:  # noqa: PTH112  Path.is_dir() fails where we may not look
            place = Path(os.path.abspath(file))  # noqa: PTH100  a link keeps its own name, ".." goes
            if place not in seen:
                seen.add(place)
                yield place


def _inside(folder: Path) -> Iterator[Path]:
    unreadable = []
    for place, folders, names in os.walk(folder, onerror=lambda problem: unreadable.append(Path(problem.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))
    yield from unreadable


def _shown(path: Path) -> str:
    """Return a path as it can be printed: on one line, whatever its name holds."""
    return "".join(letter if letter.isprintable() else "�" for letter in str(path))


def _one(model, slug: str):
    try:
        return model.objects.get(slug=slug)
    except model.DoesNotExist:
        known = ", ".join(model.objects.order_by("slug").values_list("slug", flat=True)[:50]) or "none yet"
        raise CommandError(f"There is no {model._meta.verbose_name} “{slug}”. There are: {known}.") from None


def _moment(text: str) -> datetime:
    """Return a moment from a date or a date and time, in the publication's time zone unless the text names another."""
    try:
        moment = parse_datetime(text) if "T" in text or " " in text else None
        moment = moment or datetime.combine(parse_date(text), time())
        moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        is_in_calendar = 1000 <= timezone.localdate(moment).year < 3000  # the years that an address can hold
    except (ValueError, TypeError, OverflowError):
        is_in_calendar = False
    if not is_in_calendar:
        raise CommandError(f"“{text}” is not a time. Write it like 2015-05-31 or 2015-05-31T09:30.")
    return moment
