"""The least that a story costs, as its page names it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from licensing.least import Price, least_price
from licensing.models import RateCard
from licensing.tests.build import make_card

pytestmark = pytest.mark.django_db


def test_least_price_is_the_cheapest_answer_to_every_question(django_assert_num_queries):
    card = make_card()
    card.rates.all().delete()
    for question, key, fee, percent, desk in [
        ("MEDIUM", "web", 90, None, ""), ("MEDIUM", "print", 60, None, ""), ("MEDIUM", "education", 10, None, "PRICES"),
        ("TERRITORY", "country", None, 0, ""), ("TERRITORY", "world", None, 90, ""),
        ("TERM", "year", None, 0, ""), ("TERM", "month", None, -30, ""),
        ("AUDIENCE", "small", None, 10, ""), ("AUDIENCE", "none", None, -100, "APPROVES"),
        ("PORTION", "excerpt", None, -50, ""), ("DISCOUNT", "charity", None, -50, ""),
    ]:  # fmt: skip
        card.rates.create(question=question, key=key, name=key, fee=fee, percent=percent, desk=desk)
    RateCard.objects.update(minimum_fee=0)

    with django_assert_num_queries(1):
        price = least_price()

    assert price == Price(Decimal("23.10"), "EUR")  # 60, half of it, less 30 per cent, and 10 per cent more


def test_least_price_is_never_under_the_least_fee():
    make_card()
    RateCard.objects.update(minimum_fee=Decimal("5000"))

    assert least_price() == Price(Decimal("5000.00"), "EUR")


def test_no_price_is_named_without_a_card_in_force():
    assert least_price() is None

    make_card()
    RateCard.objects.update(in_force_from=timezone.localdate() + timedelta(days=1))
    assert least_price() is None


def test_no_price_is_named_where_the_desk_has_a_say_in_every_answer():
    make_card().rates.filter(question="TERM").update(desk="APPROVES")

    assert least_price() is None
