"""What a licence says: the words it is bound to, its days, and what was paid for."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from licensing.models import Licence
from licensing.tests.build import make_card, make_order, make_terms, pay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


@pytest.mark.parametrize(
    ("term", "day", "last"),
    [
        ("year", date(2025, 11, 24), date(2026, 11, 23)),
        ("year", date(2024, 2, 29), date(2025, 2, 28)),
        ("month", date(2026, 1, 31), date(2026, 2, 28)),
        ("month", date(2026, 11, 24), date(2026, 12, 23)),
        ("ever", date(2026, 11, 24), None),
    ],
)
def test_licence_runs_from_its_day_to_the_day_before_the_term_is_over(term, day, last):
    order = make_order(choice={"term": term})

    licence = order.issue_licence(timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 23, 59)))

    assert (licence.starts_on, licence.ends_on) == (day, last)


def test_licence_says_what_was_paid_for():
    order = make_order("PAID", choice={"medium": "web", "term": "ever"}, country="IE")

    licence = order.licences.get()

    assert [licence.article, licence.organisation, licence.country.code, licence.medium, licence.territory, licence.term, licence.audience] == [
        order.article, "Hill Farming Monthly", "IE", "A website or app", "Ireland", "Without end", "Up to 5,000 readers",
    ]  # fmt: skip
    assert (licence.fee, licence.currency, licence.starts_on, licence.ends_on) == (order.total, "EUR", timezone.localdate(), None)
    assert licence.reference != order.reference


def test_licence_is_bound_to_the_words_of_its_day():
    order = make_order()
    order.article.headline = "The gauge, corrected"
    order.article.correct("The headline was wrong.")
    pay(order)
    order.article.headline = "The gauge, corrected once more"
    order.article.correct("So was the second.")

    licence = order.licences.get()

    assert (licence.revision.number, licence.headline, order.article.revisions.count()) == (2, "The gauge, corrected", 3)


def test_licence_is_in_force_on_its_first_and_last_day_only():
    licence = make_order("PAID").licences.get()
    day = timedelta(days=1)

    days = [licence.starts_on - day, licence.starts_on, licence.ends_on, licence.ends_on + day]

    assert [licence.is_in_force(each) for each in days] == [False, True, True, False]
    assert licence.is_in_force()


def test_order_has_one_licence():
    order = make_order("PAID")

    with pytest.raises(IntegrityError), transaction.atomic():
        order.issue_licence()

    assert Licence.objects.count() == 1
