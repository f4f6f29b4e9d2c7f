"""Placing an order: what a form that was sent comes to, whether for one story at once or for several in a draft."""

import hashlib
import json
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from secrets import token_hex

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article
from articles.terms import Syndication
from licensing import mails
from licensing.money import in_words
from licensing.quotes import Choice, Quote, make_quote
from newsroom.models import Use

from .cards import RateCard
from .documents import LicenceTerms
from .states import State

MOST_LINKS = 100  # orders in one mail
MOST_STORIES = 20  # in one order
SELLABLE = {Syndication.FOR_SALE, Syndication.ON_REQUEST}
MOST_ORDERS, DAY = 10, 86_400  # from one mail address in so many seconds: nobody is flooded with mails that they did not ask for
TWIN_WITHIN = timedelta(hours=1)
DRAFTS_KEPT = timedelta(days=60)  # after their quotes have ended


@dataclass(frozen=True)
class Buyer:
    """Who wants to republish: the facts of one order, as its buyer gave them."""

    name: str
    organisation: str
    country: str  # ISO 3166-1 alpha-2
    email: str
    billing_address: str
    order_number: str = ""


@dataclass(frozen=True)
class Shown:
    """What stood before a buyer who pressed the button: the quote (its or the draft's `as_shown`), the version of the terms, whether once more."""

    price: str
    terms: int | None
    once_more: bool = False


class PriceChanged(ValidationError):
    """The price or the terms are not the ones that the buyer was shown."""


class OrderedAlready(ValidationError):
    """The same words were sent within the hour, from another opening of the form."""


class OrderedTooOften(ValidationError):
    """More orders came from one mail address in a day than anybody means to send."""


class LicenceOrderQuerySet(models.QuerySet):
    """Orders."""

    def on_account(self):
        """Those that were licensed and are still to be paid; of one that was cancelled since, what is kept of its fees."""
        from .licences import Licence

        was_licensed = models.Q(state=State.CANCELLED, pk__in=Licence.objects.values("order"))
        return self.filter(models.Q(state=State.CREDITED) | was_licensed)

    def placed(self):
        return self.exclude(state=State.DRAFT)

    def with_money(self):
        """What amounts are worked out from: three queries, however many orders."""
        return self.prefetch_related("stories", "payments", "refunds")

    def with_stories(self):
        """What an order's page needs of its stories."""
        return self.prefetch_related("stories__article__source", "stories__lines__image", "stories__licences", "stories__card", "payments", "refunds")

    def lapse_offers(self, day: date | None = None) -> None:
        """Cancel what waits for its buyer's answer beyond the day that it was to be given by."""
        day = day or timezone.localdate()
        for order in self.filter(state=State.OFFERED, answer_by__lt=day):
            order.lapse(day)

    def settle_all(self) -> None:
        """License what is paid and had to wait, where nothing stands in its way any more: a story is in print again, a right was got back."""
        for order in self.filter(state=State.ACCEPTED).with_money():
            if not order.owed and not order.problem:
                order.settle_again()

    @transaction.atomic
    def forget_drafts(self) -> None:
        """Delete drafts that nobody has ordered, long after their quotes have ended."""
        from .stories import OrderedStory

        old = self.filter(state=State.DRAFT, created_at__lt=timezone.now() - DRAFTS_KEPT)
        old = old.exclude(stories__valid_until__gte=timezone.localdate() - DRAFTS_KEPT).values_list("pk", flat=True)
        forgotten = list(self.select_for_update().filter(state=State.DRAFT, pk__in=list(old)).values_list("pk", flat=True))
        OrderedStory.objects.filter(order__in=forgotten).delete()
        self.filter(pk__in=forgotten).delete()


