"""The page of an order that was placed, behind its secret link."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from licensing.models import LicenceOrder
from licensing.tests.build import TERMS, fields_of, make_card, make_notice, make_order, make_story, make_terms, pay, submit

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
STATES = ["REQUESTED", "OFFERED", "ACCEPTED", "PAID", "DECLINED", "CANCELLED"]


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def page_of(client, order: LicenceOrder) -> str:
    answer = client.get(order.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def headline(page: str) -> str:
    return page.partition('<h1 class="sheet__name">')[2].partition("</h1>")[0]


def three(terms=FOR_SALE) -> list[Article]:
    """Return three stories of one source, each with a picture."""
    first = make_story(terms, pictures=[FOR_SALE])
    return [first, *(make_story(terms, pictures=[FOR_SALE], headline=name, source=first.source) for name in ("The gate", "The shepherd"))]


def button(page: str, words: str) -> bool:
    return f"{words}</button>" in page


# --- How it stands


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("REQUESTED", "Your request is with the rights desk"),
        ("OFFERED", "The rights desk makes you an offer"),
        ("ACCEPTED", "Your order waits for payment"),
        ("DECLINED", "Your order was declined"),
        ("CANCELLED", "This order is cancelled"),
        ("PAID", "You have a licence for this story"),
    ],
)
def test_page_of_an_order_says_how_it_stands(client, state, words):
    order = make_order(state)

    page = page_of(client, order)

    assert headline(page) == words
    assert [fact for fact in (order.reference, order.price, "Hill Farming Monthly", "HFM-2211", "France", TERMS) if fact not in page] == []
    assert ("we know of no heir" in page) == (state == "DECLINED")
    assert [licence.get_absolute_url() in page for licence in order.licences.all()] == [True] * (state == "PAID")
    assert ("How to pay" in page) == (state == "ACCEPTED")
    assert button(page, f"Cancel order {order.reference}") == (state in {"REQUESTED", "OFFERED", "ACCEPTED"})
    assert (button(page, "Take the offer"), button(page, "Fetch the files (ZIP)")) == (state == "OFFERED", state == "PAID")


def test_page_of_an_order_says_what_is_still_owed_and_where_to(client, settings):
    settings.BANK_ACCOUNT = "The Halyard, GB29 NWBK 6016 1331 9268 19"
    order = make_order()
    pay(order, "50.00")

    page = page_of(client, order)

    words = ["€70.00", settings.BANK_ACCOUNT, "€50.00 on", f"{order.pay_by:%-d %B %Y}"]
    assert [each for each in words if each not in page] == []


def test_page_of_an_order_says_what_came_in_too_much_and_what_went_back(client):
    order = make_order()
    pay(order, "150.00")
    more = page_of(client, order)
    order.record_refund(Decimal(20), timezone.localdate(), "You paid too much.")

    less = page_of(client, order)

    assert ["€30.00 more has come in than is due. It goes back to you." in more, "€10.00 more has come in" in less] == [True, True]
    assert f"€20.00 on {timezone.localdate():%-d %B %Y}: You paid too much." in less


@pytest.mark.parametrize("state", ["REQUESTED", "PAID", "DRAFT"])
def test_page_of_an_order_is_secret(client, state):
    order = make_order(state)

    answer = client.get(order.get_absolute_url())

    assert len(order.secret) == 43
    assert [answer["Referrer-Policy"], answer["Cache-Control"], answer["X-Robots-Tag"]] == ["same-origin", "no-store", "noindex"]
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    wrong = [f"/orders/{order.pk}/", f"/orders/{order.reference}/", f"/orders/{order.secret[:-1]}/", f"/orders/{order.secret[:-1]}~/"]
    wrong += [f"/orders/{order.secret.swapcase()}/", f"/orders/{order.fingerprint[:43]}/", f"/orders/{order.release_secret}/"]
    assert [client.get(address).status_code for address in wrong] == [404] * 7
    assert client.post(order.get_absolute_url()).status_code == 403


@pytest.mark.parametrize("state", STATES)
def test_form_that_is_sent_to_an_order_which_was_placed_leads_to_its_page(client, state):
    order = make_order(state)
    before = list(LicenceOrder.objects.values_list())

    answer = submit(client, order.get_absolute_url(), {"name": "Joost", "email": "joost@farming.example"})

    assert (answer.status_code, answer["Location"], list(LicenceOrder.objects.values_list()) == before) == (302, order.get_absolute_url(), True)


# --- What changed since


def test_page_of_an_order_hides_the_words_that_the_law_took_down(client):
    order = make_order(story=make_story(pictures=[FOR_SALE]), choice={"pictures": True})
    order.stories.get().article.withdraw("A court has ordered it.", is_legal_takedown=True)

    page = page_of(client, order)

    said = ["rain gauge", "seen from gate", "A story that we had to take down", "A picture"]
    assert [words in page for words in said] == [False, False, True, True]


def withdraw(story):
    story.withdraw("It was wrong.")


def make_none(story):
    Article.objects.filter(pk=story.pk).update(syndication=NONE)


@pytest.mark.parametrize("change", [withdraw, make_none])
def test_page_of_an_order_that_can_no_longer_be_licensed_asks_for_no_money(client, settings, change):
    settings.BANK_ACCOUNT = "The Halyard, GB29 NWBK 6016 1331 9268 19"
    order = make_order()
    change(order.stories.get().article)

    page = page_of(client, order)

    assert headline(page) == "Please do not pay yet"
    assert [words in page for words in ("How to pay", "GB29", "Please transfer", "payment reference", "Still owed")] == [False] * 5
    assert "The rights desk writes to you; what you have paid is sent back if it stays so." in page


@pytest.mark.parametrize("change", [withdraw, make_none])
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("REQUESTED", "Your request is with the rights desk"),
        ("DECLINED", "Your order was declined"),
        ("PAID", "You have a licence for this story"),
    ],
)
def test_page_of_an_order_that_is_not_to_be_paid_says_nothing_of_paying(client, state, words, change):
    order = make_order(state)
    change(order.stories.get().article)

    page = page_of(client, order)

    assert (headline(page), "Please do not pay yet" in page, "How to pay" in page) == (words, False, False)


def test_page_of_a_declined_order_says_what_becomes_of_the_money(client):
    unpaid, paid, paid_back = make_order("DECLINED"), make_order(), make_order()
    for order in (paid, paid_back):
        pay(order, "20.00")
        order.decline("We know of no heir.")
    paid_back.record_refund(Decimal(20), timezone.localdate(), "It was declined.")

    pages = [page_of(client, order) for order in (unpaid, paid, paid_back)]

    words = ["Nothing is owed.", "What you paid goes back to you.", "What you paid has gone back to you."]
    assert [[each in page for each in words] for page in pages] == [[True, False, False], [False, True, False], [False, False, True]]


def test_story_that_was_cancelled_says_why_and_what_is_kept(client):
    order = make_order("PAID", *three())
    [first, *_] = order.stories.all()
    order.cancel_stories([first], "The buyer has no room for it.", Decimal(20))

    page = page_of(client, order)

    assert "Cancelled: The buyer has no room for it. Of its price, €20.00 is kept." in page
    assert (page.count("Cancelled:"), page.count("Fetch the files (ZIP)</button>"), page.count(">Revoked</span>")) == (1, 2, 1)
    assert "€100.00 more has come in than is due. It goes back to you." in page


# --- What it costs us, and what was typed


@pytest.mark.parametrize(("state", "queries"), [("REQUESTED", 8), ("OFFERED", 8), ("ACCEPTED", 11), ("PAID", 9), ("DECLINED", 8), ("CANCELLED", 8)])
@pytest.mark.parametrize("number", [1, 3])
def test_page_of_an_order_takes_the_same_queries_for_any_number_of_stories_and_pictures(client, django_assert_num_queries, number, state, queries):
    order = make_order(state, *three(ON_REQUEST if state in {"REQUESTED", "OFFERED"} else FOR_SALE)[:number], choice={"pictures": True})
    for licence in order.licences.all():
        make_notice(licence, "CORRECTED", revision=licence.revision)

    with django_assert_num_queries(queries):
        page = client.get(order.get_absolute_url()).content.decode()

    assert page.count("The price, line by line") == number


def test_what_is_typed_is_escaped_on_the_page_of_an_order(client):
    order = make_order("DECLINED", name="<b>Maud</b>", organisation="Farming & Sons <i>", billing_address="<script>alert(1)</script>")

    page = page_of(client, order)

    assert [raw in page for raw in ("<b>Maud", "<script>alert", "Farming &amp; Sons &lt;i&gt;")] == [False, False, True]


# --- Its buttons


def press(client, order: LicenceOrder, answer: str, **changes):
    typed = fields_of(client.get(order.get_absolute_url()))
    return submit(client, f"{order.get_absolute_url()}answer/", typed | {"answer": answer} | changes)


def state_of(order: LicenceOrder) -> str:
    return LicenceOrder.objects.get(pk=order.pk).state


def test_offer_can_be_taken_or_cancelled(client):
    taken, cancelled = make_order("OFFERED"), make_order("OFFERED")

    answers = [press(client, taken, "take"), press(client, cancelled, "cancel")]

    assert [answer["Location"] for answer in answers] == [taken.get_absolute_url(), cancelled.get_absolute_url()]
    assert [state_of(order) for order in (taken, cancelled)] == ["ACCEPTED", "CANCELLED"]


def test_offer_can_be_taken_until_its_day_and_then_the_page_says_so(client):
    order = make_order("OFFERED")
    today = page_of(client, order)
    LicenceOrder.objects.update(answer_by=timezone.localdate() - timedelta(days=1))

    page, answer = page_of(client, order), press(client, order, "take", offered=LicenceOrder.objects.get().offered)

    assert (headline(today), headline(page), button(page, "Take the offer")) == ("The rights desk makes you an offer", "This offer has ended", False)
    assert (answer.status_code, state_of(order)) == (409, "OFFERED")
    assert f"This offer could be taken until {timezone.localdate() - timedelta(days=1):%-d %B %Y}." in answer.content.decode()


def test_offer_that_the_desk_has_changed_meanwhile_is_looked_at_before_it_is_taken(client):
    order = make_order("OFFERED")
    seen = order.offered
    order.offer({story.pk: Decimal(95) for story in order.live}, "A third has to be paid.", order.answer_by)

    answer = press(client, order, "take", offered=seen)

    page = answer.content.decode()
    assert (answer.status_code, state_of(order), "€95.00" in page) == (409, "OFFERED", True)
    assert "The rights desk has changed its offer while you read. Look at the new one before you take it." in page
    assert press(client, order, "take").status_code == 302


@pytest.mark.parametrize("change", [withdraw, make_none])
def test_offer_for_what_is_not_ours_any_more_is_refused_in_words_for_the_buyer(client, change):
    order = make_order("OFFERED")
    change(order.stories.get().article)

    answer = press(client, order, "take")

    page = answer.content.decode()
    assert (answer.status_code, state_of(order)) == (409, "OFFERED")
    assert "A story of this order cannot be licensed as it was ordered at the moment, so nothing was changed" in page
    assert "ecline the order" not in page


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_licensed_yet_can_be_cancelled_and_nothing_else(client, state):
    order = make_order(state)
    can_be = state in {"REQUESTED", "OFFERED", "ACCEPTED"}

    answer = press(client, order, "cancel")

    assert (answer.status_code, state_of(order)) == ((302, "CANCELLED") if can_be else (409, state))
    assert can_be or "Only an order that is not licensed yet can be cancelled like this." in answer.content.decode()


@pytest.mark.parametrize("state", ["REQUESTED", "ACCEPTED", "PAID", "DECLINED"])
def test_offer_that_nobody_made_cannot_be_taken(client, state):
    order = make_order(state)

    assert (press(client, order, "take").status_code, state_of(order)) == (409, state)


@pytest.mark.parametrize("answer", ["", "approve", "TAKE", "\x00"])
def test_answer_that_is_none_changes_nothing(client, answer):
    order = make_order("OFFERED")

    assert (press(client, order, answer).status_code, state_of(order)) == (302, "OFFERED")


def test_buttons_are_pressed_on_our_own_page_only(client):
    order = make_order("OFFERED")
    address = f"{order.get_absolute_url()}answer/"

    answers = [client.post(address, {"answer": "take"}), client.post(address, {"answer": "take"}, headers={"Sec-Fetch-Site": "cross-site"})]
    answers += [client.get(address, {"answer": "take"}), submit(client, f"/orders/{'x' * 43}/answer/", {"answer": "take"})]

    assert ([answer.status_code for answer in answers], state_of(order)) == ([403, 403, 405, 404], "OFFERED")
