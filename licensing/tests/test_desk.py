"""The rights desk in the admin: who may see and do what, and that only the model's verbs do it."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from articles.tests.newsroom import sign_in
from licensing.models import Licence, LicenceOrder, Payment
from licensing.tests.build import days_ago, make_card, make_order, make_story, make_terms, pay
from mail.models import Message

pytestmark = pytest.mark.django_db
LIST = "/admin/licensing/licenceorder/"
VIEW, DECIDE, PAY = "licensing.view_licenceorder", "licensing.decide_licenceorder", "licensing.record_payment"
DESK = [VIEW, DECIDE, PAY, "licensing.view_licence"]
EVERYTHING = [f"licensing.{what}_{row}" for row in ("licenceorder", "licence", "payment") for what in ("add", "change", "delete", "view")]
BUTTONS = {"approve": {}, "decline": {"reason": "We know of no heir."}, "mark_paid": {"amount": "120.00", "paid_before": "0"}}
MAY_BE_PRESSED = {"REQUESTED": ["approve", "decline"], "ACCEPTED": ["decline", "mark_paid"], "DECLINED": [], "PAID": []}


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def url(order, page="change") -> str:
    return f"{LIST}{order.pk}/{page}/"


def press(client, order, button: str, **changes):
    """Return the answer to a button's form."""
    return client.post(url(order, button), BUTTONS[button] | {"received_on": timezone.localdate().isoformat()} | changes)


def rows() -> tuple:
    """Return what there is of everything that a button could write."""
    orders = list(LicenceOrder.objects.order_by("pk").values_list("pk", "state", "decision_reason", "decided_by"))
    return orders, Payment.objects.count(), Licence.objects.count(), Message.objects.count()


def complaints(response) -> list[str]:
    return [error for errors in response.context["form"].errors.values() for error in errors]


# --- Who may


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize("permissions", [[], [VIEW], [DECIDE], [PAY], [VIEW, PAY], [VIEW, DECIDE], EVERYTHING])
def test_buttons_are_for_those_who_may(button, permissions):
    order = make_order("REQUESTED" if button == "approve" else "ACCEPTED")
    client = sign_in("somebody", *permissions)
    may = VIEW in permissions and (PAY if button == "mark_paid" else DECIDE) in permissions
    before = rows()

    asked = client.get(url(order, button))
    unchanged = rows() == before
    pressed = press(client, order, button)

    assert (asked.status_code, unchanged) == (200 if may else 403, True)
    assert (pressed.status_code, rows() != before) == (302 if may else 403, may)


@pytest.mark.parametrize("page", ["change", *BUTTONS])
def test_strangers_are_asked_to_sign_in(client, page):
    order = make_order("REQUESTED")
    before = rows()

    answers = [client.get(url(order, page)), client.post(url(order, page), {"reason": "No."}), client.get(LIST)]

    assert [(answer.status_code, answer["Location"].partition("?")[0]) for answer in answers] == [(302, "/admin/login/")] * 3
    assert rows() == before


@pytest.mark.parametrize("button", BUTTONS)
def test_button_pressed_from_another_site_does_nothing(button):
    order = make_order("REQUESTED" if button == "approve" else "ACCEPTED")
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = sign_in("desk", *DESK).cookies
    before = rows()

    answer = press(browser, order, button)

    assert (answer.status_code, rows()) == (403, before)


@pytest.mark.parametrize("state", MAY_BE_PRESSED)
def test_buttons_stand_only_where_they_can_be_pressed(state):
    order = make_order(state)
    client = sign_in("desk", *DESK)

    page = client.get(url(order)).content.decode()
    answers = {button: client.get(url(order, button)).status_code for button in BUTTONS}

    assert [button for button in BUTTONS if url(order, button) in page] == MAY_BE_PRESSED[state]
    assert [button for button, status in answers.items() if status == 200] == MAY_BE_PRESSED[state]


@pytest.mark.parametrize("state", MAY_BE_PRESSED)
def test_button_that_does_not_stand_there_does_nothing_when_it_is_pressed(state):
    order = make_order(state)
    client = sign_in("desk", *DESK)
    before = rows()

    answers = [press(client, order, button).status_code for button in BUTTONS if button not in MAY_BE_PRESSED[state]]

    assert set(answers) == {403}
    assert rows() == before


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize("key", ["0", "99999999", "99999999999999999999", "abc", "%00"])
def test_order_that_does_not_exist_is_answered_in_words(button, key):
    answer = sign_in("desk", *DESK).get(f"{LIST}{key}/{button}/")

    assert answer.status_code in {302, 403, 404}


@pytest.mark.parametrize("permissions", [EVERYTHING, [*EVERYTHING, *DESK]])
def test_nobody_adds_changes_or_deletes_an_order_or_a_licence_by_hand(permissions):
    order = make_order("PAID")
    licence, client = order.licences.get(), sign_in("desk", *permissions)
    before = rows()

    answers = []
    for row in (order, licence):
        place = f"/admin/licensing/{row._meta.model_name}/"
        answers += [client.get(f"{place}add/"), client.post(f"{place}add/", {"state": "PAID"})]
        answers += [client.post(f"{place}{row.pk}/change/", {"state": "REQUESTED"}), client.post(f"{place}{row.pk}/delete/", {"post": "yes"})]
        client.post(place, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})

    assert [answer.status_code for answer in answers] == [403] * 8
    assert rows() == before


# --- What the buttons do


def test_approval_is_kept_under_the_name_of_who_approved():
    order, client = make_order("REQUESTED"), sign_in("desk", *DESK)

    answer = press(client, order, "approve")

    order = LicenceOrder.objects.get()
    assert (answer["Location"], order.state, order.decided_by.username) == (url(order), "ACCEPTED", "desk")
    assert f"{order} is approved; the buyer is told how to pay." in client.get(url(order)).content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001, "No.\x00"])
