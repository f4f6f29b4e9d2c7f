"""The price of a republication: a frozen quote of lines that add up, worked out from the rate card and nothing that a buyer could change."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import Truncator

from articles.models import Article, Image
from articles.terms import Syndication
from licensing.models.cards import Rate, RateCard
from licensing.money import rounded

LEFT_OUT = {Syndication.NONE: "not ours to sell"}


@dataclass(frozen=True)
class Choice:
    """What a buyer asks for: one answer of the card to each of its questions, with or without pictures."""

    medium: Rate
    territory: Rate
    term: Rate
    audience: Rate
    with_pictures: bool


@dataclass(frozen=True)
class Line:
    """One reason of a price, and its amount. A picture that is left out has a line too, of nothing."""

    reason: str
    amount: Decimal
    image: Image | None = None
    is_left_out: bool = False


@dataclass(frozen=True)
class Quote:
    """A price, with every line of it. `needs_desk`: nothing is sold before the rights desk has said yes."""

    card: RateCard
    article: Article
    lines: tuple[Line, ...]
    total: Decimal
    needs_desk: bool

    def __post_init__(self):
        if sum(line.amount for line in self.lines) != self.total:
            raise ValueError("The lines of a quote must add up to its total.")

    @property
    def currency(self) -> str:
        return self.card.currency

    @property
    def as_shown(self) -> str:
        """What the form sends back, so that nobody is bound to what they did not see: the total, and a digest of the rest."""
        rest = [self.article.short_id, self.needs_desk, [[line.reason, str(line.amount)] for line in self.lines]]
        return f"{self.total}-{hashlib.sha256(json.dumps(rest).encode()).hexdigest()[:16]}"


def sellable_pictures(article: Article) -> dict[Image, Syndication]:
    """Return the story's pictures that can go with it, each once, with its terms."""
    return {image: terms for image, terms in _pictures(article).items() if terms != Syndication.NONE}


def make_quote(card: RateCard, article: Article, choice: Choice) -> Quote:
    """Work out the price of a story: the medium's fee, then a percentage of the sum so far for each other answer, then the pictures.

    Every line is rounded to the currency's smallest unit, so that what is printed adds up.
    """
    lines = [Line(choice.medium.name, rounded(choice.medium.fee, card.currency))]
    for rate in (choice.territory, choice.term, choice.audience):
        so_far = sum(line.amount for line in lines)
        lines.append(Line(_with_percent(rate), rounded(so_far * rate.percent / 100, card.currency)))
    pictures = _pictures(article) if choice.with_pictures else {}
    lines += [_picture_line(card, image, terms) for image, terms in pictures.items()]
    asked = {article.terms, *(terms for terms in pictures.values() if terms != Syndication.NONE)}
    return Quote(card, article, tuple(lines), sum(line.amount for line in lines), needs_desk=Syndication.ON_REQUEST in asked)


def _pictures(article: Article) -> dict[Image, Syndication]:
    return {figure.image: article.terms_of(figure.image) for figure in article.figures.all() if figure.image}


def _with_percent(rate: Rate) -> str:
    return f"{rate.name} ({rate.percent.normalize():+f} %)" if rate.percent else rate.name


def _picture_line(card: RateCard, image: Image, terms: Syndication) -> Line:
    name = Truncator(image.alt_text).words(9, truncate=" …")[:150]
    if reason := LEFT_OUT.get(terms):
        return Line(f"Left out, {reason}: {name}", Decimal(0), image, is_left_out=True)
    if terms == Syndication.FREE:
        return Line(f"Picture, free: {name}", Decimal(0), image)
    return Line(f"Picture: {name}", rounded(card.picture_fee, card.currency), image)
