"""Orders, decisions, payments and withdrawals at the same moment."""

from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_user
from articles.tests.races import at_once
from licensing.models import Licence, LicenceOrder, Payment
from licensing.tests.build import filled_in, make_card, make_order, make_story, make_terms, post
from mail.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def outcome(result) -> str:
    return (
        "done" if not isinstance(result, Exception) else result.messages[0].partition(".")[0] if isinstance(result, ValidationError) else repr(result)
    )


def test_twenty_identical_posts_at_once_make_one_order_and_one_pair_of_mails():
    story = make_story()
    typed = filled_in(Client(), story)

    answers = at_once(*[partial(post, Client(), story, typed)] * 20)

    order = LicenceOrder.objects.get()
    assert [(answer.status_code, answer.get("Location")) for answer in answers] == [(302, order.get_absolute_url())] * 20
    assert sorted(Message.objects.values_list("to", flat=True)) == [order.email, "rights@localhost"]
    assert order.lines.count() == 4


def test_same_words_at_once_from_two_openings_make_one_order():
    story = make_story()
    forms = [filled_in(Client(), story) for _ in range(5)]

    answers = at_once(*[partial(post, Client(), story, typed) for typed in forms])

    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [302]
    assert (LicenceOrder.objects.count(), Message.objects.count()) == (1, 2)


def test_posts_at_once_are_counted_each():
    story = make_story()
    typed = filled_in(Client(), story)
    forms = [typed | {"email": f"maud-{number}@farming.example"} for number in range(40)]

    answers = at_once(*[partial(post, Client(), story, form) for form in forms[:20]])
    answers += at_once(*[partial(post, Client(), story, form) for form in forms[20:]])

    assert sorted(answer.status_code for answer in answers) == [302] * 30 + [429] * 10
    assert LicenceOrder.objects.count() == 30


def test_orders_of_one_mail_address_at_once_are_counted_each():
    story = make_story()
    typed = filled_in(Client(), story)

    answers = at_once(*[partial(post, Client(), story, typed | {"name": f"Maud {number}"}) for number in range(15)])

    assert sorted(answer.status_code for answer in answers) == [302] * 10 + [429] * 5
    assert (LicenceOrder.objects.count(), Message.objects.count()) == (10, 20)


def test_different_orders_at_once_are_all_made():
    story = make_story()
    forms = [filled_in(Client(), story, name=f"Maud {number}") for number in range(5)]

    at_once(*[partial(post, Client(), story, typed) for typed in forms])

    assert LicenceOrder.objects.count() == 5
    assert Message.objects.count() == 10


def test_order_and_withdrawal_at_once_leave_nothing_half_done():
    for _ in range(5):
        story = make_story()
        typed = filled_in(Client(), story)
        before = LicenceOrder.objects.count(), Message.objects.count()

        answer, _ = at_once(partial(post, Client(), story, typed), partial(Article.objects.get(pk=story.pk).withdraw, "Wrong."))

        orders, mails = LicenceOrder.objects.count() - before[0], Message.objects.count() - before[1]
        assert (answer.status_code, orders, mails) in {(302, 1, 2), (200, 0, 0), (410, 0, 0)}
        assert Article.objects.get(pk=story.pk).status == "WITHDRAWN"


def test_two_clerks_who_approve_at_once_approve_once():
    make_order("REQUESTED")
    first, second = LicenceOrder.objects.get(), LicenceOrder.objects.get()

    results = at_once(first.approve, second.approve)

    assert sorted(map(outcome, results)) == ["Only an order that waits for the desk can be approved", "done"]
    assert (LicenceOrder.objects.get().state, Message.objects.count()) == ("ACCEPTED", 1)


def test_one_clerk_who_approves_and_one_who_declines_tell_the_buyer_in_order():
    make_order("REQUESTED")
    first, second = LicenceOrder.objects.get(), LicenceOrder.objects.get()

    results = at_once(first.approve, partial(second.decline, "We know of no heir."))

    told = Message.objects.count()
    assert sorted(map(outcome, results)) in (["done", "done"], ["Only an order that waits for the desk can be approved", "done"])
    assert (LicenceOrder.objects.get().state, told) == ("DECLINED", [outcome(result) for result in results].count("done"))


def test_two_clerks_who_note_one_transfer_at_once_note_it_once():
    order, clerk = make_order(), make_user("clerk")
    note = [partial(row.record_payment, order.total, timezone.localdate(), 0, by=clerk) for row in [LicenceOrder.objects.get() for _ in range(5)]]

    results = at_once(*note)

    assert sorted(map(outcome, results)) == ["Only an order that waits for its payment can be marked paid"] * 4 + ["done"]
    assert (Payment.objects.count(), Licence.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_two_clerks_who_note_a_part_at_once_note_it_once():
    make_order()
    clerk = make_user("clerk")
    note = [partial(row.record_payment, 60, timezone.localdate(), 0, by=clerk) for row in [LicenceOrder.objects.get() for _ in range(2)]]

    results = at_once(*note)

    assert sorted(map(outcome, results)) == ["Somebody has recorded a payment for this order meanwhile", "done"]
    assert (Payment.objects.count(), LicenceOrder.objects.get().state) == (1, "ACCEPTED")


def test_payment_and_withdrawal_at_once_sell_only_what_was_in_print():
    for number in range(5):
        story = make_story(Syndication.FOR_SALE)
        order, clerk = make_order(story=story), make_user(f"clerk-{number}")
        pay = partial(order.record_payment, order.total, timezone.localdate(), 0, by=clerk)

        paid, _ = at_once(pay, partial(Article.objects.get(pk=story.pk).withdraw, "Wrong."))

        revisions = list(order.licences.values_list("revision__event", flat=True))
        assert (outcome(paid), revisions, order.payments.count()) in (
            ("done", ["PUBLISHED"], 1),
            ("The story is no longer in print, so it cannot be licensed", [], 0),
        )
