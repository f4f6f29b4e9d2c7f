"""Where a story, or what stories are sorted by, once was."""

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


class FormerSlug(models.Model):
    """A slug that a section, topic, source or author once had, or one that was merged into it: pages, feeds and searches follow it."""

    slug = models.SlugField(max_length=100, unique=True, allow_unicode=True)

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self):
        return self.slug


class FormerSectionSlug(FormerSlug):
    """A slug that led to a section."""

    subject = models.ForeignKey("articles.Section", on_delete=models.CASCADE, related_name="former_slugs")


class FormerTopicSlug(FormerSlug):
    """A slug that led to a topic."""

    subject = models.ForeignKey("articles.Topic", on_delete=models.CASCADE, related_name="former_slugs")


class FormerSourceSlug(FormerSlug):
    """A slug that led to a source."""

    subject = models.ForeignKey("articles.Source", on_delete=models.CASCADE, related_name="former_slugs")


class FormerAuthorSlug(FormerSlug):
    """A slug that led to an author."""

    subject = models.ForeignKey("articles.Author", on_delete=models.CASCADE, related_name="former_slugs")
