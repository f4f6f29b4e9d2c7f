"""The rate card: what a republication costs."""

from datetime import date
from decimal import Decimal

from django import forms
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_countries import countries

ONE_COUNTRY, WORLD = "country", "world"  # the keys of the territories that are not a list of countries


class Medium(models.TextChoices):
    """Where a story can appear once more; grants and licences name the same seven."""

    WEB = "web", pgettext_lazy("medium", "Web")
    PRINT = "print", pgettext_lazy("medium", "Print")
    NEWSLETTER = "newsletter", pgettext_lazy("medium", "Newsletter")
    BROADCAST = "broadcast", pgettext_lazy("medium", "Broadcast")
    EDUCATION = "education", pgettext_lazy("medium", "Education")
    CORPORATE = "corporate", pgettext_lazy("medium", "Corporate")
    APP = "app", pgettext_lazy("medium", "App")


def check_countries(codes: list[str]) -> None:
    """Refuse what is no country of ISO 3166."""
    if unknown := [code for code in codes if code not in countries.countries]:
        wrong = _("%(countries)s: write countries as two capital letters of ISO 3166, separated by commas: AT,BE,FR.")
        raise ValidationError(wrong % {"countries": ", ".join(unknown)})


class CodesField(SimpleArrayField):
    """Countries as somebody types them: in small letters too, or with a comma too many."""

    def to_python(self, value):
        codes = value.split(self.delimiter) if isinstance(value, str) else value or []
        return [code.strip().upper() for code in codes if code.strip()]


class CountriesField(ArrayField):
    """Countries; what is wrong with them is said in words, for all of them at once."""

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": CodesField, "base_field": forms.CharField()} | kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.contrib.postgres.fields.ArrayField", args, kwargs


def countries_field(**options) -> CountriesField:
    """Return a field of countries, written as codes of ISO 3166-1 alpha-2."""
    return CountriesField(models.CharField(max_length=2), blank=True, default=list, validators=[check_countries], **options)


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
        answers = [models.Exists(Rate.objects.filter(card=models.OuterRef("pk"), question=question)) for question in Rate.REQUIRED]
        return super().begun(day).filter(*answers)


class RateCard(Version):
    """What a republication costs: a fee for the medium, percentages for all else that is asked, the pictures, and a least fee."""

    currency = models.CharField(max_length=3, editable=False, help_text="ISO 4217.")
    picture_fee = models.DecimalField(
        max_digits=9, decimal_places=2, validators=[MinValueValidator(0)], help_text="For each picture that is for sale with the story."
    )
    minimum_fee = models.DecimalField(
        max_digits=9, decimal_places=2, default=0, validators=[MinValueValidator(0)], help_text="No story is sold for less; 0 for none."
    )
    desk_above = models.DecimalField(
        "most without the desk", max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)],
        help_text="A story that costs more goes to the rights desk first. Leave empty for no bound.",
    )  # fmt: skip
    quote_days = models.PositiveSmallIntegerField(
        "a quote holds for", default=30, validators=[MinValueValidator(1), MaxValueValidator(365)], help_text="Days."
    )

    objects = RateCardQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(condition=Q(picture_fee__gte=0), name="card_picture_fee_not_negative"),
            models.CheckConstraint(condition=Q(minimum_fee__gte=0), name="card_minimum_fee_not_negative"),
        ]

    def __str__(self):
        return _("Rate card %(version)s") % {"version": self.version}

    def save(self, *args, **kwargs):
        """Note the currency that it was made in."""
        self.currency = self.currency or settings.PUBLICATION_CURRENCY
        super().save(*args, **kwargs)

    @transaction.atomic
    def copy(self) -> "RateCard":
        """Return a new draft with the same rates."""
        same = ("picture_fee", "minimum_fee", "desk_above", "quote_days", "currency")
        draft = RateCard.objects.create(**{field: getattr(self, field) for field in same})
        for rate in self.rates.all():
            rate.pk, rate.card = None, draft
            rate.save(force_insert=True)
        return draft


