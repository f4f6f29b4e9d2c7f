"""Load the newspaper that a new archive begins with."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from articles import seeds
from articles.models import Article
from licensing import seeds as licensing_seeds
from newsletters import seeds as newsletter_seeds


class Command(BaseCommand):
    help = "Load the small newspaper in seeds/ into an empty archive."

    def add_arguments(self, parser):
        parser.add_argument("--bare", action="store_true", help="no stories: only our own source, a section and the static pages, to begin with")

    def handle(self, *args, bare=False, **options):
        if Article.objects.exists():
            raise CommandError("The archive holds stories already; the seeds are only for an empty one.")
        if bare:
            seeds.begin(settings.PUBLICATION_NAME)
            licensing_seeds.make_role()
            self.stdout.write("An empty archive is ready: its sections, its source and its static pages are for you to write.")
            return
        with transaction.atomic():
            count = seeds.load(settings.BASE_DIR / "seeds")
            licensing_seeds.load(settings.BASE_DIR / "seeds" / "licensing.toml")
            newsletter_seeds.load()
        self.stdout.write(f"{count} stories loaded.")
