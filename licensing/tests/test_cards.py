"""Rate cards and licence terms: which version counts, and that what has counted is never changed."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from articles.tests.races import at_once
from licensing.models import LicenceTerms, Rate, RateCard
from licensing.tests.build import RATES, days_ago, make_card, make_order, make_terms

pytestmark = pytest.mark.django_db
ALL_RATES = RATES | {
    "TERRITORY": [*RATES["TERRITORY"], ("alps", "The Alps", {"percent": "20", "countries": ["AT", "CH"]})],
    "AUDIENCE": [("small", "Up to 5,000 readers", {"percent": "0", "most": 5000}), ("huge", "More", {"percent": "0", "desk": "PRICES"})],
    "PORTION": [("full", "The whole text", {"percent": "0"}), ("excerpt", "An excerpt", {"percent": "-60", "most": 250})],
    "DISCOUNT": [("none", "None", {"percent": "0"}), ("charity", "A charity", {"percent": "-50", "desk": "APPROVES"})],
}
NO_TERM = {question: answers for question, answers in RATES.items() if question != "TERM"}


def facts(card) -> tuple:
    """Return everything that a card says."""
    card = RateCard.objects.get(pk=card.pk)
    rates = ("question", "key", "name", "fee", "percent", "months", "most", "countries", "desk", "position")
    return card.in_force_from, card.picture_fee, card.minimum_fee, card.desk_above, card.quote_days, list(card.rates.values_list(*rates))


# --- Which version counts


def test_card_in_force_is_the_one_whose_day_came_last():
    first, second = make_card(in_force_from=date(2024, 1, 1)), make_card(in_force_from=date(2024, 6, 1))

    found = [RateCard.objects.current(day) for day in (date(2023, 12, 31), date(2024, 1, 1), date(2024, 5, 31), date(2024, 6, 1))]

    assert found == [None, first, first, second]


def test_of_two_cards_of_one_day_the_later_version_counts():
    _, second = make_card(in_force_from=date(2024, 1, 1)), make_card(in_force_from=date(2024, 1, 1))

    assert RateCard.objects.current() == second


def test_draft_and_card_to_come_do_not_count_yet():
    first = make_card()
    make_card(in_force_from=None)
    make_card(in_force_from=days_ago(-1))

    assert (RateCard.objects.current(), list(RateCard.objects.begun())) == (first, [first])


@pytest.mark.parametrize("missing", RATES)
def test_card_that_leaves_a_question_without_an_answer_never_counts(missing):
    make_card({question: answers for question, answers in RATES.items() if question != missing})

    assert RateCard.objects.current() is None


def test_incomplete_card_leaves_the_one_before_it_in_force():
    first = make_card(in_force_from=date(2024, 1, 1))
    make_card(NO_TERM, in_force_from=date(2024, 6, 1))

    assert RateCard.objects.current() == first


def test_versions_are_numbered_one_after_the_other():
    assert [make_card().version, make_card().version, make_terms().version, make_terms().version] == [1, 2, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_copies_at_once_have_numbers_of_their_own():
    card = make_card()

    drafts = at_once(*[card.copy] * 6)

    assert sorted(draft.version for draft in drafts) == [2, 3, 4, 5, 6, 7]
    assert [draft.rates.count() for draft in drafts] == [9] * 6


@pytest.mark.django_db(transaction=True)
def test_terms_written_at_once_have_numbers_of_their_own():
    assert sorted(terms.version for terms in at_once(*[make_terms] * 6)) == [1, 2, 3, 4, 5, 6]


def test_terms_in_force_are_those_whose_day_came_last():
    first, second = make_terms(in_force_from=date(2024, 1, 1)), make_terms(in_force_from=date(2024, 6, 1))
    make_terms(in_force_from=None)

    found = [LicenceTerms.objects.current(day) for day in (date(2023, 12, 31), date(2024, 5, 31), date(2024, 6, 1))]

    assert (found, LicenceTerms.objects.current()) == ([None, first, second], second)


def test_copy_is_a_draft_with_the_same_rates_and_leaves_the_card_alone():
    card = make_card(ALL_RATES, currency="JPY", minimum_fee=20, desk_above=2500, quote_days=14)
    before = facts(card)

    draft = card.copy()

    assert facts(draft) == (None, *before[1:])
    assert (facts(card), draft.version, draft.currency) == (before, 2, "JPY")


def test_card_keeps_the_currency_of_its_day(settings):
    card = make_card()
    settings.PUBLICATION_CURRENCY = "GBP"
    card.save()

    assert [RateCard.objects.get(pk=card.pk).currency, make_card().currency] == ["EUR", "GBP"]


def test_fees_of_a_card_are_not_negative():
    for fee in ({"picture_fee": -1}, {"minimum_fee": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_card(**fee)


@pytest.mark.parametrize(
    "wrong",
    [
        {"question": "MEDIUM", "percent": 10},
        {"question": "MEDIUM", "fee": -1},
        {"question": "MEDIUM"},
        {"question": "TERM", "fee": 10},
        {"question": "TERM"},
        {"question": "TERM", "percent": -101},
        {"question": "TERM", "percent": 0, "months": 0},
        {"question": "AUDIENCE", "percent": 0, "months": 12},
        {"question": "AUDIENCE", "percent": 0, "most": 0},
        {"question": "TERM", "percent": 0, "most": 5000},
        {"question": "DISCOUNT", "fee": 10},
        {"question": "DISCOUNT", "percent": 0, "desk": "MAYBE"},
        {"question": "COLOUR", "percent": 0},
        {"question": "MEDIUM", "fee": 10, "key": "print"},
    ],
)
def test_database_refuses_a_rate_that_makes_no_sense(wrong):
    card = make_card()

    with pytest.raises(IntegrityError), transaction.atomic():
        Rate.objects.create(card=card, **{"key": "other", "name": "Other"} | wrong)

    assert card.rates.count() == 9


def test_card_that_an_order_was_placed_with_cannot_be_deleted():
    card = make_order().stories.get().card

    with pytest.raises(ProtectedError):
        card.delete()

    assert list(RateCard.objects.all()) == [card]
