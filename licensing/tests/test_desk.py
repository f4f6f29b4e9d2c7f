"""The rights desk in the admin: who may see and do what, and that only the model's verbs do it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from articles.tests.newsroom import sign_in
from licensing.tests.build import make_card, make_order, make_terms, pay
from licensing.tests.desk import BUTTONS, DECIDE, DESK, LIST, MAY, PAY, REFUND, VIEW, made_for, order_of, press, rows, url

pytestmark = pytest.mark.django_db
EVERYTHING = [
    f"licensing.{what}_{row}" for row in ("licenceorder", "licence", "payment", "refund", "licensee") for what in ("add", "change", "delete", "view")
]
NAMES = {
    "approve": "Approve",
    "offer": "Make an offer",
    "decline": "Decline",
    "record_payment": "Record a payment",
    "record_refund": "Record a refund",
    "put_on_account": "Put on account",
    "cancel_stories": "Cancel stories",
}
FITS = {
    "REQUESTED": ["approve", "offer", "decline", "record_payment"],
    "OFFERED": ["offer", "decline", "record_payment"],
    "ACCEPTED": ["decline", "record_payment", "put_on_account", "cancel_stories"],
    "PAID": ["record_payment", "cancel_stories"],
    "DECLINED": ["record_payment"],
    "CANCELLED": ["record_payment"],
}
TOO_LATE = [(state, button) for state, buttons in FITS.items() for button in BUTTONS if button not in buttons]


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


# --- Who may


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize("permissions", [[], [VIEW], [DECIDE, PAY, REFUND], [VIEW, PAY], [VIEW, DECIDE], [VIEW, REFUND], EVERYTHING])
def test_buttons_are_for_those_who_may(button, permissions):
    order = made_for(button)
    client = sign_in("somebody", *permissions)
    may = VIEW in permissions and MAY[button] in permissions
    before = rows()

    asked = client.get(url(order, button))
    unchanged = rows() == before
    pressed = press(client, order, button)

    assert (asked.status_code, unchanged) == (200 if may else 403, True)
    assert (pressed.status_code, rows() != before) == (302 if may else 403, may)


@pytest.mark.parametrize("permissions", [[VIEW], [VIEW, PAY], [VIEW, DECIDE], [VIEW, REFUND]])
def test_page_of_an_order_offers_only_what_its_reader_may_do(permissions):
    order = make_order()
    pay(order, "150.00")

    page = sign_in("somebody", *permissions).get(url(order)).content.decode()

    offered = [button for button in ("record_payment", "record_refund", "cancel_stories") if url(order, button) in page]
    assert offered == [button for button in ("record_payment", "record_refund", "cancel_stories") if MAY[button] in permissions]


@pytest.mark.parametrize("page", ["change", *BUTTONS])
def test_strangers_are_asked_to_sign_in(client, page):
    order = make_order("REQUESTED")
    before = rows()

    answers = [client.get(url(order, page)), client.post(url(order, page), {"reason": "No."})]
    answers += [client.get(place) for place in (LIST, f"{LIST}desk/", f"{LIST}revenue/", f"{LIST}revenue/?table=licences")]

    assert [(answer.status_code, answer["Location"].partition("?")[0]) for answer in answers] == [(302, "/admin/login/")] * 6
    assert rows() == before


@pytest.mark.parametrize("button", BUTTONS)
def test_button_pressed_from_another_site_does_nothing(button):
    order = made_for(button)
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = sign_in("desk", *DESK).cookies
    before = rows()

    answer = press(browser, order, button)

    assert (answer.status_code, rows()) == (403, before)


@pytest.mark.parametrize("state", FITS)
def test_buttons_stand_only_where_they_can_be_pressed(state):
    order = make_order(state)
    client = sign_in("desk", *DESK)

    page = client.get(url(order)).content.decode()
    answers = {button: client.get(url(order, button)).status_code for button in BUTTONS}

    assert [button for button in BUTTONS if url(order, button) in page] == FITS[state]
    assert [button for button, status in answers.items() if status == 200] == FITS[state]


@pytest.mark.parametrize(("state", "button"), TOO_LATE)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_button_that_is_pressed_too_late_leads_to_the_order_and_does_nothing(state, button, verb):
    order = make_order(state)
    client = sign_in("desk", *DESK)
    before = rows()

    answer = press(client, order, button) if verb == "post" else client.get(url(order, button))

    assert (answer.status_code, answer["Location"], rows(), LogEntry.objects.count()) == (302, url(order), before, 0)
    late = f"too late. Order {order} is in the state “{order.get_state_display()}”."
    words = f"{NAMES[button]}: {late if button != 'record_refund' else f'nothing of order {order} has to go back.'}"
    assert words in client.get(url(order)).content.decode()


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize("permissions", [[], [VIEW], EVERYTHING])
def test_those_who_may_not_are_not_told_that_they_are_late(button, permissions):
    order = make_order("DECLINED")
    client = sign_in("somebody", *permissions)

    assert [client.get(url(order, button)).status_code, press(client, order, button).status_code] == [403, 403]


@pytest.mark.parametrize("button", ["change", *BUTTONS])
@pytest.mark.parametrize("key", ["0", "99999999", "99999999999999999999", "abc", "%00"])
def test_order_that_does_not_exist_is_answered_in_words(button, key):
    client = sign_in("desk", *DESK)

    assert {client.get(f"{LIST}{key}/{button}/").status_code, client.post(f"{LIST}{key}/{button}/").status_code} <= {302, 403, 404}


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


# --- Lists


def test_draft_is_on_no_page_of_the_desk():
    draft, order = make_order("DRAFT"), make_order()
    client = sign_in("desk", *DESK)

    listed = client.get(LIST).context["cl"].result_list
    answers = [client.get(url(draft)), client.get(url(draft, "record_payment")), press(client, draft, "decline")]

    assert list(listed) == [order]
    assert [answer.status_code for answer in answers] == [302, 404, 404]
    assert draft.reference not in client.get(f"{LIST}desk/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_orders(django_assert_num_queries, number):
    orders = [make_order(state, name=f"Maud {state}") for state in ("REQUESTED", "ACCEPTED", "PAID")[:number]]
    client = sign_in("desk", *DESK)
    client.get(LIST)

    with django_assert_num_queries(8):
        page = client.get(LIST).content.decode()

    assert [order.reference in page for order in orders] == [True] * number


def test_list_says_what_orders_are_for():
    order_of("The shepherd’s rain gauge", "Hallow at 38 per cent", "The ferry’s last crossing")

    page = sign_in("desk", *DESK).get(LIST).content.decode()

    assert [words in page for words in ("The shepherd’s rain gauge and 2 more", "€360.00", "Waits for payment", "0\xa0minutes")] == [True] * 4


@pytest.mark.parametrize("lookup", ["release_secret__startswith", "secret__regex", "fingerprint__contains", "stories__article__body__contains"])
def test_list_is_narrowed_by_nothing_that_it_does_not_show(lookup):
    """Else whoever may look at orders finds out, letter by letter, the link that takes one on account."""
    order = make_order("ACCEPTED")

    answer = sign_in("desk", VIEW).get(LIST, {lookup: order.release_secret[:1]})

    assert answer.status_code == 400


def test_way_into_the_buyers_page_is_for_those_who_decide():
    order = make_order("ACCEPTED")

    pages = [sign_in(name, *may).get(url(order)).content.decode() for name, may in (("looker", [VIEW]), ("desk", [VIEW, DECIDE]))]

    assert [order.secret in page for page in pages] == [False, True]


def test_list_is_narrowed_to_a_state():
    asked, _ = make_order("REQUESTED"), make_order("ACCEPTED")

    answer = sign_in("desk", *DESK).get(LIST, {"state": "REQUESTED"})

    assert list(answer.context["cl"].result_list) == [asked]


@pytest.mark.parametrize("words", ["Hill Farming", "maud@", "HFM-2211", "rain gauge", "ferry"])
def test_orders_are_found_by_what_a_buyer_says_on_the_telephone(words):
    order = order_of("The shepherd’s rain gauge", "The ferry’s last crossing")

    answer = sign_in("desk", *DESK).get(LIST, {"q": words})

    assert list(answer.context["cl"].result_list) == [order]


def test_order_is_found_by_its_licence():
    order = make_order("PAID")

    answer = sign_in("desk", *DESK).get(LIST, {"q": order.licences.get().reference})

    assert list(answer.context["cl"].result_list) == [order]


def test_list_of_orders_leads_to_the_desk_and_the_revenue():
    page = sign_in("desk", *DESK).get(LIST).content.decode()

    assert [f'href="{LIST}{place}/"' in page for place in ("desk", "revenue")] == [True, True]
