"""Take stories in from files."""

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
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder whose files are all read")
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
            section=_one(Section, options["section"]) if options["section"] else Section.objects.named("News"),
            source=_one(Source, options["source"]) if options["source"] else None,
            published_at=_moment(options["published_at"]) if options["published_at"] else None,
            publish=options["publish"],
        )
        read, counts = FORMATS[intake.format], Counter()
        for path in _files(paths):
            try:
                for story in read(path):
                    outcome = ImportedFile.objects.take_in(path, story, intake)
                    counts[outcome] += 1
                    self.stdout.write(f"{outcome}: {path}")
            except (Refused, OSError) as problem:
                counts["refused"] += 1
                reason = problem.strerror if isinstance(problem, OSError) else problem
                self.stdout.write(f"refused: {path}: {reason}")
        return counts


def _files(paths: list[Path]) -> Iterator[Path]:
    """Yield each file once, folders read to their depth, hidden files left out."""
    seen = set()
    for path in paths:
        inside = sorted(found for found in path.rglob("*") if not _is_hidden(found, path)) if path.is_dir() else [path]
        for file in inside:
            place = file.absolute()
            if (file.is_file() or not file.is_dir()) and place not in seen:
                seen.add(place)
                yield place


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


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
        day = None if moment else parse_date(text)
    except ValueError:
        moment = day = None
    if not moment and not day:
        raise CommandError(f"“{text}” is not a time. Write it like 2015-05-31 or 2015-05-31T09:30.")
    moment = moment or datetime.combine(day, time())
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
