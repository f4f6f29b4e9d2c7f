"""Placing an order: what a form that was sent comes to."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django_countries import countries

from articles.models import Article
from articles.terms import Syndication
from licensing import mails
from licensing.quotes import Choice, Quote, make_quote
from newsroom.models import Use

from .cards import OWN_COUNTRY, RateCard
from .documents import LicenceTerms

MOST_LINKS = 100  # orders in one mail
SELLABLE = {Syndication.FOR_SALE, Syndication.ON_REQUEST}
MOST_ORDERS, DAY = 10, 86_400  # from one mail address in so many seconds: nobody is flooded with mails that they did not ask for
TWIN_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Licensee:
    """Who wants to republish: the facts of one order, as its buyer gave them."""

    name: str
    organisation: str
    country: str  # ISO 3166-1 alpha-2
    email: str
    billing_address: str
    order_number: str = ""


@dataclass(frozen=True)
class Shown:
    """What stood before a buyer who pressed the button: the quote (`Quote.as_shown`), the version of the terms, and whether they order once more."""

    price: str
    terms: int | None
    once_more: bool = False


class PriceChanged(ValidationError):
    """The price or the terms are not the ones that the buyer was shown."""


class OrderedAlready(ValidationError):
    """The same words were sent within the hour, from another opening of the form."""


class OrderedTooOften(ValidationError):
    """More orders came from one mail address in a day than anybody means to send."""


class LicenceOrderManager(models.Manager):
    """Orders, one for each time that somebody meant to order."""

    def sent_before(self, article: Article, choice: Choice, licensee: Licensee, key: str):
        """Return the order that the same form (`key`) with the same words has made, or None."""
        return self.filter(fingerprint=_digest(key, _wish(article, choice, licensee))).first()

    @transaction.atomic
    def place(self, article: Article, choice: Choice, licensee: Licensee, key: str, shown: Shown) -> "LicenceOrder":  # noqa: F821
        """Make the order, or return the one that was made when the same form with the same words was sent before.

        The price is worked out here, under the story's lock, from the card in force; PriceChanged is raised where it is not the one that
        the buyer saw, OrderedAlready where they may have forgotten an order, ValidationError where the story can no longer be sold.
        """
        Article.objects.select_for_update().values_list("pk").get(pk=article.pk)  # a withdrawal comes before or after, and so does a twin
        if order := self.sent_before(article, choice, licensee, key):
            return order
        story = Article.objects.public().for_reading().filter(pk=article.pk).first()
        card, terms = RateCard.objects.current(), LicenceTerms.objects.current()
        if not story or story.terms not in SELLABLE or not card or not terms:
            raise ValidationError("This story can no longer be ordered.")
        quote = make_quote(card, story, choice)
        self._refuse_what_was_not_shown(quote, terms, choice, shown)
        wish = _wish(story, choice, licensee)
        if not shown.once_more and self.filter(wish=wish, created_at__gt=timezone.now() - TWIN_WITHIN).exclude(state="DECLINED").exists():
            raise OrderedAlready(
                f"You sent exactly this order less than an hour ago, and it has come in: see the mail to {licensee.email}."
                " To order the story once more, send the form again."
            )
        if not Use.objects.allows("order", licensee.email.lower(), MOST_ORDERS, DAY):
            raise OrderedTooOften("We take so many orders a day from one mail address, and no more. Order tomorrow, or write to the rights desk.")
        order = self.record(story, choice, quote, terms, licensee, key)
        mails.tell_buyer_of_order(order)
        mails.tell_desk_of_order(order)
        order.settle()
        return order

    @staticmethod
    def _refuse_what_was_not_shown(quote: Quote, terms: LicenceTerms, choice: Choice, shown: Shown) -> None:
        if choice.medium.card_id != quote.card.pk or quote.as_shown != shown.price:
            raise PriceChanged("This is the price, and the way, of what you chose. Look at it, and send the form again.")
        if terms.version != shown.terms:
            raise PriceChanged("The licence terms were changed while you read. Please read and accept the new ones.")

    def record(self, story: Article, choice: Choice, quote: Quote, terms: LicenceTerms, licensee: Licensee, key: str) -> "LicenceOrder":  # noqa: F821
        """Write an order and the lines of its quote down, and tell nobody."""
        wish = _wish(story, choice, licensee)
        order = self.create(
            article=story, fingerprint=_digest(key, wish), wish=wish, state="REQUESTED" if quote.needs_desk else "ACCEPTED",
            medium=choice.medium.name, territory=_territory(choice, licensee), term=choice.term.name, months=choice.term.months,
            audience=choice.audience.name, with_pictures=choice.with_pictures,
            card=quote.card, currency=quote.currency, total=quote.total, terms_version=terms.version, terms_text=terms.text,
            **vars(licensee),
        )  # fmt: skip
        for position, line in enumerate(quote.lines, start=1):
            order.lines.create(position=position, **vars(line))
        return order

    def send_links(self, email: str) -> None:
        """Send the links of the orders that were placed from an address.

        Each goes to the address that it was placed with, not to the one that asks: two addresses that look alike to the database may not be one.
        """
        orders = self.filter(email__iexact=email).order_by("email", "-created_at")[:MOST_LINKS]
        for address, rows in groupby(orders, key=lambda order: order.email):
            mails.send_links(address, list(rows))


def _territory(choice: Choice, licensee: Licensee) -> str:
    return countries.name(licensee.country) if choice.territory.key == OWN_COUNTRY else choice.territory.name


def _wish(article: Article, choice: Choice, licensee: Licensee) -> str:
    """Return what tells what is wanted by whom from any other wish."""
    answers = [choice.medium.key, choice.territory.key, choice.term.key, choice.audience.key, choice.with_pictures]
    return _digest(article.short_id, *answers, *vars(licensee).values())


def _digest(*parts) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
