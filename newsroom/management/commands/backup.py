"""Make a backup."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsroom import backup


class Command(BaseCommand):
    help = "Write the database, the pictures and the secrets into one archive under var/backups, or into the folder named."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=settings.VAR_DIR / "backups")

    def handle(self, *args, folder, **options):
        try:
            path = backup.make(folder, timezone.localtime())
        except (backup.BackupError, OSError) as problem:
            raise CommandError(problem) from None
        self.stdout.write(f"{path} ({path.stat().st_size / 1_000_000:.1f} MB). It holds the secrets: keep it where only you can read it.")
