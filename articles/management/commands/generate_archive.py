"""Fill an empty archive with generated stories, to measure it."""

import time

from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from articles.generated import COLUMNS, Press
from articles.models import Article, IndexEntry

BATCH = 5_000  # stories
MOST = 10_000_000


class Command(BaseCommand):
    help = "Fill an empty archive with generated stories over forty years, only for measuring. An archive that holds stories is refused."

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=int, required=True, metavar="N", help="how many stories")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="another number makes another archive (else: 1)")

    def handle(self, *args, articles, seed, **options):
        if not 1 <= articles <= MOST:
            raise CommandError(f"An archive of 1 to {MOST:,} stories can be generated, and not of {articles:,}.")
        begun = time.monotonic()
        with transaction.atomic():
            if Article.objects.exists():
                raise CommandError(
                    "This archive holds stories, and generated ones would stand among them. Name an empty VAR_DIR, with LOAD_SEEDS=false."
                )
            press = Press(articles, seed, timezone.now().replace(microsecond=0))
            press.subjects()
            self._fill(press)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(f"{articles:,} stories generated in {time.monotonic() - begun:.0f} s.")

    def _fill(self, press: Press) -> None:
        """Copy the rows in, the search index being made once, at the end."""
        index = next(each for each in IndexEntry._meta.indexes if each.name == "entry_words")
        with connection.schema_editor() as schema:
            schema.remove_index(IndexEntry, index)
        rows = {model: [] for model in COLUMNS}
        for number, story in enumerate(press.stories(), start=1):
            for model, some in story.items():
                rows[model] += some
            if number % BATCH == 0 or number == press.count:
                self._copy(rows)
                rows = {model: [] for model in COLUMNS}
        with connection.schema_editor() as schema:
            schema.add_index(IndexEntry, index)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(COLUMNS)):
                cursor.execute(statement)

    def _copy(self, rows: dict[type, list[tuple]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # what hangs on a story comes before it
            for model, columns in COLUMNS.items():
                with cursor.copy(f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows[model]:
                        copy.write_row(row)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was copied holds; an index is made only where nothing waits to be checked
