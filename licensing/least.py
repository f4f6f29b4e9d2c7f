"""The least that a story costs, for the line that offers it."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.utils import timezone

from licensing.models import Rate, RateCard
from licensing.money import rounded
from newsroom.prepared import Blank, Prepared


@dataclass(frozen=True)
class Price:
    """An amount and its currency (ISO 4217)."""

    amount: Decimal
    currency: str


def least_price() -> Price | None:
    """Return what the cheapest answers of the card in force come to, without pictures, discounts and the rights desk; one query.

    None where there is no card, or where the desk has a say in every answer to one of its questions.
    """
    rates = _rates().rows(today=timezone.localdate())
    answers = {rate.question: [] for rate in rates}
    for rate in rates:
        if rate.desk == Rate.Desk.NO:
            answers[rate.question].append(rate)
    if not rates or not all(answers.values()):
        return None
    currency, minimum_fee = rates[0].card__currency, rates[0].card__minimum_fee
    total = rounded(min(rate.fee for rate in answers.pop(Rate.Question.MEDIUM)), currency)
    for question in (Rate.Question.PORTION, Rate.Question.TERRITORY, Rate.Question.TERM, Rate.Question.AUDIENCE, Rate.Question.TRANSLATION):
        if question in answers:
            total += rounded(total * min(rate.percent for rate in answers[question]) / 100, currency)
    return Price(max(total, rounded(minimum_fee, currency)), currency)


@cache
def _rates() -> Prepared:
    """Return the query for the answers of the card in force."""
    in_force = RateCard.objects.begun(Blank("today")).order_by("-in_force_from", "-version").values("pk")[:1]
    rates = Rate.objects.filter(card=in_force).exclude(question=Rate.Question.DISCOUNT)
    return Prepared(rates.values_list("question", "desk", "fee", "percent", "card__currency", "card__minimum_fee", named=True))
