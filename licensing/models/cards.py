"""The rate card: what a republication costs."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

OWN_COUNTRY = "country"  # the key of the territory that is the buyer's own country


class VersionQuerySet(models.QuerySet):
    """Documents of which one is in force at a time: the one whose day came last."""

    def begun(self, day: date | None = None):
        return self.filter(in_force_from__lte=day or timezone.localdate())

    def current(self, day: date | None = None):
        """Return the one in force on a day (today), or None."""
        return self.begun(day).order_by("-in_force_from", "-version").first()

    def next_version(self) -> int:
        return (self.aggregate(models.Max("version"))["version__max"] or 0) + 1


class Version(models.Model):
    """What is numbered, dated, and never changed once it is in force."""

    version = models.PositiveIntegerField(unique=True, editable=False)
    in_force_from = models.DateField(
        null=True, blank=True, help_text="From this day on it counts, and can no longer be changed. Leave empty for a draft."
    )

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Number a new one, one after the other."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self._meta.db_table])
            self.version = self.version or type(self).objects.next_version()
            super().save(*args, **kwargs)

    @property
    def has_begun(self) -> bool:
        """Whether it is or was in force."""
        return bool(self.in_force_from and self.in_force_from <= timezone.localdate())


class RateCardQuerySet(VersionQuerySet):
    """Rate cards."""

    def begun(self, day: date | None = None):
        """Those that can price an order: a card that leaves a question without an answer never comes into force."""
        answers = [models.Exists(Rate.objects.filter(card=models.OuterRef("pk"), question=question)) for question in Rate.Question.values]
        return super().begun(day).filter(*answers)


class RateCard(Version):
    """What a republication costs: a fee for the medium, then percentages for where, how long and how many, then the pictures."""

    currency = models.CharField(max_length=3, editable=False, help_text="ISO 4217.")
    picture_fee = models.DecimalField(
        max_digits=9, decimal_places=2, validators=[MinValueValidator(0)], help_text="For each picture that is for sale with the story."
    )

    objects = RateCardQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [models.CheckConstraint(condition=Q(picture_fee__gte=0), name="card_picture_fee_not_negative")]

    def __str__(self):
        return f"Rate card {self.version}"

    def save(self, *args, **kwargs):
        """Note the currency that it was made in."""
        self.currency = self.currency or settings.PUBLICATION_CURRENCY
        super().save(*args, **kwargs)

    @transaction.atomic
    def copy(self) -> "RateCard":
        """Return a new draft with the same rates."""
        draft = RateCard.objects.create(picture_fee=self.picture_fee, currency=self.currency)
        for rate in self.rates.all():
            rate.pk, rate.card = None, draft
            rate.save(force_insert=True)
        return draft


class Rate(models.Model):
    """One answer to one of the card's questions, and what it costs."""

    class Question(models.TextChoices):
        MEDIUM = "MEDIUM", "Where will it appear"
        TERRITORY = "TERRITORY", "In which countries"
        TERM = "TERM", "For how long"
        AUDIENCE = "AUDIENCE", "For how many readers"

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="rates")
    question = models.CharField(max_length=9, choices=Question)
    key = models.SlugField(max_length=30, help_text=f"Its name in addresses. The territory “{OWN_COUNTRY}” is the buyer’s own country.")
    name = models.CharField(max_length=60, help_text="As buyers read it: Newspaper or magazine, in print.")
    description = models.CharField(max_length=200, blank=True, help_text="What it covers, in a sentence.")
    fee = models.DecimalField(
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="For a medium: what the story costs there.",
    )
    percent = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(Decimal(-100)), MaxValueValidator(1000)],
        help_text="For the other questions: what is added to the price so far.",
    )  # fmt: skip
    months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1200)],
        help_text="For a term: its length. Empty means without end.",
    )
    position = models.PositiveSmallIntegerField(default=1, help_text="Its place among the answers, from 1.")

    class Meta:
        ordering = ["question", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["card", "question", "key"], name="rate_key_unique"),
            models.CheckConstraint(condition=Q(question__in=["MEDIUM", "TERRITORY", "TERM", "AUDIENCE"]), name="rate_question"),
            models.CheckConstraint(
                condition=Q(question="MEDIUM", fee__isnull=False, fee__gte=0, percent=None)
                | ~Q(question="MEDIUM") & Q(fee=None, percent__isnull=False, percent__gte=-100),
                name="rate_fee_or_percent",
                violation_error_message="A medium has a fee, every other answer a percentage (0 for no change).",
            ),
            models.CheckConstraint(
                condition=Q(months=None) | Q(question="TERM", months__gte=1),
                name="rate_months_of_a_term",
                violation_error_message="Only a term has months.",
            ),
        ]

    def __str__(self):
        return self.name
