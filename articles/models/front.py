"""The front page's own order."""

from django.db import models


class FrontPageStory(models.Model):
    """A story that an editor has put on the front page: place 1 is the lead, 2 to 4 are the seconds."""

    class Place(models.IntegerChoices):
        LEAD = 1, "Lead"
        SECOND_1 = 2, "Second, first"
        SECOND_2 = 3, "Second, next"
        SECOND_3 = 4, "Second, last"

    article = models.OneToOneField("articles.Article", on_delete=models.CASCADE, related_name="front_page")
    place = models.PositiveSmallIntegerField(unique=True, choices=Place, help_text="What no story is put in is filled with the newest.")

    class Meta:
        ordering = ["place"]
        verbose_name = "front page story"
        verbose_name_plural = "front page"
        constraints = [models.CheckConstraint(condition=models.Q(place__range=(1, 4)), name="front_page_place")]

    def __str__(self):
        return f"{self.get_place_display()}: {self.article}"
