"""A licence renewed: the same use once more, from the day on which the first one ends, at the prices of the day."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Article
from licensing.models import Licence, LicenceOrder, LicenceTerms, Licensee, PriceChanged, RateCard, Shown
from licensing.models.placing import MOST_ORDERS
from licensing.tests.build import RATES, WHO, change_licences, days_ago, make_card, make_licence, make_order, make_story, make_terms, pay
from licensing.tests.letters import letters
from licensing.tests.verbs import anew, refusal, withdraw

pytestmark = pytest.mark.django_db
DEARER = RATES | {"MEDIUM": [("print", "A newspaper, in print", {"fee": "150.00"})]}
NOT_LIKE_THIS = "This licence cannot be renewed as it is. Order the story anew, or write to the rights desk."


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def as_shown(licence: Licence) -> Shown:
    """Return what the page shows whoever renews."""
    quote = licence.renewal(RateCard.objects.current())
    return Shown(quote.as_shown if quote else "", LicenceTerms.objects.current().version)


def renew(licence: Licence) -> LicenceOrder:
    return LicenceOrder.objects.renew(licence, as_shown(licence))


def days_of(licence: Licence) -> tuple:
    return licence.starts_on, licence.ends_on


def test_renewal_follows_the_licence_for_the_same_use_and_licensee_at_todays_card():
    licence = make_licence(make_story(pictures=["FOR_SALE"]), choice={"pictures": True})
    make_card(DEARER, in_force_from=days_ago(0), picture_fee="40.00")

    order = renew(licence)
    pay(order)

    new = order.licences.get()
    assert (anew(order).state, str(new.fee), str(licence.fee)) == ("PAID", "190.00", "155.00")
    assert days_of(new) == (licence.ends_on + timedelta(days=1), licence.ends_on.replace(year=licence.ends_on.year + 1))
    assert {field: getattr(order, field) for field in WHO} == WHO
    assert (order.live[0].renews, new.state, new.pictures) == (licence, "Not begun", licence.pictures)


def test_licence_is_renewed_once():
    licence = make_licence()

    first, second = renew(licence), renew(licence)
    pay(first)
    third = renew(licence)

    assert (first == second == third, LicenceOrder.objects.count(), len(letters())) == (True, 2, 3)


def test_revoked_licence_is_not_renewed_by_an_order_that_was_placed_before():
    licence = make_licence()
    order = renew(licence)
    licence.revoke("It was printed with another byline.")

    pay(order)

    assert (anew(order).state, order.licences.count()) == ("ACCEPTED", 0)
    assert anew(order).problem == f"It renews licence {licence}, which was revoked."


def test_licence_is_renewed_and_cancelled_so_often_a_day_and_no_more():
    licence = make_licence()
    for _ in range(10):
        renew(licence).cancel()

    assert "so often today" in refusal(renew, licence)


@pytest.mark.parametrize("end", ["cancel", "decline"])
def test_renewal_that_came_to_nothing_can_be_asked_for_again(end):
    licence = make_licence()
    first = renew(licence)
    getattr(first, end)("There is no room for it.")

    second = renew(licence)

    assert (first == second, anew(first).state, second.state) == (False, end.upper() + ("LED" if end == "cancel" else "D"), "ACCEPTED")


def test_renewal_can_be_renewed():
    licence = make_licence()
    pay(order := renew(licence))
    new = order.licences.get()

    pay(next_order := renew(new))

    assert next_order.licences.get().starts_on == new.ends_on + timedelta(days=1)


@pytest.mark.parametrize("ago", [1, 30])
def test_renewal_of_what_has_ended_begins_when_it_is_paid(ago):
    licence = make_licence()
    change_licences(ends_on=days_ago(ago), starts_on=days_ago(ago + 10))

    pay(order := renew(Licence.objects.get()))

    assert order.licences.get().starts_on == timezone.localdate()
    assert licence.order != order


def test_renewal_is_ordered_at_the_price_that_was_shown_or_not_at_all():
    licence = make_licence()
    shown = as_shown(licence)
    make_card(DEARER, in_force_from=days_ago(0))

    assert refusal(LicenceOrder.objects.renew, licence, shown) == "The price has changed while you read. Look at the new one before you renew."


def test_renewal_is_ordered_on_the_terms_that_were_read():
    licence = make_licence()
    shown = as_shown(licence)
    make_terms("<p>Print the byline in bold.</p>", in_force_from=days_ago(0))

    with pytest.raises(PriceChanged):
        LicenceOrder.objects.renew(licence, shown)
    assert LicenceOrder.objects.count() == 1


@pytest.mark.parametrize("choice", [{"term": "ever"}, {"medium": "web"}])
def test_licence_without_end_or_of_a_use_that_is_not_offered_any_more_is_not_renewed(choice):
    licence = make_licence(choice=choice)
    make_card(DEARER, in_force_from=days_ago(0))

    assert (licence.renewal(RateCard.objects.current()), refusal(renew, licence)) == (None, NOT_LIKE_THIS)


def test_licence_of_a_withdrawn_story_is_not_renewed():
    licence = make_licence(story := make_story())
    withdraw(story)

    assert refusal(renew, licence) == NOT_LIKE_THIS


def test_revoked_licence_is_not_renewed():
    licence = make_licence()
    licence.revoke("It was printed with another byline.")

    assert refusal(renew, Licence.objects.get()) == NOT_LIKE_THIS


def test_renewal_beyond_the_end_of_the_contract_is_refused():
    licence = make_licence(story := make_story())
    story.source.grants.update(ends_on=licence.ends_on + timedelta(days=100))

    assert refusal(renew, licence) == NOT_LIKE_THIS


def test_renewal_of_what_is_asked_for_by_now_waits_for_the_desk():
    licence = make_licence(story := make_story())
    Article.objects.filter(pk=story.pk).update(source=None)

    order = renew(licence)

    assert order.state == "REQUESTED"
    order.approve()
    pay(order)
    assert days_of(order.licences.get())[0] == licence.ends_on + timedelta(days=1)


def test_renewal_of_what_was_taken_on_account_goes_to_the_registered_address():
    order = make_order()
    order.put_on_account(Licensee.objects.create(organisation="The Farming Group", email="accounts@group.example", credit_limit=Decimal(500)))
    order.release()

    renewal = renew(order.licences.get())

    assert (renewal.email, renewal.account.email, renewal.state) == ("accounts@group.example", "accounts@group.example", "ACCEPTED")


def test_draft_cannot_pass_itself_off_as_a_renewal():
    licence = make_licence()

    with pytest.raises(ValidationError):
        LicenceOrder.objects.renew(licence, Shown("0.00-0000000000000000", 1))
    assert LicenceOrder.objects.count() == 1


def test_licence_of_a_story_that_has_become_free_is_not_renewed():
    licence = make_licence()
    Article.objects.get().source.grants.all().delete()
    Article.objects.get().source.__class__.objects.update(syndication="FREE")

    assert licence.renewal(RateCard.objects.current()) is None


def test_renewals_do_not_count_against_the_orders_of_a_day():
    licences = [make_licence(make_story(headline=f"Gauge {number}")) for number in range(MOST_ORDERS + 1)]

    assert [renew(licence).state for licence in licences] == ["ACCEPTED"] * (MOST_ORDERS + 1)