class LicenceOrderManager(models.Manager.from_queryset(LicenceOrderQuerySet)):
    """Orders, one for each time that somebody meant to order."""

    def fingerprint(self, article: Article, choice: Choice, buyer: Buyer | None, key: str) -> str:
        """Return what tells a form (`key`) with its words from every other."""
        return _digest(key, _wish(article, choice, buyer))

    def sent_before(self, article: Article, choice: Choice, buyer: Buyer | None, key: str):
        """Return the order that the same form (`key`) with the same words has made, or None."""
        return self.filter(fingerprint=self.fingerprint(article, choice, buyer, key)).first()

    @transaction.atomic
    def place(self, article: Article, choice: Choice, buyer: Buyer, key: str, shown: Shown) -> "LicenceOrder":  # noqa: F821
        """Make the order of one story, or return the one that was made when the same form with the same words was sent before.

        The price is worked out here, under the story's lock, from the card in force; PriceChanged is raised where it is not the one that
        the buyer saw, OrderedAlready where they may have forgotten an order, ValidationError where the story can no longer be sold.
        """
        hold_story(article)
        if order := self.sent_before(article, choice, buyer, key):
            return order
        order = self.draft(article, choice, key, shown, buyer)
        order.place(buyer, replace(shown, price=order.as_shown))
        return order

    @transaction.atomic
    def draft(self, article: Article, choice: Choice, key: str, shown: Shown, buyer: Buyer | None = None) -> "LicenceOrder":  # noqa: F821
        """Keep the quote of a story as an order that nobody has placed yet; the same form sent again leads to the same draft."""
        hold_story(article)
        if order := self.sent_before(article, choice, buyer, key):
            return order
        quote = quote_as_shown(article, choice, shown)
        return self.record(quote, self.fingerprint(article, choice, buyer, key))

    @transaction.atomic
    def renew(self, licence, shown: Shown) -> "LicenceOrder":  # noqa: F821
        """Order the same use once more for the same licensee, at today's prices, from the day on which the licence ends; once for each licence."""
        hold_story(licence.article)
        renewed = licence.renewals.filter(cancelled_at=None).exclude(order__state__in=[State.DRAFT, State.DECLINED, State.CANCELLED])
        if known := renewed.select_related("order").first():
            if known.order.account_id or known.order.email != licence.order.email:  # its page is no longer for whoever has this one
                raise ValidationError(_("This licence has been renewed already."))
            return known.order
        card = RateCard.objects.current()
        quote = licence.renewal(card) if card else None
        if not quote or quote.refusal:
            raise ValidationError(_("This licence cannot be renewed as it is. Order the story anew, or write to the rights desk."))
        if quote.as_shown != shown.price:
            raise PriceChanged(_("The price has changed while you read. Look at the new one before you renew."))
        if not Use.objects.allows("renewal", licence.reference, MOST_ORDERS, DAY):
            raise OrderedTooOften(
                _("This licence was renewed and cancelled so often today that we take no more. Try tomorrow, or write to the rights desk.")
            )
        order, old = self.record(quote, token_hex(32), licence), licence.order
        buyer = Buyer(**{field.name: str(getattr(old, field.name)) for field in fields(Buyer)})
        order.place(buyer, Shown(order.as_shown, shown.terms, once_more=True), is_renewal=True)
        return order

    def record(self, quote: Quote, fingerprint: str, renews=None) -> "LicenceOrder":  # noqa: F821
        """Write a draft down with the lines of its quote."""
        order = self.create(state=State.DRAFT, fingerprint=fingerprint, currency=quote.currency, total=quote.total)
        order.stories.add_quote(quote, renews)
        return order

    def send_links(self, email: str) -> None:
        """Send the links of the orders that were placed from an address.

        Each goes to the address that it was placed with, not to the one that asks: two addresses that look alike to the database may not be one.
        """
        orders = self.filter(email__iexact=email).order_by("email", "-created_at").with_stories()[:MOST_LINKS]
        for address, rows in groupby(orders, key=lambda order: order.email):
            mails.send_links(address, list(rows))


