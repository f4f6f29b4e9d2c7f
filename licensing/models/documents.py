"""The licence terms: documents with versions, of which an order keeps the one that its buyer accepted."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from .cards import Version, VersionQuerySet


class LicenceTerms(Version):
    """What a licensee may and must do, as a buyer accepts it."""

    text = models.TextField()

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        verbose_name = verbose_name_plural = "licence terms"

    def __str__(self):
        return _("Licence terms, version %(version)s") % {"version": self.version}

    def get_absolute_url(self):
        return reverse("licensing:terms", args=[self.version])
