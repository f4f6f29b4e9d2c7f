"""The price of a republication: a frozen quote of lines that add up, worked out from the rate card and nothing that a buyer could change."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django_countries import countries

from articles.models import Article, Image
from articles.terms import Syndication
from licensing.models.cards import ONE_COUNTRY, Rate, RateCard
from licensing.models.grants import Grant
from licensing.money import in_words, rounded
from licensing.rights import Rights, Ruling, Wanted, resolve

ON_REQUEST, NONE = Syndication.ON_REQUEST, Syndication.NONE
LONGEST_REASON = 600  # letters: what an order keeps of a line
PERCENTAGES = ("portion", "territory", "term", "audience", "translation")  # in this order, each of the sum so far


@dataclass(frozen=True)
class Choice:
    """What a buyer asks for: one answer of the card to each of its questions, and the pictures (short ids) that go with it."""

    medium: Rate
    territory: Rate
    term: Rate
    audience: Rate
    portion: Rate | None = None
    translation: Rate | None = None
    discount: Rate | None = None
    country: str = ""  # the one that a territory of one country is
    pictures: frozenset[str] = frozenset()

    @property
    def rates(self) -> dict[str, Rate]:
        """The answers, by question in small letters; those the card does not ask are not there."""
        names = ("medium", "portion", "territory", "term", "audience", "translation", "discount")
        return {name: rate for name in names if (rate := getattr(self, name))}

    @property
    def countries(self) -> frozenset[str]:
        """Where: countries of ISO 3166; none means the whole world."""
        return frozenset([self.country] if self.territory.key == ONE_COUNTRY else self.territory.countries)

    @property
    def territory_words(self) -> str:
        return countries.name(self.country) if self.territory.key == ONE_COUNTRY and self.country else self.territory.name

    def wanted(self, starts_on: date) -> Wanted:
        """Return what it asks of the rights, from a day on."""
        is_open = self.territory.key == ONE_COUNTRY and not self.country
        return Wanted(self.medium.key, None if is_open else self.countries, starts_on, last_day(starts_on, self.term.months))


@dataclass(frozen=True)
class Line:
    """One reason of a price, and its amount. A picture that is left out has a line too, of nothing."""

    reason: str
    amount: Decimal
    image: Image | None = None
    is_left_out: bool = False


@dataclass(frozen=True)
class Quote:
    """The price of a story, with every line of it and the day until which it holds.

    `asks`: why the rights desk has to say yes first. `is_open`: it has to name the price too, and the total is only what is known of it.
    `refusal`: why the story cannot be sold for this use at all.
    """

    card: RateCard
    article: Article
    choice: Choice
    lines: tuple[Line, ...]
    total: Decimal
    valid_until: date
    asks: tuple[str, ...] = ()
    is_open: bool = False
    refusal: Ruling | None = None
    rights: Rights | None = field(default=None, compare=False)

    def __post_init__(self):
        if sum((line.amount for line in self.lines), Decimal(0)) != self.total:
            raise ValueError("The lines of a quote must add up to its total.")

    @property
    def needs_desk(self) -> bool:
        return bool(self.asks)

    @property
    def currency(self) -> str:
        return self.card.currency

    @property
    def as_shown(self) -> str:
        """What the form sends back, so that nobody is bound to what they did not see: the total, and a digest of the rest."""
        rest = [self.article.short_id, self.asks, self.is_open, [[line.reason, str(line.amount)] for line in self.lines]]
        return f"{self.total}-{hashlib.sha256(json.dumps(rest).encode()).hexdigest()[:16]}"


def last_day(starts_on: date, months: int | None) -> date | None:
    """Return the last day of a term: a year from 24 November ends on 23 November, a month from 31 January with February."""
    if months is None:
        return None
    following = starts_on + relativedelta(months=months)
    return following - timedelta(days=following.day == starts_on.day)


def make_quote(card: RateCard, article: Article, choice: Choice, starts_on: date | None = None, grants: list[Grant] | None = None) -> Quote:
    """Work out the price of a story, for a licence from a day on (today).

    The medium's fee; a percentage of the sum so far for each other answer; a fee for each picture that is chosen and ours to sell; the
    discount, of all that; what is missing to the least fee. Every line is rounded to the currency's smallest unit, so that what is printed
    adds up. What the card cannot price, and what rights or card leave to the desk, is said in `asks`.
    """
    today = timezone.localdate()
    rights = resolve(article, choice.wanted(starts_on or today), grants)
    lines = [Line(choice.medium.name, rounded(choice.medium.fee, card.currency))]
    for name in PERCENTAGES:
        if rate := getattr(choice, name):
            lines.append(_percent_line(card, rate, lines, _words(choice, name)))
    chosen = [image for image in rights.pictures if image.short_id in choice.pictures]
    lines += [_picture_line(card, image, ruling) for image, ruling in rights.pictures.items() if image in chosen or ruling.terms == NONE]
    if choice.discount and choice.discount.percent:
        lines.append(_percent_line(card, choice.discount, lines, choice.discount.name))
    missing = rounded(card.minimum_fee, card.currency) - _sum(lines)
    if missing > 0:
        lines.append(Line(_("Up to our least fee, %(fee)s") % {"fee": in_words(card.minimum_fee, card.currency)}, missing))
    total = _sum(lines)
    return Quote(
        card, article, choice, tuple(lines), total,
        valid_until=today + timedelta(days=card.quote_days),
        asks=tuple(_asks(card, choice, rights, chosen, total)),
        is_open=any(rate.desk == Rate.Desk.PRICES for rate in choice.rates.values()),
        refusal=rights.text if rights.text.terms == NONE else None,
        rights=rights,
    )  # fmt: skip


def _asks(card: RateCard, choice: Choice, rights: Rights, chosen: list[Image], total: Decimal) -> list[str]:
    """Return why the desk has to say yes, each reason in a sentence."""
    asks = [rights.text.reason] if rights.text.terms == ON_REQUEST else []
    rulings = {image: rights.pictures[image] for image in chosen}
    asks += [f"{_name(image)}: {ruling.reason}" for image, ruling in rulings.items() if ruling.terms == ON_REQUEST and ruling.reason not in asks]
    for rate in choice.rates.values():
        if rate.desk == Rate.Desk.PRICES:
            asks.append(_("%(answer)s: the rights desk names the price.") % {"answer": rate.name})
        elif rate.desk == Rate.Desk.APPROVES:
            asks.append(_("%(answer)s: the rights desk looks at it first.") % {"answer": rate.name})
    if card.desk_above is not None and total > card.desk_above:
        asks.append(_("The rights desk looks at every order above %(price)s.") % {"price": in_words(card.desk_above, card.currency)})
    return asks


def _sum(lines: list[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


def _words(choice: Choice, question: str) -> str:
    return choice.territory_words if question == "territory" else getattr(choice, question).name


def _percent_line(card: RateCard, rate: Rate, lines: list[Line], words: str) -> Line:
    sign = "−" if rate.percent < 0 else "+"
    reason = f"{words} ({sign}{abs(rate.percent.normalize()):f} %)" if rate.percent else words
    return Line(reason, rounded(_sum(lines) * rate.percent / 100, card.currency))


def _name(image: Image) -> str:
    return Truncator(image.alt_text).words(9, truncate=" …")[:150]


def _picture_line(card: RateCard, image: Image, ruling: Ruling) -> Line:
    if ruling.terms == NONE:
        reason = _("Left out: %(picture)s. %(reason)s") % {"picture": _name(image).rstrip("."), "reason": ruling.reason}
        return Line(Truncator(reason).chars(LONGEST_REASON), Decimal(0), image, is_left_out=True)
    if ruling.terms == Syndication.FREE:
        return Line(_("Picture, free: %(picture)s") % {"picture": _name(image)}, Decimal(0), image)
    return Line(_("Picture: %(picture)s") % {"picture": _name(image)}, rounded(card.picture_fee, card.currency), image)
