"""Load the newspaper that a new archive begins with."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles import seeds
from articles.models import Article


class Command(BaseCommand):
    help = "Load the small newspaper in seeds/ into an empty archive."

    def handle(self, *args, **options):
        if Article.objects.exists():
            raise CommandError("The archive holds stories already; the seeds are only for an empty one.")
        count = seeds.load(settings.BASE_DIR / "seeds")
        self.stdout.write(f"{count} stories loaded.")
