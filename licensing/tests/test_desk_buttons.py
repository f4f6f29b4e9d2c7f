"""The buttons of the rights desk: what each does, and what it says when it cannot."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from articles.tests.newsroom import sign_in
from licensing.models import Licence, LicenceOrder, Licensee, Payment
from licensing.tests.build import days_ago, make_card, make_order, make_story, make_terms, pay
from licensing.tests.desk import DESK, answers, complaints, order_of, press, rows, said, url
from mail.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


@pytest.fixture
def desk():
    return sign_in("desk", *DESK)


def history() -> list[tuple]:
    """Return what the orders' histories say, the oldest first."""
    return [(entry.object_id, entry.user.username, entry.change_message) for entry in LogEntry.objects.order_by("pk")]


# --- A form that is sent twice


@pytest.mark.parametrize("button", ["offer", "put_on_account"])
def test_form_that_is_sent_twice_acts_once(desk, button):
    order = make_order("REQUESTED" if button == "offer" else "ACCEPTED")
    typed = answers(order, button)
    before = Message.objects.count()

    first, second = desk.post(url(order, button), typed), desk.post(url(order, button), typed)

    assert (first.status_code, second.status_code, Message.objects.count() - before) == (302, 200, 1)
    assert complaints(second) == ["Something was done about this order since you opened this page. Look at its log before you go on."]


# --- Approve, decline


def test_approval_is_kept_under_the_name_of_who_approved(desk):
    order = make_order("REQUESTED")

    answer = press(desk, order, "approve")

    order = LicenceOrder.objects.get()
    assert (answer["Location"], order.state, order.decided_by.username) == (url(order), "ACCEPTED", "desk")
    assert f"{order} is approved; the buyer is told how to pay." in said(desk, order)


def test_order_without_a_price_is_offered_one_not_approved(desk):
    order = make_order("REQUESTED")
    order.stories.update(is_open=True)
    before = rows()

    answer, page = press(desk, order, "approve"), said(desk, order)

    assert (answer.status_code, rows()) == (302, before)
    assert "Approve: this order has no price yet. Make an offer instead." in page
    assert (url(order, "approve") in page, url(order, "offer") in page) == (False, True)


def test_accepted_order_whose_rights_have_come_to_ask_can_be_approved(desk):
    story = make_story()
    order = make_order("ACCEPTED", story)
    unasked = url(order, "approve") in said(desk, order)
    Article.objects.filter(pk=story.pk).update(syndication="ON_REQUEST")
    pay(order)

    page = said(desk, order)
    answer = press(desk, order, "approve")

    assert (unasked, url(order, "approve") in page, "The rights desk has to say yes first." in page) == (False, True, True)
    assert (answer.status_code, LicenceOrder.objects.get().state, Licence.objects.count()) == (302, "PAID", 1)


def test_accepted_order_that_no_yes_can_mend_is_not_offered_for_approval(desk):
    story = make_story()
    order = make_order("ACCEPTED", story)
    story.withdraw("It was wrong.")

    page = said(desk, order)

    assert ("The story is no longer in print" in page, url(order, "approve") in page) == (True, False)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001, "No.\x00"])
@pytest.mark.parametrize("button", ["decline", "offer", "cancel_stories", "record_refund"])
def test_what_the_buyer_reads_needs_a_reason_that_can_be_sent(button, reason, desk):
    order = make_order("REQUESTED" if button in {"decline", "offer"} else "ACCEPTED")
    pay(order, "150.00") if button == "record_refund" else None
    before = rows()

    answer = press(desk, order, button, reason=reason)

    assert (answer.status_code, len(complaints(answer)), rows()) == (200, 1, before)


def test_refusal_reaches_the_buyers_page(client, desk):
    order = make_order("REQUESTED")

    press(desk, order, "decline", reason="The photographer’s <heirs> say no.")

    assert "The photographer’s &lt;heirs&gt; say no." in client.get(order.get_absolute_url()).content.decode()


def test_declined_order_that_was_paid_waits_for_its_refund(desk):
    order = make_order()
    pay(order, "20.00")

    press(desk, order, "decline")

    order.refresh_from_db()
    page = said(desk, order)
    assert (order.state, order.surplus) == ("DECLINED", Decimal("20.00"))
    assert ("Has to go back" in page, url(order, "record_refund") in page) == (True, True)


def test_order_that_was_approved_since_the_desk_looked_is_not_declined(desk):
    order = make_order("REQUESTED")
    seen = desk.get(url(order, "decline")).context["form"]["seen"].value()
    order.approve()
    before = rows()

    answer = press(desk, order, "decline", seen=seen)

    assert (seen, answer.status_code, rows()) == ("REQUESTED", 200, before)
    assert complaints(answer) == ["Somebody has decided about this order meanwhile. Look at it again before you go on."]


# --- Offer


def test_offer_begins_with_the_fees_and_two_weeks_to_answer(desk):
    order = order_of("The shepherd’s rain gauge", "The ferry’s last crossing", state="ACCEPTED")
    LicenceOrder.objects.update(state="REQUESTED")

    form = desk.get(url(order, "offer")).context["form"]

    first, second = order.live
    assert [(field.name, field.label, field.value()) for field in form if field.name.startswith("price_")] == [
        (f"price_{first.pk}", "The shepherd’s rain gauge", Decimal("120.00")),
        (f"price_{second.pk}", "The ferry’s last crossing", Decimal("120.00")),
    ]
    assert form["answer_by"].value() == timezone.localdate() + timedelta(days=14)


