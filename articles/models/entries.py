"""The index of the archive: the words of each story and what it is sorted by, in a narrow table that only searches read.

The database keeps it (migration 0003): whatever writes a story, its byline, topics or pictures, by whatever way, its entry follows in
the same transaction.
"""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone

CONFIGURATION = "newsroom"  # English stems, accents folded
WHOLE_WORDS = "newsroom_words"  # no stems, accents folded
SAMPLES = (10, 30, 100, 300, 1000, 3000)  # how many times smaller than the archive: stories drawn by lot, each sample within the one before


class Lexemes(SearchQuery):
    """A query of lexemes as they stand in the index, in PostgreSQL's notation: no text that somebody typed."""

    def __init__(self, query: str):
        super().__init__(query)

    def as_sql(self, compiler, connection, function=None, template=None):
        return "%s::tsquery", [self.source_expressions[0].value]


class IndexEntryQuerySet(models.QuerySet):
    """Entries of stories."""

    def public(self, at: datetime | None = None):
        """Those of stories that readers can see at a moment: the same as Article.objects.public(), which prints them."""
        at = at or timezone.now()
        return self.filter(Q(closes_at__isnull=True) | Q(closes_at__gt=at), opens_at__lte=at)

    def holding(self, query: str):
        """Those that a query of lexemes finds."""
        return self.filter(words=Lexemes(query))

    def newest_first(self):
        return self.order_by("-published_at", "-article_id")

    def oldest_first(self):
        return self.order_by("published_at", "article_id")

    def after(self, published_at: datetime, article_id: int):
        """Those that come after a place in a list with the newest first."""
        return self.filter(Q(published_at__lt=published_at) | Q(published_at=published_at, article_id__lt=article_id))

    def before(self, published_at: datetime, article_id: int):
        """Those that come before a place in a list with the newest first."""
        return self.filter(Q(published_at__gt=published_at) | Q(published_at=published_at, article_id__gt=article_id))


class IndexEntry(models.Model):
    """A story's entry in the index. Its words are the story's, and lexemes that begin with = and that no text has: what it is sorted by."""

    article = models.OneToOneField(  # the database deletes the entry with its story
        "articles.Article", on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="entry"
    )
    published_at = models.DateTimeField(null=True)
    published_on = models.DateField(null=True)
    opens_at = models.DateTimeField(null=True)  # when readers see it first; empty for what is not in print
    closes_at = models.DateTimeField(null=True)
    word_count = models.PositiveIntegerField()
    facets = ArrayField(models.TextField())  # such as section:3, topic:17, pictures
    words = SearchVectorField()

    objects = IndexEntryQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        # Without a list of what was changed last, which every search would read to its end.
        indexes = [GinIndex(fields=["words"], name="entry_words", fastupdate=False)]

    def __str__(self):
        return f"Entry of story {self.article_id}"
