"""The front page's own order."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class FrontPageStory(models.Model):
    """A story that an editor has put on the front page: place 1 is the lead, 2 to 4 are the seconds."""

    PLACES = 4

    article = models.OneToOneField("articles.Article", on_delete=models.CASCADE, related_name="front_page")
    place = models.PositiveSmallIntegerField(
        unique=True, validators=[MinValueValidator(1), MaxValueValidator(PLACES)], help_text="1 is the lead; 2, 3 and 4 are the seconds."
    )

    class Meta:
        ordering = ["place"]
        verbose_name = "front page story"
        verbose_name_plural = "front page"
        constraints = [models.CheckConstraint(condition=models.Q(place__range=(1, 4)), name="front_page_place")]

    def __str__(self):
        return f"{self.place}. {self.article}"
