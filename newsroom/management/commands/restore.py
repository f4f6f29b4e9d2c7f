"""Bring a backup back."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from newsroom import backup


class Command(BaseCommand):
    help = "Bring everything that a backup holds back into an empty archive."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="made by `make backup`")

    def handle(self, *args, file, **options):
        if file == Path():
            raise CommandError("Which backup? Say: make restore FILE=var/backups/newsroom-….tar.gz")
        try:
            backup.restore(file)
        except backup.BackupError as problem:
            raise CommandError(problem) from None
        self.stdout.write("Restored: the database, the pictures and the secrets.")
