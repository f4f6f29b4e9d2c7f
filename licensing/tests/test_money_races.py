"""Payments, refunds, accounts and licences at the same moment."""

from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_user
from articles.tests.races import at_once
from licensing.models import Buyer, Licence, Licensee, Notice, Payment, Refund
from licensing.tests.build import WHO, make_card, make_licence, make_order, make_story, make_terms, pay
from licensing.tests.verbs import anew, crowd, money, outcome, read, two_stories
from mail.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def payments(order, number: int, amount="120.00", keys=None) -> list:
    """Return what so many clicks of one page come to."""
    clerk, today = make_user("clerk"), timezone.localdate()
    rows = [anew(order) for _ in range(number)]
    return [
        partial(row.record_payment, Decimal(amount), today, Decimal(0), by=clerk, key=keys(place) if keys else "the-form-of-one-morning")
        for place, row in enumerate(rows)
    ]


def test_fifty_clicks_on_one_form_record_one_payment_and_issue_one_licence():
    order = make_order()

    results = crowd(*payments(order, 50))

    assert results == [Payment.objects.get()] * 50
    assert (anew(order).state, Licence.objects.count(), Message.objects.count()) == ("PAID", 1, 1)
    assert money(anew(order)) == ["120.00", "120.00", "0.00", "0.00", "0.00"]


def test_fifty_forms_for_one_transfer_record_one_payment():
    order = make_order()

    results = crowd(*payments(order, 50, keys=lambda place: f"form-{place:02}"))

    assert sorted(map(outcome, results)) == ["Somebody has recorded a payment for this order meanwhile"] * 49 + ["done"]
    assert (Payment.objects.count(), anew(order).state, Licence.objects.count()) == (1, "PAID", 1)


def test_two_clerks_who_note_a_part_at_once_note_it_once():
    order = make_order()

    results = at_once(*payments(order, 2, amount="60.00", keys=str))

    assert sorted(map(outcome, results)) == ["Somebody has recorded a payment for this order meanwhile", "done"]
    assert (Payment.objects.count(), anew(order).state) == (1, "ACCEPTED")


def test_refunds_at_once_send_back_no_more_than_came_in_too_much():
    order, today = make_order(), timezone.localdate()
    pay(order, "150.00")

    results = at_once(*[partial(anew(order).record_refund, Decimal("20.00"), today, "It was too much.") for _ in range(10)])

    assert sorted(map(outcome, results)) == ["Only €10"] * 9 + ["done"]
    assert (Refund.objects.count(), money(anew(order))) == (1, ["120.00", "150.00", "20.00", "0.00", "10.00"])


def test_payment_and_decline_at_once_sell_or_owe_back():
    for number in range(5):
        order, clerk = make_order(), make_user(f"clerk-{number}")
        note = partial(anew(order).record_payment, Decimal("120.00"), timezone.localdate(), Decimal(0), by=clerk)

        paid, declined = at_once(note, partial(anew(order).decline, "We know of no heir."))

        found = (anew(order).state, outcome(declined) == "done", order.licences.count(), money(anew(order))[-1])
        assert (outcome(paid), found in {("PAID", False, 1, "0.00"), ("DECLINED", True, 0, "120.00")}) == ("done", True)


def test_payment_and_withdrawal_at_once_sell_only_what_was_in_print():
    for number in range(10):
        story = make_story(Syndication.FOR_SALE)
        order, clerk = make_order(story=story), make_user(f"clerk-{number}")
        note = partial(order.record_payment, order.total, timezone.localdate(), 0, by=clerk)

        paid, _ = at_once(note, partial(Article.objects.get(pk=story.pk).withdraw, "Wrong."))

        revisions = list(order.licences.values_list("revision__event", flat=True))
        assert outcome(paid) == "done"
        assert (anew(order).state, revisions, order.payments.count()) in (("PAID", ["PUBLISHED"], 1), ("ACCEPTED", [], 1))
        assert not order.licences.filter(issued_at__gt=Article.objects.get(pk=story.pk).withdrawn_at).exists()


