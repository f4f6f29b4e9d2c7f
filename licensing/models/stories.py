"""The stories of an order: each with its use, its price and every line of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from articles.models import Article, Image
from articles.terms import Syndication
from licensing.money import in_words
from licensing.quotes import Choice, Quote, last_day, make_quote
from licensing.rights import Rights, Ruling, Wanted, pictures_of, resolve

from .cards import Rate, RateCard
from .grants import Grant
from .orders import LicenceOrder
from .states import State, Worded


class OrderedStoryManager(models.Manager):
    """Stories of orders."""

    def renewing(self, licence) -> models.QuerySet:
        """Those that renew a licence (or that of an outer query), as long as their orders stand."""
        return self.filter(renews=licence, cancelled_at=None).exclude(order__state__in=[State.DRAFT, State.DECLINED, State.CANCELLED])

    def add_quote(self, quote: Quote, renews=None) -> "OrderedStory":
        """Put a story with its quote into an order, in the place of an earlier quote for the same story."""
        earlier = self.filter(article=quote.article).first()
        position = earlier.position if earlier else (self.aggregate(last=models.Max("position"))["last"] or 0) + 1
        self.filter(article=quote.article).delete()
        choice = quote.choice
        words = {name: rate.name for name, rate in choice.rates.items()} | {"territory": choice.territory_words}
        story = self.create(
            article=quote.article, card=quote.card, position=position, **words,
            keys={name: rate.key for name, rate in choice.rates.items()} | {"country": choice.country}, picture_ids=sorted(choice.pictures),
            countries=sorted(choice.countries), months=choice.term.months, most_readers=choice.audience.most,
            most_words=choice.portion.most if choice.portion else None,
            may_translate=bool(choice.translation and choice.translation.key != "none"),
            fee=quote.total, is_open=quote.is_open, asks=list(quote.asks), valid_until=quote.valid_until, renews=renews,
        )  # fmt: skip
        for position, line in enumerate(quote.lines, start=1):
            story.lines.create(position=position, **vars(line))
        return story


@dataclass(frozen=True)
class Known:
    """What rights follow from for several stories: those that are public, with their pictures, and the grants that bear on them."""

    articles: dict[int, Article]
    grants: list[Grant]

    @classmethod
    def of(cls, stories: list["OrderedStory"]) -> "Known":
        """Load it: three queries, however many stories."""
        articles = list(Article.objects.public().for_licensing().filter(pk__in=[story.article_id for story in stories]))
        images = [image for article in articles for image in pictures_of(article)]
        return cls({article.pk: article for article in articles}, list(Grant.objects.bearing_on(articles, images)))


class OrderedStory(models.Model):
    """One story of an order: what for, in the card's words of the day, and at what price."""

    class Asked(Worded):
        MEDIUM = "Medium", pgettext_lazy("of a licence", "Medium")
        TERRITORY = "Territory", pgettext_lazy("of a licence", "Territory")
        TERM = "Term", pgettext_lazy("of a licence", "Term")
        AUDIENCE = "Audience", pgettext_lazy("of a licence", "Audience")
        TEXT = "Text", pgettext_lazy("of a licence", "Text")
        LANGUAGE = "Language", pgettext_lazy("of a licence", "Language")
        DISCOUNT = "Discount", pgettext_lazy("of a licence", "Discount")

    order = models.ForeignKey(LicenceOrder, on_delete=models.PROTECT, related_name="stories")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="ordered", verbose_name="story")
    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="ordered")
    position = models.PositiveSmallIntegerField()

    medium = models.CharField(max_length=60)
    territory = models.CharField(max_length=120)
    term = models.CharField(max_length=60)
    audience = models.CharField(max_length=60)
    portion = models.CharField(max_length=60, blank=True)
    translation = models.CharField(max_length=60, blank=True)
    discount = models.CharField(max_length=60, blank=True)

    keys = models.JSONField(default=dict)  # the answers' keys by question, and the country
    picture_ids = ArrayField(models.CharField(max_length=7), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list)  # none: the whole world
    months = models.PositiveSmallIntegerField(null=True)  # none: without end
    most_readers = models.PositiveIntegerField(null=True)
    most_words = models.PositiveIntegerField(null=True)
    may_translate = models.BooleanField(default=False)

    fee = models.DecimalField(max_digits=14, decimal_places=2)
    is_open = models.BooleanField(default=False)  # the desk has still to name the price
    asks = models.JSONField(default=list)  # why the desk has to say yes
    agreed = models.JSONField(default=list)  # what rights left to the desk, and it has said yes to
    valid_until = models.DateField()  # the last day of its quote
    renews = models.ForeignKey("licensing.Licence", on_delete=models.PROTECT, null=True, related_name="renewals")

    cancelled_at = models.DateTimeField(null=True)
    cancellation_reason = models.CharField(max_length=1000, blank=True)
    kept = models.DecimalField(max_digits=14, decimal_places=2, default=0)  # of the fee, when it was cancelled

    objects = OrderedStoryManager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "article"], name="ordered_story_once"),
            models.CheckConstraint(condition=Q(fee__gte=0), name="ordered_story_fee_not_negative"),
            models.CheckConstraint(condition=Q(kept__gte=0, kept__lte=models.F("fee")), name="ordered_story_keeps_within_fee"),
        ]

    def __str__(self):
        return self.article.headline

    @property
    def medium_key(self) -> str:
        return self.keys.get("medium", "")

    def wanted(self, starts_on: date) -> Wanted:
        """Return what it asks of the rights, from a day on."""
        return Wanted(self.medium_key, frozenset(self.countries), starts_on, last_day(starts_on, self.months))

    def problem(self, day: date | None = None, has_desk_agreed: bool = False, known: "Known | None" = None) -> str:
        """Why it cannot be licensed from a day on (today) as it was ordered, in a sentence for the desk; "" while it can.

        What rights leave to the desk is a problem until it has agreed to that very reason; `has_desk_agreed`: to whatever they leave to it.
        `known` is what was loaded for several stories at once.
        """
        known = known or Known.of([self])
        story = known.articles.get(self.article_id)
        if not story:
            return _("The story is no longer in print, so it cannot be licensed.")
        if self.renews and self.renews.revoked_at:
            return _("It renews licence %(licence)s, which was revoked.") % {"licence": self.renews}
        rights = resolve(story, self.wanted(self.starts_on(day)), known.grants)
        if rights.text.terms in {Syndication.NONE, Syndication.FREE}:
            return _("The story cannot be licensed any more. %(reason)s") % {"reason": rights.text.reason}
        lost = Ruling(Syndication.NONE, _("It is not with the story any more."))
        rulings = {image: rights.pictures.get(image, lost) for image in self.pictures}
        if refused := [f"{image}: {ruling.reason}" for image, ruling in rulings.items() if ruling.terms == Syndication.NONE]:
            return _("A picture of this order cannot be licensed any more. %(pictures)s It can be ordered without.") % {"pictures": " ".join(refused)}
        if gone := [str(image) for image in rulings if not _can_be_read(image)]:
            return _("The file of a picture cannot be read, so it cannot be licensed at the moment: %(pictures)s.") % {"pictures": ", ".join(gone)}
        asked = [row for row in _asked(rights, self.pictures) if row not in self.agreed]
        if asked and not has_desk_agreed:
            return _("The rights desk has to say yes first. %(reason)s") % {"reason": asked[0][-1]}
        return ""

    def agree(self) -> None:
        """Note what rights leave to the desk today, since it says yes to it."""
        if story := Article.objects.public().for_licensing().filter(pk=self.article_id).first():
            self.agreed = _asked(resolve(story, self.wanted(self.starts_on())), self.pictures)
            self.save(update_fields=["agreed"])

    def starts_on(self, day: date | None = None) -> date:
        """Return the first day of its licence, were it issued on a day (today): a renewal follows the licence that it renews."""
        day = day or timezone.localdate()
        if self.renews and self.renews.ends_on and self.renews.ends_on >= day:
            return self.renews.ends_on + timedelta(days=1)
        return day

    def quote_again(self, card: RateCard) -> Quote | None:
        """Price the same use by another card; None where that card does not offer it any more."""
        choice = self.choice_on(card)
        story = Article.objects.public().for_licensing().filter(pk=self.article_id).first()
        return make_quote(card, story, choice, self.starts_on()) if choice and story else None

    def choice_on(self, card: RateCard) -> Choice | None:
        """Return the same answers on another card, or None where one of them is not on it."""
        offered = {(rate.question.lower(), rate.key): rate for rate in card.rates.all()}
        chosen = {question: offered.get((question, key)) for question, key in self.keys.items() if question != "country"}
        if None in chosen.values() or not {question.lower() for question in Rate.REQUIRED} <= chosen.keys():
            return None
        return Choice(**chosen, country=self.keys.get("country", ""), pictures=frozenset(self.picture_ids))

    @property
    def due(self) -> Decimal:
        """What it costs as it stands: its fee, or what was kept of it when it was cancelled."""
        return self.kept if self.cancelled_at else self.fee

    @property
    def price(self) -> str:
        return in_words(self.fee, self.order.currency)

    @cached_property
    def headline(self) -> str:
        """The story's headline; "" where it must not be said any more."""
        return self.article.headline if Article.objects.nameable().filter(pk=self.article_id).exists() else ""

    @property
    def is_public(self) -> bool:
        return Article.objects.public().filter(pk=self.article_id).exists()

    @property
    def scope(self) -> list[tuple[Asked, str]]:
        """What for, as (question, answer) in words."""
        answers = [self.medium, self.territory, self.term, self.audience, self.portion, self.translation]
        answers.append(self.discount if self.keys.get("discount") != "none" else "")
        return [(question, answer) for question, answer in zip(self.Asked, answers, strict=True) if answer]

    @property
    def pictures(self) -> list[Image]:
        """The pictures that go with the story."""
        return [line.image for line in self.lines.all() if line.image and not line.is_left_out]

    @property
    def licence(self):
        """Its licence, or None."""
        return next(iter(self.licences.all()), None)


def _asked(rights: Rights, pictures: list[Image]) -> list[list[str]]:
    """Return what rights leave to the desk, of the text and of these pictures: what it is about, whose that is, and why."""
    rulings = [("text", rights.text), *((image.short_id, rights.pictures[image]) for image in pictures if image in rights.pictures)]
    return [[what, ruling.holder, ruling.reason] for what, ruling in rulings if ruling.terms == Syndication.ON_REQUEST]


def _can_be_read(image: Image) -> bool:
    try:
        with image.file.storage.open(image.file.name):
            return True
    except OSError:
        return False


class QuoteLine(models.Model):
    """A line of the quote that a story was ordered with."""

    story = models.ForeignKey(OrderedStory, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=600)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    image = models.ForeignKey(Image, on_delete=models.PROTECT, null=True, related_name="quote_lines")
    is_left_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["story", "position"], name="quote_line_position_unique")]

    def __str__(self):
        return self.reason
