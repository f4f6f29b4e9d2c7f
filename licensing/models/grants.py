"""Grants: what the holders of rights let us pass on. Contracts with sources, and what was agreed for one story or one picture."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext, pgettext, pgettext_lazy
from django_countries import countries

from articles.models import Article, Image, Source

from .cards import Medium, countries_field

MOST_NAMED = 4  # countries in a sentence
IN_A_SENTENCE = {
    Medium.WEB: pgettext_lazy("grant, for … use", "web"),
    Medium.PRINT: pgettext_lazy("grant, for … use", "print"),
    Medium.NEWSLETTER: pgettext_lazy("grant, for … use", "newsletter"),
    Medium.BROADCAST: pgettext_lazy("grant, for … use", "broadcast"),
    Medium.EDUCATION: pgettext_lazy("grant, for … use", "education"),
    Medium.CORPORATE: pgettext_lazy("grant, for … use", "corporate"),
    Medium.APP: pgettext_lazy("grant, for … use", "app"),
}


class GrantQuerySet(models.QuerySet):
    """Grants."""

    def bearing_on(self, articles: list[Article], images: list[Image]):
        """Those of stories, of their sources and of pictures: one query."""
        sources = {article.source_id for article in articles if article.source_id}
        return self.filter(Q(source__in=sources) | Q(article__in=[article.pk for article in articles]) | Q(image__in=[image.pk for image in images]))


class Grant(models.Model):
    """What one holder lets us do with what is theirs: with all stories of a source, with one story, or with one picture.

    A source's grants hold for its stories, and a story's for its pictures, until they have grants of their own. A refusal beats every grant.
    """

    class Sublicence(models.TextChoices):
        YES = "YES", _("We may sell it on")
        ASK = "ASK", _("The holder is asked each time")
        NO = "NO", _("We may not pass it on")

    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="grants", help_text="A contract: for all stories of this source."
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, null=True, blank=True, related_name="grants", verbose_name="story", help_text="Or for one story."
    )
    image = models.ForeignKey(
        Image, on_delete=models.PROTECT, null=True, blank=True, related_name="grants", verbose_name="picture", help_text="Or for one picture."
    )
    holder = models.CharField(max_length=200, help_text="Whose rights they are.")
    contact = models.CharField(max_length=200, blank=True, help_text="Whom buyers ask for what we may not sell: a name and a mail or web address.")
    may_sublicense = models.CharField("may we sell it on", max_length=3, choices=Sublicence, default=Sublicence.YES)
    media = ArrayField(models.CharField(max_length=10, choices=Medium), blank=True, default=list, help_text="Where. None ticked means everywhere.")
    countries = countries_field(help_text="In which countries, as codes of ISO 3166: GB,IE. Empty means the whole world.")
    starts_on = models.DateField(null=True, blank=True, help_text="The first day; empty means always.")
    ends_on = models.DateField(null=True, blank=True, help_text="The last day; empty means without end. No licence runs longer.")
    reference = models.CharField("contract", max_length=80, blank=True, help_text="Its number, or where it is filed.")

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["holder", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__isnull=False, article=None, image=None)
                | Q(source=None, article__isnull=False, image=None)
                | Q(source=None, article=None, image__isnull=False),
                name="grant_of_one_thing",
                violation_error_message=_("Choose a source, a story or a picture: one of the three."),
            ),
            models.CheckConstraint(condition=Q(may_sublicense__in=["YES", "ASK", "NO"]), name="grant_sublicence"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="grant_ends_after_it_starts",
                violation_error_message=_("It ends before it starts."),
            ),
        ]

    def __str__(self):
        return f"{self.holder}: {self.source or self.article or self.image}"

    def covers(self, medium: str, countries: frozenset[str] | None, starts_on: date, ends_on: date | None) -> bool:
        """Whether all of a use lies inside: no country left over (none named means the whole world), and no day before or after.

        Countries that are not chosen yet (None) may come to lie inside.
        """
        return (
            (not self.media or medium in self.media)
            and (not self.countries or countries is None or bool(countries) and countries <= set(self.countries))
            and (self.starts_on is None or self.starts_on <= starts_on)
            and (self.ends_on is None or ends_on is not None and ends_on <= self.ends_on)
        )

    def touches(self, medium: str, countries: frozenset[str] | None, starts_on: date, ends_on: date | None) -> bool:
        """Whether any of a use lies inside; countries that are not chosen yet (None) may come to lie outside."""
        return (
            (not self.media or medium in self.media)
            and (not self.countries or countries is not None and (not countries or bool(countries & set(self.countries))))
            and (self.starts_on is None or ends_on is None or self.starts_on <= ends_on)
            and (self.ends_on is None or starts_on <= self.ends_on)
        )

    def is_open(self, day: date) -> bool:
        """Whether it holds on a day."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    @property
    def limits(self) -> str:
        """What it is limited to, in words for buyers; "" where it is not."""
        parts, number = [], len(self.countries)
        if self.media:
            media = _in_a_list([str(IN_A_SENTENCE[Medium(medium)]) for medium in self.media])
            parts.append(pgettext("grant", "for %(media)s use") % {"media": media})
        if number > MOST_NAMED:
            parts.append(npgettext("grant", "in %(number)s country", "in %(number)s countries", number) % {"number": number})
        elif number:
            parts.append(pgettext("grant", "in %(countries)s") % {"countries": _in_a_list([countries.name(code) for code in self.countries])})
        if self.starts_on:
            parts.append(pgettext("grant", "from %(day)s") % {"day": date_format(self.starts_on)})
        if self.ends_on:
            parts.append(pgettext("grant", "until %(day)s") % {"day": date_format(self.ends_on)})
        return " ".join(parts)


def _in_a_list(words: list[str]) -> str:
    return get_text_list(words, pgettext("before the last of a list", "and"))
