"""The rate card, the licence terms and the sample orders that a new archive begins with."""

import tomllib
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from articles.models import Article
from licensing.models import Licence, LicenceOrder, LicenceTerms, Licensee, Rate, RateCard
from licensing.quotes import Choice, make_quote


@transaction.atomic
def load(path: Path) -> None:
    """Bring a rate card, licence terms and orders into an archive that has its stories. Nobody is written to."""
    facts = tomllib.loads(path.read_text(), parse_float=Decimal)
    terms = LicenceTerms.objects.create(**facts["terms"])
    rates = facts["card"].pop("rates")
    card = RateCard.objects.create(**facts["card"])
    for question in Rate.Question.values:
        for position, rate in enumerate(rates[question.lower()], start=1):
            Rate.objects.create(card=card, question=question, position=position, **rate)
    for order in facts["orders"]:
        _load_order(order, card, terms)


def _load_order(facts: dict, card: RateCard, terms: LicenceTerms) -> None:
    """Write one order down in the state it is said to be in."""
    story = Article.objects.for_reading().get(slug=facts["story"])
    answers = {question: card.rates.get(question=question.upper(), key=facts[question]) for question in ("medium", "territory", "term", "audience")}
    choice = Choice(**answers, with_pictures=facts["with_pictures"])
    order = LicenceOrder.objects.record(
        story, choice, make_quote(card, story, choice), terms, Licensee(**facts["licensee"]), f"seed of {facts['licensee']['email']}"
    )
    order.created_at = _moment(facts["created_at"])
    order.state = facts["state"]
    order.decision_reason = facts.get("decision_reason", "")
    order.decided_at = _moment(facts["decided_at"]) if "decided_at" in facts else None
    order.save()
    if "paid_at" in facts:
        paid_at = _moment(facts["paid_at"])
        order.payments.create(amount=order.total, received_on=timezone.localdate(paid_at))
        Licence.objects.issue(order, paid_at)


def _moment(local: datetime) -> datetime:
    return timezone.make_aware(local)