def test_offer_names_a_price_for_each_story_and_reaches_the_buyer(desk):
    order = make_order("REQUESTED")

    answer = press(desk, order, "offer")

    order = LicenceOrder.objects.get()
    today = timezone.localdate()
    assert (answer.status_code, order.state, order.total, order.decided_by.username) == (302, "OFFERED", Decimal("75.00"), "desk")
    assert f"{order} is offered for €75.00; the buyer is told, and has until {today:%-d %B %Y}." in said(desk, order)
    assert Message.objects.get().to == order.email


def test_offer_can_be_made_anew_while_the_buyer_has_not_answered(desk):
    order = make_order("OFFERED")

    press(desk, order, "offer")

    assert LicenceOrder.objects.get().total == Decimal("75.00")


@pytest.mark.parametrize(
    ("field", "value"),
    [("price", ""), ("price", "-1"), ("price", "1.005"), ("price", "NaN"), ("price", "99999999999999"), ("answer_by", ""), ("answer_by", "soon"),
     ("answer_by", days_ago(1).isoformat()), ("answer_by", "99999-01-01")],
)  # fmt: skip
def test_offer_with_a_slip_in_it_is_not_made(field, value, desk):
    order = make_order("REQUESTED")
    before = rows()
    name = f"price_{order.live[0].pk}" if field == "price" else field

    answer = press(desk, order, "offer", **{name: value})

    assert (answer.status_code, len(complaints(answer)), rows()) == (200, 1, before)


# --- Cancelling stories


def test_cancelled_story_loses_its_licence_and_what_was_paid_for_it_goes_back_less_what_is_kept(desk):
    order = order_of("The shepherd’s rain gauge", "The ferry’s last crossing", state="PAID")
    first, second = order.live

    answer = press(desk, order, "cancel_stories", stories=[first.pk], kept="20.00")

    order.refresh_from_db()
    licences = {licence.story_id: bool(licence.revoked_at) for licence in Licence.objects.all()}
    assert (answer.status_code, order.state, order.surplus) == (302, "PAID", Decimal("100.00"))
    assert licences == {first.pk: True, second.pk: False}
    page = said(desk, order)
    assert "Cancelled: The shepherd’s rain gauge. The buyer is told why. €100.00 has to go back." in page
    assert "€20.00 was kept." in page


@pytest.mark.parametrize("wrong", [{"stories": []}, {"stories": ["0"]}, {"stories": ["x"]}, {"kept": "-1"}, {"kept": "120.01"}, {"kept": ""}])
def test_cancellation_with_a_slip_in_it_cancels_nothing(wrong, desk):
    order = make_order("PAID")
    before = rows()

    answer = press(desk, order, "cancel_stories", **wrong)

    assert (answer.status_code, len(complaints(answer)), rows()) == (200, 1, before)


def test_story_of_another_order_cannot_be_cancelled_by_its_number(desk):
    order, other = make_order(), make_order()
    before = rows()

    answer = press(desk, order, "cancel_stories", stories=[other.live[0].pk])

    assert (answer.status_code, len(complaints(answer)), rows()) == (200, 1, before)


# --- On account


def test_order_that_is_put_on_account_sends_the_link_to_the_registered_address_only(desk):
    order = make_order()

    answer = press(desk, order, "put_on_account")

    order.refresh_from_db()
    assert (answer.status_code, str(order.account), order.state) == (302, "Skagen Avis", "ACCEPTED")
    assert [message.to for message in Message.objects.all()] == ["desk@skagen.example"]
    assert f"{order} may be taken on the account of Skagen Avis; the link is sent to desk@skagen.example." in said(desk, order)


@pytest.mark.parametrize("licensee", ["", "0", "x", "99999999999999999999"])
def test_account_that_is_none_is_refused_in_words(licensee, desk):
    order = make_order()
    before = rows()

    answer = press(desk, order, "put_on_account", licensee=licensee)

    assert (answer.status_code, len(complaints(answer)), rows()) == (200, 1, before)


def test_licensee_without_a_limit_has_no_account_to_choose(desk):
    order = make_order()
    answers(order, "put_on_account")
    Licensee.objects.update(credit_limit=0)

    form = desk.get(url(order, "put_on_account")).context["form"]

    assert list(form.fields["licensee"].queryset) == []


# --- All of them


def test_what_each_button_did_is_in_the_orders_history(desk):
    asked, declined = (make_order("REQUESTED") for _ in range(2))

    press(desk, asked, "approve")
    press(desk, asked, "record_payment", amount="20.00")
    press(desk, asked, "record_payment", amount="20.00", paid_before="0")
    press(desk, declined, "decline")

    payment = Payment.objects.get()
    assert history() == [
        (str(asked.pk), "desk", f"{asked} is approved; the buyer is told how to pay."),
        (str(asked.pk), "desk", f"{payment} is recorded. The order waits for the rest, €100.00."),
        (str(declined.pk), "desk", f"{declined} is declined; the buyer is told why."),
    ]
    assert "is approved; the buyer is told how to pay." in desk.get(url(asked, "history")).content.decode()


@pytest.mark.parametrize("button", ["approve", "offer"])
@pytest.mark.parametrize("change", ["withdrawn", "none"])
def test_desk_is_told_why_what_cannot_be_sold_any_more_is_not_sold(button, change, desk):
    story = make_story(Syndication.ON_REQUEST)
    order = make_order("REQUESTED", story)
    if change == "withdrawn":
        story.withdraw("It was wrong.")
    else:
        Article.objects.filter(pk=story.pk).update(syndication="NONE")
    before = rows()

    answer = press(desk, order, button)

    assert (answer.status_code, rows()) == (200, before)
    assert ["Decline the order." in complaint for complaint in complaints(answer)] == [True]