def test_part_cancellation_and_payment_at_once_license_what_is_left():
    order = make_order("ACCEPTED", *two_stories())
    first, clerk = order.live[0], make_user("clerk")
    note = partial(anew(order).record_payment, Decimal("120.00"), timezone.localdate(), Decimal(0), by=clerk)

    results = at_once(note, partial(anew(order).cancel_stories, [first], "There was no room for it."))

    assert list(map(outcome, results)) == ["done", "done"]
    assert (anew(order).state, [licence.headline for licence in order.licences.all()]) == ("PAID", ["Snow in May"])


# --- On account


def make_licensee(**fields) -> Licensee:
    return Licensee.objects.create(organisation="The Farming Group", email="accounts@group.example", **fields)


def test_fifty_clicks_on_a_link_release_once():
    order = make_order()
    order.put_on_account(make_licensee(credit_limit=500))
    before = Message.objects.count()

    results = crowd(*[anew(order).release for _ in range(50)])

    assert sorted(map(outcome, results)) == ["Only an order that waits for its payment can be taken on account"] * 49 + ["done"]
    assert (anew(order).state, Licence.objects.count(), Message.objects.count()) == ("CREDITED", 1, before + 1)


def test_orders_released_at_once_stay_within_the_limit():
    licensee = make_licensee(credit_limit=500)
    orders = [make_order() for _ in range(10)]
    for order in orders:
        order.put_on_account(licensee)

    results = at_once(*[anew(order).release for order in orders])

    assert sorted(map(outcome, results)) == ["This is more than your account has room for: €20"] * 6 + ["done"] * 4
    assert (str(licensee.outstanding), Licence.objects.count()) == ("480.00", 4)


def test_release_and_payment_at_once_license_once():
    for number in range(5):
        order, clerk = make_order(), make_user(f"clerk-{number}")
        order.put_on_account(Licensee.objects.create(organisation=f"Group {number}", email=f"desk-{number}@group.example", credit_limit=500))
        note = partial(anew(order).record_payment, Decimal("120.00"), timezone.localdate(), Decimal(0), by=clerk)

        at_once(anew(order).release, note)

        assert (anew(order).state, order.licences.count(), money(anew(order))) == ("PAID", 1, ["120.00", "120.00", "0.00", "0.00", "0.00"])


# --- Licences


def test_licence_that_is_revoked_while_its_story_is_cancelled_is_revoked_once():
    for _ in range(5):
        licence = make_licence()

        results = at_once(
            partial(Licence.objects.get(pk=licence.pk).revoke, "It was printed with another byline."),
            partial(anew(licence.order).cancel_stories, licence.order.live, "There was no room for it."),
        )

        assert set(map(outcome, results)) <= {"done", "This licence is revoked already"}
        assert (outcome(results[1]), anew(licence.order).state) == ("done", "CANCELLED")
        assert licence.order.events.filter(words__contains="is revoked").count() == 1


def test_correction_is_told_once_by_jobs_at_once():
    licence = make_licence(story := make_story())
    story.correct("The gauge holds five litres.")

    told = at_once(*[Notice.objects.tell_of_changes] * 10)

    assert (sorted(told), licence.notices.count()) == ([0] * 9 + [1], 1)


def test_end_is_told_once_by_jobs_at_once():
    licence = make_licence()

    told = at_once(*[partial(Notice.objects.tell_of_ends, licence.ends_on)] * 10)

    assert (sorted(told), licence.notices.count()) == ([0] * 9 + [1], 1)


def test_second_order_of_a_licensee_while_it_takes_the_first_on_account_does_not_stop_either():
    story = make_story()
    Licensee.objects.create(organisation="Hill Farming", email=WHO["email"], credit_limit=5000)
    for number in range(5):
        first, second = make_order("ACCEPTED", story), make_order("DRAFT", story)
        first.offer_account()

        results = at_once(anew(first).release, partial(anew(second).place, Buyer(**WHO | {"order_number": str(number)}), read(second)))

        assert list(map(outcome, results)) == ["done", "done"]
