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

from articles.models import Article, Source
from licensing.models import Buyer, Grant, Licence, LicenceOrder, LicenceTerms, Licensee, Rate, RateCard
from licensing.quotes import Choice, Quote, make_quote
from licensing.rights import pictures_of

ROLE = "Rights desk"
PERMISSIONS = (
    "licensing.view_licenceorder", "licensing.decide_licenceorder", "licensing.record_payment", "licensing.record_refund",
    "licensing.view_licence", "licensing.revoke_licence",
    "licensing.view_grant", "licensing.add_grant", "licensing.change_grant", "licensing.delete_grant",
    "licensing.view_licensee", "licensing.add_licensee", "licensing.change_licensee", "licensing.delete_licensee",
    "licensing.view_ratecard", "licensing.add_ratecard", "licensing.change_ratecard", "licensing.delete_ratecard",
    "licensing.view_rate", "licensing.add_rate", "licensing.change_rate", "licensing.delete_rate",
    "licensing.view_licenceterms", "licensing.add_licenceterms", "licensing.change_licenceterms", "licensing.delete_licenceterms",
    "articles.view_article", "articles.view_source", "articles.view_image",
)  # fmt: skip


@transaction.atomic
def load(path: Path) -> None:
    """Bring a rate card, licence terms and orders into an archive that has its stories. Nobody is written to."""
    make_role()
    facts = tomllib.loads(path.read_text(), parse_float=Decimal)
    terms, card = load_card(facts)
    for contract in facts["grants"]:
        Grant.objects.create(source=Source.objects.get(slug=contract.pop("source")), **contract)
    Licensee.objects.bulk_create(Licensee(**licensee) for licensee in facts["licensees"])
    for order in facts["orders"]:
        _load_order(order, card, terms)


def load_card(facts: dict) -> tuple[LicenceTerms, RateCard]:
    """Bring licence terms and a rate card into an archive."""
    terms = LicenceTerms.objects.create(**facts["terms"])
    rates = facts["card"].pop("rates")
    card = RateCard.objects.create(**facts["card"])
    for question in Rate.Question.values:
        for position, rate in enumerate(rates[question.lower()], start=1):
            Rate.objects.create(card=card, question=question, position=position, **rate)
    return terms, card


def make_role() -> None:
    """Make the group of those who run the rights desk."""
    desk, _ = Group.objects.get_or_create(name=ROLE)
    wanted = [Q(content_type__app_label=app, codename=codename) for app, _, codename in (name.partition(".") for name in PERMISSIONS)]
    desk.permissions.set(Permission.objects.filter(reduce(or_, wanted)))


def _load_order(facts: dict, card: RateCard, terms: LicenceTerms) -> None:
    """Write one order down in the state it is said to be in."""
    quotes = [_quote(story, card, facts) for story in facts["stories"]]
    order = LicenceOrder.objects.record(quotes[0], fingerprint=f"seeds-{facts['stories'][0]['slug']}-{facts['created_at']:%y%m%d%H%M}")
    for quote in quotes[1:]:
        order.stories.add_quote(quote)
    order.total = sum(quote.total for quote in quotes)
    order.name_buyer(Buyer(**facts["buyer"]), terms)
    order.created_at = order.waits_since = _moment(facts["created_at"])
    order.decision_reason = facts.get("decision_reason", "")
    order.decided_at = _moment(facts["decided_at"]) if "decided_at" in facts else None
    order.state = facts["state"]
    order.save()
    order.note("Ordered.")
    if "paid_at" in facts:
        paid_at = _moment(facts["paid_at"])
        order.payments.create(amount=order.total, received_on=timezone.localdate(paid_at), key=order.reference)
        order.note("Paid in full.")
        for story in order.stories.all():
            Licence.objects.issue(story, paid_at)


def _quote(facts: dict, card: RateCard, order: dict) -> Quote:
    """Price one story of an order for what it was wanted."""
    story = Article.objects.for_licensing().get(slug=facts["slug"])
    questions = ("medium", "territory", "term", "audience", "portion", "translation", "discount")
    answers = {question: card.rates.get(question=question.upper(), key=facts[question]) for question in questions if question in facts}
    pictures = frozenset(image.short_id for image in pictures_of(story)) if facts.get("with_pictures") else frozenset()
    return make_quote(card, story, Choice(**answers, country=order["buyer"]["country"], pictures=pictures))


def _moment(local: datetime) -> datetime:
    return timezone.make_aware(local)