class PlacingVerbs:
    """Verbs of a draft; each holds its row."""

    @transaction.atomic
    def add(self, article: Article, choice: Choice, shown: Shown) -> None:
        """Put one more story into a draft, at today's price; a story that is in it already is priced anew."""
        self.hold(State.DRAFT, refusal=_("Only a draft can take more stories."))
        hold_story(article)
        others = self.stories.exclude(article=article)
        if others.count() >= MOST_STORIES:
            full = ngettext(
                "An order holds %(number)s story at most. Order it first.",
                "An order holds %(number)s stories at most. Order these first.",
                MOST_STORIES,
            )
            raise ValidationError(full % {"number": MOST_STORIES})
        quote = quote_as_shown(article, choice, shown)
        if quote.currency != self.currency:
            wrong = _("This order is in %(currency)s, and prices are in %(other)s now. Begin a new one.")
            raise ValidationError(wrong % {"currency": self.currency, "other": quote.currency})
        self.stories.add_quote(quote)
        self._add_up()

    @transaction.atomic
    def drop(self, short_id: str) -> None:
        """Take a story (by its short id) out of a draft; the last one stays."""
        self.hold(State.DRAFT, refusal=_("Only a draft can lose stories."))
        if self.stories.exclude(article__short_id=short_id).exists():
            self.stories.filter(article__short_id=short_id).delete()
            self._add_up()

    @transaction.atomic
    def price_anew(self) -> list[str]:
        """Price a draft by today's card; return the headlines of stories that fell out, since they cannot be had like that any more."""
        self.hold(State.DRAFT, refusal=_("Only a draft can be priced anew."))
        card, lost = RateCard.objects.current(), []
        for story in self.stories.all():
            quote = story.quote_again(card) if card else None
            if quote and not quote.refusal and quote.article.terms in SELLABLE and quote.currency == self.currency:
                self.stories.add_quote(quote)
            else:
                lost.append(story)
        if len(lost) == self.stories.count():
            raise ValidationError(_("None of these stories can be had like this any more. Begin a new order."))
        self.stories.filter(pk__in=[story.pk for story in lost]).delete()
        self._add_up()
        return [story.headline or _("a story that we had to take down") for story in lost]

    @transaction.atomic
    def place(self, buyer: Buyer, shown: Shown, is_renewal: bool = False) -> None:
        """Order what is in a draft, at the prices that were quoted while they hold; an order that was placed already stays as it is."""
        self.hold()
        if self.state != State.DRAFT:
            return
        if self.has_expired:
            held = _("This quote held until %(day)s. Have it priced anew, and look at it before you order.")
            raise PriceChanged(held % {"day": date_format(self.valid_until)})
        if shown.price != self.as_shown:
            raise PriceChanged(_("Somebody has changed this quote while you read. Look at it again, and send the form once more."))
        terms = LicenceTerms.objects.current()
        if not terms or terms.version != shown.terms:
            raise PriceChanged(_("The licence terms were changed while you read. Please read and accept the new ones."))
        self.hold_stories()
        self._refuse_what_cannot_be_sold()
        self._refuse_twins(buyer, shown)
        if not is_renewal and not Use.objects.allows("order", buyer.email.lower(), MOST_ORDERS, DAY):
            raise OrderedTooOften(_("We take so many orders a day from one mail address, and no more. Order tomorrow, or write to the rights desk."))
        self.name_buyer(buyer, terms)
        needs_desk = any(story.asks for story in self.stories.all()) or bool(self.problem)
        if needs_desk:
            self.move(State.REQUESTED, _("Ordered; the rights desk has to say yes."))
        else:
            self.move(State.ACCEPTED, _("Ordered."), pay_by=self.first_pay_by())
        mails.tell_buyer_of_order(self)
        mails.tell_desk_of_order(self)
        self.offer_account()
        self.settle()

    def name_buyer(self, buyer: Buyer, terms: LicenceTerms) -> None:
        """Note who orders, and the terms as they are accepted."""
        for field, value in vars(buyer).items():
            setattr(self, field, value)
        self.terms_version, self.terms_text, self.created_at = terms.version, terms.text, timezone.now()
        self.save()

    def _refuse_what_cannot_be_sold(self) -> None:
        if problem := next((problem for story in self.stories.all() if (problem := story.problem(has_desk_agreed=True))), ""):
            raise ValidationError(problem)

    def _refuse_twins(self, buyer: Buyer, shown: Shown) -> None:
        wishes = [[story.article.short_id, story.keys, story.picture_ids] for story in self.stories.select_related("article")]
        self.wish = _digest(wishes, list(vars(buyer).values()))
        twins = type(self).objects.placed().filter(wish=self.wish, created_at__gt=timezone.now() - TWIN_WITHIN)
        if not shown.once_more and twins.exclude(state__in=[State.DECLINED, State.CANCELLED]).exists():
            known = _(
                "You sent exactly this order less than an hour ago, and it has come in: see the mail to %(email)s."
                " To order once more, send the form again."
            )
            raise OrderedAlready(known % {"email": buyer.email})

    def _add_up(self) -> None:
        self.total = sum(story.fee for story in self.stories.all())
        self.save(update_fields=["total"])


def hold_story(article: Article) -> None:
    """Hold a story's row: a withdrawal comes before or after, and so does a twin."""
    Article.objects.select_for_update().values_list("pk").get(pk=article.pk)


def quote_as_shown(article: Article, choice: Choice, shown: Shown) -> Quote:
    """Price a story by the card in force, and refuse where that is not what the buyer saw, or where it cannot be sold."""
    story = Article.objects.public().for_licensing().filter(pk=article.pk).first()
    card, terms = RateCard.objects.current(), LicenceTerms.objects.current()
    if not story or story.terms not in SELLABLE or not card or not terms:
        raise ValidationError(_("This story can no longer be ordered."))
    if choice.medium.card_id != card.pk:
        raise PriceChanged(_("Our prices have changed while you read. Look at the new one, and send the form again."))
    quote = make_quote(card, story, choice)
    if quote.refusal:
        raise ValidationError(_("The story cannot be had for this use. %(reason)s") % {"reason": quote.refusal.reason})
    if quote.as_shown != shown.price:
        raise PriceChanged(_("%(change)s Look at it, and send the form again.") % {"change": _what_changed(quote, shown)})
    return quote


def _what_changed(quote: Quote, shown: Shown) -> str:
    """Say what the price is, and what it was when the buyer saw it, where that is another."""
    before, _dash, digest = shown.price.partition("-")
    if not digest or not before.isascii() or not before.replace(".", "", 1).isdecimal() or Decimal(before) == quote.total:
        return _("This is the price, and the way, of what you chose.")
    prices = {"price": in_words(quote.total, quote.currency), "before": in_words(Decimal(before), quote.currency)}
    return _("What you chose costs %(price)s now; you saw %(before)s.") % prices


def _wish(article: Article, choice: Choice, buyer: Buyer | None) -> str:
    """Return what tells what is wanted by whom from any other wish."""
    answers = [[name, rate.key] for name, rate in choice.rates.items()]
    return _digest(article.short_id, answers, choice.country, sorted(choice.pictures), list(vars(buyer).values()) if buyer else None)


def _digest(*parts) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