def test_refusal_needs_a_reason_that_can_be_sent(reason):
    order = make_order("REQUESTED")
    before = rows()

    answer = press(sign_in("desk", *DESK), order, "decline", reason=reason)

    assert (answer.status_code, len(complaints(answer)), rows()) == (200, 1, before)


def test_refusal_reaches_the_buyers_page(client):
    order = make_order("REQUESTED")

    press(sign_in("desk", *DESK), order, "decline", reason="The photographer’s <heirs> say no.")

    assert "The photographer’s &lt;heirs&gt; say no." in client.get(order.get_absolute_url()).content.decode()


def test_payment_form_begins_with_what_is_owed_today():
    order = make_order()
    pay(order, "20.00")

    form = sign_in("desk", *DESK).get(url(order, "mark_paid")).context["form"]

    assert [form[name].value() for name in ("amount", "received_on", "paid_before")] == [Decimal("100.00"), timezone.localdate(), Decimal("20.00")]


def test_payment_is_kept_with_amount_and_date_and_yields_the_licence():
    order, client = make_order(), sign_in("desk", *DESK)

    press(client, order, "mark_paid", received_on=days_ago(3).isoformat())

    payment, licence = Payment.objects.get(), Licence.objects.get()
    assert (payment.amount, payment.received_on, payment.recorded_by.username) == (Decimal("120.00"), days_ago(3), "desk")
    page = client.get(url(order)).content.decode()
    assert [f"licence {licence} is issued and sent." in page, licence.get_absolute_url() in page, str(payment) in page] == [True] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": ""},
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "1.005"},
        {"amount": "NaN"},
        {"amount": "Infinity"},
        {"amount": "a lot"},
        {"amount": "99999999999999"},
        {"received_on": ""},
        {"received_on": "yesterday"},
        {"received_on": days_ago(-1).isoformat()},
        {"received_on": "99999-01-01"},
        {"paid_before": ""},
        {"paid_before": "5"},
        {"paid_before": "NaN"},
    ],
)
def test_payment_with_a_slip_in_it_is_not_recorded(wrong):
    order = make_order()
    before = rows()

    answer = press(sign_in("desk", *DESK), order, "mark_paid", **wrong)

    assert (answer.status_code, len(complaints(answer)), rows()) == (200, 1, before)


def test_payment_that_somebody_else_noted_meanwhile_is_not_noted_again():
    order, client = make_order(), sign_in("desk", *DESK)
    first = press(client, order, "mark_paid", amount="60.00")

    second = press(client, order, "mark_paid", amount="60.00")

    assert (first.status_code, second.status_code, Payment.objects.count()) == (302, 200, 1)
    assert complaints(second) == ["Somebody has recorded a payment for this order meanwhile. Look at it again before you go on."]


@pytest.mark.parametrize(("state", "button"), [("REQUESTED", "approve"), ("ACCEPTED", "mark_paid")])
@pytest.mark.parametrize("change", ["withdrawn", "none"])
def test_desk_is_told_why_what_cannot_be_sold_any_more_is_not_sold(state, button, change):
    story = make_story(Syndication.ON_REQUEST)
    order, client = make_order(state, story), sign_in("desk", *DESK)
    if change == "withdrawn":
        story.withdraw("It was wrong.")
    else:
        Article.objects.filter(pk=story.pk).update(syndication="NONE")
    before = rows()

    answer = press(client, order, button)

    assert (answer.status_code, rows()) == (200, before)
    assert ["so it cannot be licensed. Decline the order" in complaint for complaint in complaints(answer)] == [True]


# --- What the desk sees


def test_page_of_an_order_shows_all_of_it():
    order = make_order("DECLINED", organisation="Farming & Sons <b>")

    page = sign_in("desk", *DESK).get(url(order)).content.decode()

    facts = [order.reference, "Declined", "The shepherd’s rain gauge", order.get_absolute_url(), "A newspaper, in print", "France", "One year"]
    facts += ["€120.00", "Maud Ferrier", "Farming &amp; Sons &lt;b&gt;", "maud@hill-farming.example", "4 Drovers Yard", "HFM-2211"]
    facts += ["we know of no heir", "Nothing has come in.", "None yet.", "Print the byline, and change nothing."]
    assert [fact for fact in facts if fact not in page] == []


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_orders(django_assert_num_queries, number):
    orders = [make_order(state, name=f"Maud {state}") for state in ("REQUESTED", "ACCEPTED", "PAID")[:number]]
    client = sign_in("desk", *DESK)
    client.get(LIST)

    with django_assert_num_queries(10):
        page = client.get(LIST).content.decode()

    assert [order.reference in page for order in orders] == [True] * number


@pytest.mark.parametrize("words", ["Hill Farming", "maud@", "HFM-2211", "rain gauge"])
def test_orders_are_found_by_what_a_buyer_says_on_the_telephone(words):
    order = make_order()

    answer = sign_in("desk", *DESK).get(LIST, {"q": words})

    assert list(answer.context["cl"].result_list) == [order]


def test_licences_can_be_looked_up():
    licence = make_order("PAID").licences.get()
    client = sign_in("desk", *DESK)

    found, page = client.get("/admin/licensing/licence/", {"q": licence.reference}), client.get(f"/admin/licensing/licence/{licence.pk}/change/")

    assert list(found.context["cl"].result_list) == [licence]
    assert [fact in page.content.decode() for fact in (licence.reference, "€120.00", "Hill Farming Monthly")] == [True] * 3
