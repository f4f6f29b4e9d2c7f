"""What republication has brought in: by month, story, source, medium and country. Money counts on the day on which it came in or went back."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from babel.numbers import get_currency_precision
from dateutil.relativedelta import relativedelta
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django_countries import countries

from licensing.models import LicenceOrder, Medium, OrderedStory, Payment, Refund

MONTHS = 12


@dataclass(frozen=True)
class Sold:
    """A story of an order, and its part of what the order brought in."""

    article: int
    headline: str
    source: str
    medium: str
    country: str
    amount: Decimal


@dataclass(frozen=True)
class Revenue:
    """Payments less refunds of a span of days, in one currency. Every table adds up to `total`."""

    since: date
    until: date
    currency: str
    sold: tuple[Sold, ...]
    months: tuple[tuple[date, Decimal], ...]  # by the first day of each month of the span, the oldest first

    @property
    def total(self) -> Decimal:
        return sum((amount for _, amount in self.months), Decimal(0))

    @property
    def by_story(self) -> list[tuple[str, Decimal]]:
        return self._by(lambda sold: (sold.article, sold.headline))

    @property
    def by_source(self) -> list[tuple[str, Decimal]]:
        return self._by(lambda sold: (sold.source, sold.source))

    @property
    def by_medium(self) -> list[tuple[str, Decimal]]:
        return self._by(lambda sold: (sold.medium, sold.medium))

    @property
    def by_country(self) -> list[tuple[str, Decimal]]:
        return self._by(lambda sold: (sold.country, sold.country))

    def _by(self, key: Callable[[Sold], tuple]) -> list[tuple[str, Decimal]]:
        """Add up by what a key tells apart, as (name, amount), the largest first."""
        sums = defaultdict(Decimal)
        for sold in self.sold:
            sums[key(sold)] += sold.amount
        return [(name, amount) for (_, name), amount in sorted(sums.items(), key=lambda row: (-row[1], row[0][1]))]


def revenue(since: date, until: date, currency: str) -> Revenue:
    """Work out what came in from one day to another, both included: three queries, however many orders."""
    net = defaultdict(lambda: defaultdict(Decimal))  # by order, by month
    for model, day, sign in ((Payment, "received_on", 1), (Refund, "sent_on", -1)):
        moved = model.objects.filter(**{f"{day}__range": (since, until)}, order__currency=currency).order_by()
        for order, month, amount in moved.values("order", month=TruncMonth(day)).annotate(sum=Sum("amount")).values_list("order", "month", "sum"):
            net[order][month] += sign * amount
    by_order = {order: sum(months.values()) for order, months in net.items()}
    by_month = {month: sum((months.get(month, Decimal(0)) for months in net.values()), Decimal(0)) for month in _months(since, until)}
    return Revenue(since, until, currency, tuple(_sold(by_order, currency)), tuple(by_month.items()))


def currencies() -> list[str]:
    """Return the currencies that orders were placed in."""
    return list(LicenceOrder.objects.placed().order_by("currency").values_list("currency", flat=True).distinct())


def spread(amount: Decimal, weights: list[Decimal], currency: str) -> list[Decimal]:
    """Part an amount in proportion to weights, in whole coins; what is left over of a coin goes to the last that has any weight."""
    if not any(weights):
        weights = [Decimal(1)] * len(weights)
    coin, whole = Decimal(1).scaleb(-get_currency_precision(currency)), sum(weights)
    parts = [(amount * weight / whole).quantize(coin, ROUND_DOWN) for weight in weights]
    last = max(place for place, weight in enumerate(weights) if weight)
    parts[last] += amount - sum(parts)
    return parts


def _sold(by_order: dict[int, Decimal], currency: str) -> Iterable[Sold]:
    """Spread what each order brought over its stories, in proportion to what is due for each, or to its fee where nothing is due any more."""
    stories = OrderedStory.objects.filter(order__in=by_order).select_related("order", "article__source").order_by("order", "position")
    stories = stories.only("keys", "medium", "fee", "kept", "cancelled_at", "order__country", "article__headline", "article__source__name")
    orders = defaultdict(list)
    for story in stories:
        orders[story.order_id].append(story)
    for order, ordered in orders.items():
        due = [story.due for story in ordered]
        weights = due if any(due) else [story.fee for story in ordered]
        for story, amount in zip(ordered, spread(by_order[order], weights, currency), strict=True):
            source = story.article.source.name if story.article.source else "Not known"
            medium = Medium(story.medium_key).label if story.medium_key in Medium else story.medium
            country = countries.name(story.order.country.code) or story.order.country.code
            yield Sold(story.article_id, story.article.headline, source, medium, country, amount)


def _months(since: date, until: date) -> list[date]:
    """Return the first day of each month that a span touches."""
    first = since.replace(day=1)
    count = (until.year - first.year) * 12 + until.month - first.month + 1
    return [first + relativedelta(months=number) for number in range(count)]
