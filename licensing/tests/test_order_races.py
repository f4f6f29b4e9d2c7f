"""Orders, decisions, payments and withdrawals at the same moment."""

from functools import partial

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from articles.models import Article
from articles.tests.races import at_once
from licensing.models import Buyer, Licence, LicenceOrder, RateCard
from licensing.quotes import make_quote
from licensing.tests.build import WHO, filled_in, make_card, make_licence, make_order, make_story, make_terms, post
from licensing.tests.verbs import anew, crowd, outcome, quoted, read, seen, two_stories
from licensing.views.buying import may_order
from mail.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def test_twenty_identical_posts_at_once_make_one_order_and_one_pair_of_mails():
    story = make_story()
    typed = filled_in(Client(), story)

    answers = at_once(*[partial(post, Client(), story, typed)] * 20)

    order = LicenceOrder.objects.get()
    assert [(answer.status_code, answer.get("Location")) for answer in answers] == [(302, order.get_absolute_url())] * 20
    assert sorted(Message.objects.values_list("to", flat=True)) == [order.email, "rights@localhost"]
    assert order.stories.get().lines.count() == 4


def test_fifty_clicks_on_one_form_are_one_use_of_what_a_visitor_is_allowed():
    request = RequestFactory().post("/")

    clicks = [may_order(request, "one form with its words") for _ in range(50)]
    others = [may_order(request, f"form {number}") for number in range(30)]

    assert (clicks, others) == ([True] * 50, [True] * 29 + [False])


def test_same_words_at_once_from_two_openings_make_one_order():
    story = make_story()
    forms = [filled_in(Client(), story) for _ in range(5)]

    answers = at_once(*[partial(post, Client(), story, typed) for typed in forms])

    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [302]
    assert (LicenceOrder.objects.count(), Message.objects.count()) == (1, 2)


@pytest.mark.slow
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


def test_approval_and_cancellation_at_once_tell_the_buyer_what_holds():
    for _ in range(5):
        order = make_order("REQUESTED")

        results = at_once(anew(order).approve, anew(order).cancel)

        assert (anew(order).state, outcome(results[1])) == ("CANCELLED", "done")
        assert order.events.last().state == "CANCELLED"


def test_offer_that_is_taken_while_it_lapses_is_taken_or_lapsed():
    for _ in range(5):
        order = make_order("OFFERED")

        taken, _ = at_once(anew(order).accept_offer, partial(anew(order).lapse, timezone.localdate() + timezone.timedelta(days=1)))

        assert anew(order).state == ("ACCEPTED" if outcome(taken) == "done" else "CANCELLED")


# --- Placing


def test_fifty_clicks_on_one_form_place_one_order():
    story = make_story()
    choice, shown = quoted(story)

    orders = crowd(*[partial(LicenceOrder.objects.place, story, choice, Buyer(**WHO), "the-form-of-one-morning", shown)] * 50)

    order = LicenceOrder.objects.get()
    assert orders == [order] * 50
    assert (order.state, order.stories.count(), order.events.count(), Message.objects.count()) == ("ACCEPTED", 1, 1, 2)


def test_fifty_clicks_on_a_draft_place_it_once():
    order = make_order("DRAFT", *two_stories())

    results = crowd(*[partial(anew(order).place, Buyer(**WHO), read(order)) for _ in range(50)])

    assert (results, anew(order).state, order.events.count(), Message.objects.count()) == ([None] * 50, "ACCEPTED", 1, 2)


def test_stories_added_at_once_add_up():
    source = make_story().source
    stories = [make_story(headline=f"Hail, part {number}", source=source) for number in range(12)]
    order = make_order("DRAFT", stories[0])
    choice, _ = quoted(stories[0])
    shown = [seen(make_quote(RateCard.objects.current(), Article.objects.for_licensing().get(pk=story.pk), choice).as_shown) for story in stories]

    at_once(*[partial(anew(order).add, story, choice, price) for story, price in zip(stories, shown, strict=True)])

    assert (order.stories.count(), str(anew(order).total)) == (12, "1440.00")
    assert sorted(order.stories.values_list("position", flat=True)) == list(range(1, 13))


def test_licence_renewed_by_ten_clicks_is_ordered_once():
    licence = make_licence()
    shown = seen(licence.renewal(RateCard.objects.current()).as_shown)

    orders = at_once(*[partial(LicenceOrder.objects.renew, Licence.objects.get(pk=licence.pk), shown) for _ in range(10)])

    assert (len(set(orders)), LicenceOrder.objects.count()) == (1, 2)
