"""The rate card, the licence terms and the sample orders that a new archive begins with."""

import tomllib
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from pathlib import Path

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from articles.models import Article
from licensing.models import Licence, LicenceOrder, LicenceTerms, Licensee, Rate, RateCard
from licensing.quotes import Choice, make_quote

ROLE = "Rights desk"
PERMISSIONS = (
    "licensing.view_licenceorder", "licensing.decide_licenceorder", "licensing.record_payment", "licensing.view_licence",
    "licensing.view_ratecard", "licensing.add_ratecard", "licensing.change_ratecard", "licensing.delete_ratecard",
    "licensing.view_rate", "licensing.add_rate", "licensing.change_rate", "licensing.delete_rate",
    "licensing.view_licenceterms", "licensing.add_licenceterms", "licensing.change_licenceterms", "licensing.delete_licenceterms",
    "articles.view_article",
)  # fmt: skip


@transaction.atomic
def load(path: Path) -> None:
    """Bring a rate card, licence terms and orders into an archive that has its stories. Nobody is written to."""
    make_role()
    facts = tomllib.loads(path.read_text(), parse_float=Decimal)
    terms = LicenceTerms.objects.create(**facts["terms"])
    rates = facts["card"].pop("rates")
    card = RateCard.objects.create(**facts["card"])
    for question in Rate.Question.values:
        for position, rate in enumerate(rates[question.lower()], start=1):
            Rate.objects.create(card=card, question=question, position=position, **rate)
    for order in facts["orders"]:
        _load_order(order, card, terms)


def make_role() -> None:
    """Make the group of those who run the rights desk."""
    desk, _ = Group.objects.get_or_create(name=ROLE)
    wanted = [Q(content_type__app_label=app, codename=codename) for app, _, codename in (name.partition(".") for name in PERMISSIONS)]
    desk.permissions.set(Permission.objects.filter(reduce(or_, wanted)))


def _load_order(facts: dict, card: RateCard, terms: LicenceTerms) -> None:
    """Write one order down in the state it is said to be in."""
    story = Article.objects.for_reading().get(slug=facts["story"])
    answers = {question: card.rates.get(question=question.upper(), key=facts[question]) for question in ("medium", "territory", "term", "audience")}
    choice = Choice(**answers, with_pictures=facts["with_pictures"])
    order = LicenceOrder.objects.record(story, choice, make_quote(card, story, choice), terms, Licensee(**facts["licensee"]), "seeds")
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
