"""The words that readers may have meant."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import connection, models, transaction
from django.db.models import F

from .entries import WHOLE_WORDS
from .stories import Article

ABOVE = ("headline", "kicker", "summary", "byline", "captions")  # where names are
COLLECT = """
INSERT INTO articles_word (text, stories)
SELECT word, ndoc FROM ts_stat(%s) WHERE length(word) BETWEEN 3 AND 40 AND word ~ '^[[:alpha:]]+$'
"""


class WordManager(models.Manager):
    """All words."""

    @transaction.atomic
    def collect(self) -> None:
        """Read them anew from what stands above the stories that readers can see, and under their pictures."""
        stories = Article.objects.public().order_by().values_list(SearchVector(*ABOVE, config=WHOLE_WORDS))
        self.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(COLLECT, [cursor.mogrify(*stories.query.sql_with_params())])


class Word(models.Model):
    """A word as it is written, in small letters and without accents, and how many stories have it above their text."""

    text = models.CharField(max_length=40, primary_key=True)
    stories = models.PositiveIntegerField()

    objects = WordManager()

    class Meta:
        default_permissions = ()
        indexes = [GinIndex(OpClass(F("text"), "gin_trgm_ops"), name="word_alike")]

    def __str__(self):
        return self.text
