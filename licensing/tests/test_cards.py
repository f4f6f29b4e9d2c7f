"""Rate cards and licence terms: which version counts, and that what has counted is never changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from articles.tests.newsroom import filled_in, sign_in
from articles.tests.races import at_once
from licensing.models import LicenceTerms, Rate, RateCard
from licensing.tests.build import RATES, days_ago, make_card, make_order, make_terms

pytestmark = pytest.mark.django_db
DESK = [f"licensing.{what}_{row}" for row in ("ratecard", "rate", "licenceterms") for what in ("add", "change", "delete", "view")]
NO_TERM = {question: answers for question, answers in RATES.items() if question != "TERM"}


def card_url(card, page="change") -> str:
    return f"/admin/licensing/ratecard/{card.pk}/{page}/"


def terms_url(terms, page="change") -> str:
    return f"/admin/licensing/licenceterms/{terms.pk}/{page}/"


def facts(card) -> tuple:
    """Return everything that a card says."""
    card = RateCard.objects.get(pk=card.pk)
    return card.in_force_from, card.picture_fee, list(card.rates.values_list("question", "key", "name", "fee", "percent", "months", "position"))


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
    card = make_card(currency="JPY")
    before = facts(card)

    draft = card.copy()

    assert facts(draft) == (None, Decimal("35.00"), before[2])
    assert (facts(card), draft.version, draft.currency) == (before, 2, "JPY")


def test_card_keeps_the_currency_of_its_day(settings):
    card = make_card()
    settings.PUBLICATION_CURRENCY = "GBP"
    card.save()

    assert [RateCard.objects.get(pk=card.pk).currency, make_card().currency] == ["EUR", "GBP"]


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
        {"question": "COLOUR", "percent": 0},
        {"question": "MEDIUM", "fee": 10, "key": "print"},
    ],
)
def test_database_refuses_a_rate_that_makes_no_sense(wrong):
    card = make_card()

    with pytest.raises(IntegrityError), transaction.atomic():
        Rate.objects.create(card=card, **{"key": "other", "name": "Other"} | wrong)

    assert card.rates.count() == 9


# --- The desk


def test_card_in_force_is_read_and_cannot_be_changed():
    card = make_card()
    before = facts(card)
    rate = card.rates.first()
    forged = {"in_force_from": "2030-01-01", "picture_fee": "1", "rates-TOTAL_FORMS": "1", "rates-INITIAL_FORMS": "1", "rates-0-id": rate.pk}
    forged |= {"rates-0-card": card.pk, "rates-0-question": rate.question, "rates-0-key": rate.key, "rates-0-name": "Forged", "rates-0-percent": "1"}

    client = sign_in("desk", *DESK)
    seen, changed = client.get(card_url(card)), client.post(card_url(card), forged)
    deleted = client.post(card_url(card, "delete"), {"post": "yes"})

    assert (seen.status_code, changed.status_code, deleted.status_code) == (200, 403, 403)
    assert ("_save" in seen.content.decode(), facts(card)) == (False, before)


def test_card_in_force_is_not_deleted_from_the_list():
    card = make_card()
    draft = make_card(in_force_from=None)

    data = {"action": "delete_selected", "_selected_action": [card.pk, draft.pk], "post": "yes"}
    sign_in("desk", *DESK).post("/admin/licensing/ratecard/", data)

    assert card in RateCard.objects.all()


def test_draft_is_changed_in_its_form():
    draft = make_card(in_force_from=None)
    client = sign_in("desk", *DESK)

    typed = filled_in(client, card_url(draft)) | {"picture_fee": "40.00", "rates-0-percent": "30.00", "in_force_from": "2030-01-01"}
    answer = client.post(card_url(draft), typed)

    assert answer.status_code == 302
    in_force_from, picture_fee, rates = facts(draft)
    assert (in_force_from, picture_fee) == (date(2030, 1, 1), Decimal("40.00"))
    assert rates[0] == ("AUDIENCE", "small", "Up to 5,000 readers", None, Decimal("30.00"), None, 1)


def test_forms_complain_about_a_rate_that_makes_no_sense():
    draft = make_card(in_force_from=None)
    client = sign_in("desk", *DESK)

    answer = client.post(card_url(draft), filled_in(client, card_url(draft)) | {"rates-0-fee": "30.00"})

    assert "A medium has a fee, every other answer a percentage" in answer.content.decode()


def test_copy_action_makes_a_draft():
    card = make_card()

    sign_in("desk", *DESK).post("/admin/licensing/ratecard/", {"action": "copy", "_selected_action": [card.pk]})

    assert [(row.version, row.in_force_from, row.rates.count()) for row in RateCard.objects.all()] == [(2, None, 9), (1, card.in_force_from, 9)]


def test_copy_action_is_not_for_those_who_may_only_look():
    card = make_card()

    sign_in("reader", "licensing.view_ratecard").post("/admin/licensing/ratecard/", {"action": "copy", "_selected_action": [card.pk]})

    assert list(RateCard.objects.all()) == [card]


def test_list_says_which_card_counts():
    make_card(in_force_from=date(2024, 1, 1))
    make_card(in_force_from=date(2024, 6, 1))
    make_card(NO_TERM)
    make_card(in_force_from=days_ago(-1))
    make_card(in_force_from=None)

    answer = sign_in("desk", *DESK).get("/admin/licensing/ratecard/")

    states = [answer.context["cl"].model_admin.state(card) for card in answer.context["cl"].result_list]
    assert states == ["Draft", "To come", "Incomplete", "In force", "Past"]


def test_terms_in_force_are_read_and_cannot_be_changed():
    terms = make_terms()
    client = sign_in("desk", *DESK)

    seen = client.get(terms_url(terms))
    changed = client.post(terms_url(terms), {"text": "<p>Do as you like.</p>", "in_force_from": "2030-01-01"})
    deleted = client.post(terms_url(terms, "delete"), {"post": "yes"})

    assert [seen.status_code, changed.status_code, deleted.status_code] == [200, 403, 403]
    assert list(LicenceTerms.objects.values_list("text", "in_force_from")) == [(terms.text, terms.in_force_from)]


def test_new_terms_are_sanitised_as_a_story_is():
    typed = '<p onclick="steal()">Print the <strong>byline</strong>.</p><script>steal()</script><p><a href="javascript:steal()">Here</a></p>'

    answer = sign_in("desk", *DESK).post("/admin/licensing/licenceterms/add/", {"text": typed, "in_force_from": ""})

    assert answer.status_code == 302
    assert LicenceTerms.objects.get().text.replace("\n", "") == '<p>Print the <strong>byline</strong>.</p><p><a rel="noopener">Here</a></p>'


@pytest.mark.parametrize("text", ["", "   ", "<p></p>", "<p> &nbsp; </p>", "<script>steal()</script>"])
def test_terms_that_say_nothing_are_refused(text):
    answer = sign_in("desk", *DESK).post("/admin/licensing/licenceterms/add/", {"text": text, "in_force_from": "2030-01-01"})

    assert (answer.status_code, list(answer.context["adminform"].form.errors), LicenceTerms.objects.count()) == (200, ["text"], 0)


def test_draft_of_terms_is_changed_in_its_form():
    draft = make_terms(in_force_from=None)

    data = {"text": "<p>Print the byline, and the date.</p>", "in_force_from": timezone.localdate().isoformat()}
    answer = sign_in("desk", *DESK).post(terms_url(draft), data)

    assert answer.status_code == 302
    assert LicenceTerms.objects.current().text.strip() == "<p>Print the byline, and the date.</p>"


def test_card_that_an_order_was_placed_with_cannot_be_deleted():
    card = make_order().card

    with pytest.raises(ProtectedError):
        card.delete()

    assert list(RateCard.objects.all()) == [card]
