"""Where a story once was."""

from django.db import models


class FormerAddress(models.Model):
    """An address that a story once had; it leads to the one it has now."""

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="former_addresses")
    published_on = models.DateField()
    slug = models.SlugField(max_length=100, allow_unicode=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["published_on", "slug"], name="former_address_unique")]

    def __str__(self):
        return f"{self.published_on:%Y/%m/%d}/{self.slug}"
