"""The rights desk in the admin: who may see and do what, and that only the model's verbs do it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from articles.tests.build import make_user
from articles.tests.newsroom import sign_in
from licensing.tests.build import make_card, make_order, make_terms, pay
from licensing.tests.desk import BUTTONS, DECIDE, DESK, LIST, PAY, VIEW, press, rows, url

pytestmark = pytest.mark.django_db
EVERYTHING = [f"licensing.{what}_{row}" for row in ("licenceorder", "licence", "payment") for what in ("add", "change", "delete", "view")]
NAMES = {"approve": "Approve", "decline": "Decline", "mark_paid": "Mark paid"}
MAY_BE_PRESSED = {"REQUESTED": ["approve", "decline"], "ACCEPTED": ["decline", "mark_paid"], "DECLINED": [], "PAID": []}
TOO_LATE = [(state, button) for state, buttons in MAY_BE_PRESSED.items() for button in BUTTONS if button not in buttons]


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


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


@pytest.mark.parametrize(
    ("state", "button"), [(state, button) for state in MAY_BE_PRESSED for button in BUTTONS if button not in MAY_BE_PRESSED[state]]
)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_button_that_is_pressed_too_late_leads_to_the_order_and_does_nothing(state, button, verb):
    order = make_order(state)
    client = sign_in("desk", *DESK)
    before = rows()

    answer = press(client, order, button) if verb == "post" else client.get(url(order, button))

    assert (answer.status_code, answer["Location"], rows(), LogEntry.objects.count()) == (302, url(order), before, 0)
    words = f"{NAMES[button]}: too late. Order {order} is in the state “{order.get_state_display()}”."
    assert words in client.get(url(order)).content.decode()


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize("permissions", [[], [VIEW], EVERYTHING])
def test_those_who_may_not_are_not_told_that_they_are_late(button, permissions):
    order = make_order("DECLINED")
    client = sign_in("somebody", *permissions)

    assert [client.get(url(order, button)).status_code, press(client, order, button).status_code] == [403, 403]


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


# --- What the desk sees


def test_page_of_an_order_shows_each_payment_with_who_recorded_it_and_what_is_owed():
    order = make_order()
    first, second = (pay(order, amount, by=make_user(f"clerk-{amount}")) for amount in ("20.00", "30.00"))
    client = sign_in("desk", *DESK)

    page = client.get(url(order)).content.decode()
    pay(order)
    settled = client.get(url(order)).content.decode()

    facts = [f"{first}, recorded by clerk-20.00", f"{second}, recorded by clerk-30.00", "€70.00 is still owed."]
    assert [fact for fact in facts if fact not in page] == []
    assert (facts[0] in settled, "still owed" in settled) == (True, False)


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
