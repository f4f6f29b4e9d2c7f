"""Licences: the right to republish a story, and the proof of it."""

from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django_countries.fields import CountryField

from articles.models import Article, Revision
from licensing.references import make_reference

from .orders import LicenceOrder


class LicenceManager(models.Manager):
    """Licences, one for each story of a paid order."""

    def issue(self, order: LicenceOrder, at: datetime) -> "Licence":
        """Make the licence of an order, bound to the story's latest revision; the order's row is locked by its verb."""
        starts_on = timezone.localdate(at)
        return self.create(
            order=order, article=order.article, revision=order.article.revisions.last(), issued_at=at,
            organisation=order.organisation, country=order.country, medium=order.medium, territory=order.territory, term=order.term,
            audience=order.audience, starts_on=starts_on, ends_on=_last_day(starts_on, order.months), fee=order.total, currency=order.currency,
        )  # fmt: skip


class Licence(models.Model):
    """The right of one organisation to republish one story as it stood in one revision. What it says never changes."""

    reference = models.CharField(max_length=9, unique=True, default=make_reference, editable=False)
    order = models.ForeignKey(LicenceOrder, on_delete=models.PROTECT, related_name="licences")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="licences", verbose_name="story")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="licences")
    issued_at = models.DateTimeField()
    organisation = models.CharField("licensee", max_length=160)
    country = CountryField()
    medium = models.CharField(max_length=60)
    territory = models.CharField(max_length=120)
    term = models.CharField(max_length=60)
    audience = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="The last day; none means without end.")
    fee = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)

    objects = LicenceManager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "article"], name="licence_once_an_order_and_story"),
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="licence_ends_after_it_starts"),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("licensing:licence", args=[self.reference])

    def is_in_force(self, day: date | None = None) -> bool:
        """Whether the story may be republished under it on a day (today)."""
        day = day or timezone.localdate()
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @cached_property
    def headline(self) -> str:
        """The headline that was licensed; "" where it must not be said any more."""
        return self.revision.story["headline"] if Article.objects.nameable().filter(pk=self.article_id).exists() else ""


def _last_day(starts_on: date, months: int | None) -> date | None:
    """Return the last day of a term: a year from 24 November ends on 23 November, a month from 31 January with February."""
    if months is None:
        return None
    following = starts_on + relativedelta(months=months)
    return following - timedelta(days=following.day == starts_on.day)