class Rate(models.Model):
    """One answer to one of the card's questions, and what it costs."""

    class Question(models.TextChoices):
        MEDIUM = "MEDIUM", gettext_lazy("Where will it appear")
        TERRITORY = "TERRITORY", gettext_lazy("In which countries")
        TERM = "TERM", gettext_lazy("For how long")
        AUDIENCE = "AUDIENCE", gettext_lazy("For how many readers")
        PORTION = "PORTION", gettext_lazy("How much of it")
        TRANSLATION = "TRANSLATION", gettext_lazy("In which language")
        DISCOUNT = "DISCOUNT", gettext_lazy("Is one of these you")

    class Desk(models.TextChoices):
        NO = "", pgettext_lazy("the rights desk", "No")
        APPROVES = "APPROVES", gettext_lazy("It says yes first")
        PRICES = "PRICES", gettext_lazy("It names the price")

    REQUIRED = (Question.MEDIUM, Question.TERRITORY, Question.TERM, Question.AUDIENCE)  # a card without one of the others does not ask it

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="rates")
    question = models.CharField(max_length=11, choices=Question)
    key = models.SlugField(
        max_length=30,
        help_text=f"Its name in addresses. A medium is one of {', '.join(Medium.values)}; the territory “{ONE_COUNTRY}” is one that the buyer names, "
        f"“{WORLD}” is all of them; “none” is no translation, and no discount.",
    )
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
    most = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)],
        help_text="For an audience: the most readers or copies. For an excerpt: the most words. Empty means no limit.",
    )  # fmt: skip
    countries = countries_field(help_text="For a territory that is a region: its countries, as codes of ISO 3166: AT,BE,FR.")
    desk = models.CharField(
        "rights desk", max_length=8, choices=Desk, default=Desk.NO, blank=True, help_text="Whether it has to be asked when this is chosen."
    )
    position = models.PositiveSmallIntegerField(default=1, help_text="Its place among the answers, from 1.")

    class Meta:
        ordering = ["question", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["card", "question", "key"], name="rate_key_unique"),
            models.CheckConstraint(
                condition=Q(question__in=["MEDIUM", "TERRITORY", "TERM", "AUDIENCE", "PORTION", "TRANSLATION", "DISCOUNT"]), name="rate_question"
            ),
            models.CheckConstraint(condition=Q(desk__in=["", "APPROVES", "PRICES"]), name="rate_desk"),
            models.CheckConstraint(
                condition=Q(question="MEDIUM", fee__isnull=False, fee__gte=0, percent=None)
                | ~Q(question="MEDIUM") & Q(fee=None, percent__isnull=False, percent__gte=-100),
                name="rate_fee_or_percent",
                violation_error_message=gettext_lazy("A medium has a fee, every other answer a percentage (0 for no change)."),
            ),
            models.CheckConstraint(
                condition=Q(months=None) | Q(question="TERM", months__gte=1),
                name="rate_months_of_a_term",
                violation_error_message=gettext_lazy("Only a term has months."),
            ),
            models.CheckConstraint(
                condition=Q(most=None) | Q(question__in=["AUDIENCE", "PORTION"], most__gte=1),
                name="rate_most_of_a_number",
                violation_error_message=gettext_lazy("Only an audience and a portion have a most."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse what rights could not be checked for: a medium of another name, a region without countries."""
        if self.question == self.Question.MEDIUM and self.key not in Medium.values:
            raise ValidationError({"key": _("The key of a medium is one of %(keys)s.") % {"keys": ", ".join(Medium.values)}})
        is_region = self.question == self.Question.TERRITORY and self.key not in {ONE_COUNTRY, WORLD}
        if is_region != bool(self.countries):
            wrong = _("Name the countries of this region.") if is_region else _("Only a territory that is a region has countries.")
            raise ValidationError({"countries": wrong})
