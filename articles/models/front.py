"""The front page's own order."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from .desk import ArticleEvent
from .stories import Article

CHANGED = "Somebody else has arranged the front page since you opened it. Nothing of yours was saved: this is how it stands now."
GONE = "“{}” is not in print any more, so it cannot stand on the front page."


class FrontPageManager(models.Manager):
    """The four places of the front page."""

    def standing(self) -> list[int | None]:
        """Return the key of the story in each place, None where the newest stands."""
        placed = dict(self.values_list("place", "article"))
        return [placed.get(place) for place in self.model.Place]

    @transaction.atomic
    def arrange(self, keys: Sequence[int | None], seen: Sequence[int | None], by=None) -> None:
        """Put stories in the places, all four at once; refuse where somebody has changed them since they were `seen` to stand so."""
        with connection.cursor() as cursor:  # a row's lock would not do: a place may have none
            cursor.execute(f"LOCK TABLE {self.model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        standing = self.standing()
        if standing != list(seen):
            raise ValidationError(CHANGED)
        before, after = ({pk: place for place, pk in zip(self.model.Place, places, strict=True) if pk} for places in (standing, keys))
        stories = Article.objects.defer("body", "captions").in_bulk(before.keys() | after.keys())
        in_print = set(Article.objects.in_print().filter(pk__in=after).values_list("pk", flat=True))
        if gone := [story for pk, story in stories.items() if pk in after and pk not in in_print]:
            raise ValidationError(GONE.format(gone[0]))
        self.all().delete()
        self.bulk_create(self.model(article=stories[pk], place=place) for pk, place in after.items())
        moved = [(story, after.get(pk)) for pk, story in stories.items() if after.get(pk) != before.get(pk)]
        ArticleEvent.objects.bulk_create(
            ArticleEvent(
                article=story, headline=story.headline, by=by,
                words=f"put on the front page: {place.label.lower()}" if place else "taken off the front page",
            )
            for story, place in moved
        )  # fmt: skip


class FrontPageStory(models.Model):
    """A story that an editor has put on the front page: place 1 is the lead, 2 to 4 are the seconds."""

    class Place(models.IntegerChoices):
        LEAD = 1, "Lead"
        SECOND_1 = 2, "Second, first"
        SECOND_2 = 3, "Second, next"
        SECOND_3 = 4, "Second, last"

    article = models.OneToOneField("articles.Article", on_delete=models.CASCADE, related_name="front_page")
    place = models.PositiveSmallIntegerField(unique=True, choices=Place, help_text="What no story is put in is filled with the newest.")

    objects = FrontPageManager()

    class Meta:
        ordering = ["place"]
        verbose_name = "front page story"
        verbose_name_plural = "front page"
        constraints = [models.CheckConstraint(condition=models.Q(place__range=(1, 4)), name="front_page_place")]

    def __str__(self):
        return f"{self.get_place_display()}: {self.article}"
