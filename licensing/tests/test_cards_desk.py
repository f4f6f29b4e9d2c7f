"""Rate cards and licence terms in the newsroom: drafts are written, what is in force is read."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from articles.tests.newsroom import filled_in, sign_in
from licensing.models import LicenceTerms, RateCard
from licensing.tests.build import days_ago, make_card, make_terms
from licensing.tests.test_cards import NO_TERM, facts

pytestmark = pytest.mark.django_db
DESK = [f"licensing.{what}_{row}" for row in ("ratecard", "rate", "licenceterms") for what in ("add", "change", "delete", "view")]


def card_url(card, page="change") -> str:
    return f"/admin/licensing/ratecard/{card.pk}/{page}/"


def add_rate(card, **typed):
    """Type one more answer into a card's form and press Save."""
    client = sign_in("desk", *DESK)
    row = {
        "question": "",
        "position": "9",
        "key": "",
        "name": "One more",
        "fee": "",
        "percent": "",
        "months": "",
        "most": "",
        "countries": "",
        "desk": "",
    }
    sent = filled_in(client, card_url(card))
    number = int(sent["rates-TOTAL_FORMS"])
    sent |= {"rates-TOTAL_FORMS": number + 1} | {f"rates-{number}-{name}": value for name, value in (row | typed).items()}
    return client.post(card_url(card), sent)


def terms_url(terms, page="change") -> str:
    return f"/admin/licensing/licenceterms/{terms.pk}/{page}/"


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
    in_force_from, picture_fee, *_, rates = facts(draft)
    assert (in_force_from, picture_fee) == (date(2030, 1, 1), Decimal("40.00"))
    assert rates[0] == ("AUDIENCE", "small", "Up to 5,000 readers", None, Decimal("30.00"), None, None, [], "", 1)


def test_forms_complain_about_a_rate_that_makes_no_sense():
    draft = make_card(in_force_from=None)
    client = sign_in("desk", *DESK)

    answer = client.post(card_url(draft), filled_in(client, card_url(draft)) | {"rates-0-fee": "30.00"})

    assert "A medium has a fee, every other answer a percentage" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"question": "PORTION", "key": "excerpt", "percent": "-60", "most": "250"}, (None, Decimal(-60), None, 250, [], "")),
        ({"question": "AUDIENCE", "key": "huge", "percent": "0", "desk": "PRICES"}, (None, Decimal(0), None, None, [], "PRICES")),
        ({"question": "TERRITORY", "key": "alps", "percent": "20", "countries": "AT, ch,"}, (None, Decimal(20), None, None, ["AT", "CH"], "")),
        ({"question": "TRANSLATION", "key": "none", "percent": "0"}, (None, Decimal(0), None, None, [], "")),
        ({"question": "MEDIUM", "key": "app", "fee": "90"}, (Decimal(90), None, None, None, [], "")),
    ],
)
def test_answers_of_every_kind_are_added_to_a_draft(typed, kept):
    draft = make_card(in_force_from=None)

    answer = add_rate(draft, **typed)

    assert answer.status_code == 302
    rate = draft.rates.get(question=typed["question"], key=typed["key"])
    assert (rate.fee, rate.percent, rate.months, rate.most, rate.countries, rate.desk) == kept


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"question": "MEDIUM", "key": "magazine", "fee": "90"}, "The key of a medium is one of web, print, newsletter, broadcast, education"),
        ({"question": "TERRITORY", "key": "alps", "percent": "20"}, "Name the countries of this region."),
        ({"question": "TERRITORY", "key": "alps", "percent": "20", "countries": " , "}, "Name the countries of this region."),
        ({"question": "TERRITORY", "key": "alps", "percent": "20", "countries": "Austria"}, "AUSTRIA: write countries as two capital letters of"),
        ({"question": "TERRITORY", "key": "alps", "percent": "20", "countries": "AT,XX,A"}, "XX, A: write countries as two capital letters of ISO"),
        ({"question": "TERRITORY", "key": "world", "percent": "20", "countries": "AT"}, "Only a territory that is a region has countries."),
        ({"question": "TERM", "key": "decade", "percent": "20", "countries": "AT"}, "Only a territory that is a region has countries."),
        ({"question": "TERM", "key": "decade", "percent": "20", "most": "5000"}, "Only an audience and a portion have a most."),
        ({"question": "AUDIENCE", "key": "huge", "percent": "20", "months": "12"}, "Only a term has months."),
        ({"question": "DISCOUNT", "key": "charity", "fee": "20"}, "A medium has a fee, every other answer a percentage"),
        ({"question": "TERM", "key": "year", "percent": "20"}, "duplicate"),
    ],
)
def test_answers_that_make_no_sense_are_refused_in_words(typed, complaint):
    draft = make_card(in_force_from=None)
    before = facts(draft)

    answer = add_rate(draft, **typed)

    assert (answer.status_code, complaint in answer.content.decode(), facts(draft)) == (200, True, before)


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
