"""The page of an order, behind its secret link."""

import pytest

from articles.models import Article
from articles.terms import Syndication
from licensing.models import LicenceOrder
from licensing.tests.build import TERMS, make_card, make_order, make_story, make_terms, pay, send

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


# --- Its page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("REQUESTED", "Your request is with the rights desk"),
        ("ACCEPTED", "Your order waits for payment"),
        ("DECLINED", "Your order was declined"),
        ("PAID", "You may republish this story"),
    ],
)
def test_page_of_an_order_says_how_it_stands(client, state, words):
    order = make_order(state)

    answer = client.get(order.get_absolute_url())

    page = answer.content.decode()
    assert (answer.status_code, f'<h1 class="sheet__name">{words}</h1>' in page) == (200, True)
    assert [fact in page for fact in (order.reference, "€120.00", "Hill Farming Monthly", "HFM-2211", "France", TERMS)] == [True] * 6
    assert ("we know of no heir" in page) == (state == "DECLINED")
    assert [licence.get_absolute_url() in page for licence in order.licences.all()] == [True] * (state == "PAID")
    assert ("How to pay" in page) == (state == "ACCEPTED")


def test_page_of_an_order_says_what_is_still_owed_and_where_to(client, settings):
    settings.BANK_ACCOUNT = "The Halyard, GB29 NWBK 6016 1331 9268 19"
    order = make_order()
    pay(order, "50.00")

    page = client.get(order.get_absolute_url()).content.decode()

    assert ["€70.00" in page, settings.BANK_ACCOUNT in page] == [True, True]


def test_page_of_an_order_is_secret(client):
    order = make_order()

    answer = client.get(order.get_absolute_url())

    assert len(order.secret) == 43
    assert (answer["Referrer-Policy"], "no-store" in answer["Cache-Control"]) == ("same-origin", True)
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    wrong = [f"/orders/{order.pk}/", f"/orders/{order.reference}/", f"/orders/{order.secret[:-1]}/", f"/orders/{order.secret[:-1]}~/"]
    wrong += [f"/orders/{order.secret.swapcase()}/", f"/orders/{order.fingerprint[:43]}/"]
    assert [client.get(address).status_code for address in wrong] == [404] * 6
    assert client.post(order.get_absolute_url()).status_code in {403, 405}


def test_page_of_an_order_hides_the_words_that_the_law_took_down(client):
    order = make_order(story=make_story(pictures=[FOR_SALE]), choice={"with_pictures": True})
    order.article.withdraw("A court has ordered it.", is_legal_takedown=True)

    page = client.get(order.get_absolute_url()).content.decode()

    assert ["rain gauge" in page, "seen from gate" in page, "We had to take it down" in page, "A picture" in page] == [False, False, True, True]


def withdraw(story):
    story.withdraw("It was wrong.")


def make_none(story):
    Article.objects.filter(pk=story.pk).update(syndication=NONE)


@pytest.mark.parametrize("change", [withdraw, make_none])
def test_page_of_an_order_that_can_no_longer_be_licensed_asks_for_no_money(client, settings, change):
    settings.BANK_ACCOUNT = "The Halyard, GB29 NWBK 6016 1331 9268 19"
    order = make_order()
    change(order.article)

    page = client.get(order.get_absolute_url()).content.decode()

    assert '<h1 class="sheet__name">Please do not pay yet</h1>' in page
    assert [words in page for words in ("How to pay", "GB29", "Please transfer", "payment reference")] == [False] * 4
    assert "The rights desk writes to you; what you have paid is sent back if it stays so." in page


@pytest.mark.parametrize("change", [withdraw, make_none])
@pytest.mark.parametrize(
    ("state", "words"), [("REQUESTED", "Your request is with the rights desk"), ("DECLINED", "Your order was declined"), ("PAID", None)]
)
def test_page_of_an_order_that_is_not_to_be_paid_says_nothing_of_paying(client, state, words, change):
    order = make_order(state)
    change(order.article)
    is_gone = change == withdraw
    words = words or ("You have a licence for this story" if is_gone else "You may republish this story")

    page = client.get(order.get_absolute_url()).content.decode()

    assert (f'<h1 class="sheet__name">{words}</h1>' in page, "Please do not pay yet" in page) == (True, False)
    assert ("The story is not on our own pages at the moment." in page) == (state == "PAID" and is_gone)


def test_page_of_a_declined_order_says_what_becomes_of_the_money(client):
    unpaid, paid = make_order("DECLINED"), make_order()
    pay(paid, "20.00")
    paid.decline("We know of no heir.", is_sent_back=True)

    pages = [client.get(order.get_absolute_url()).content.decode() for order in (unpaid, paid)]

    assert [["Nothing is owed." in page, "What you paid is on its way back to you." in page] for page in pages] == [[True, False], [False, True]]


@pytest.mark.parametrize("number", [1, 3])
def test_page_of_an_order_takes_the_same_queries_for_any_number_of_pictures(client, django_assert_num_queries, number):
    story = make_story(pictures=[FOR_SALE] * number)
    send(client, story, pictures="with")
    order = LicenceOrder.objects.get()

    with django_assert_num_queries(10):
        client.get(order.get_absolute_url())


def test_what_is_typed_is_escaped_on_the_page_of_an_order(client):
    order = make_order("DECLINED", name="<b>Maud</b>", organisation="Farming & Sons <i>", billing_address="<script>alert(1)</script>")

    page = client.get(order.get_absolute_url()).content.decode()

    assert [raw in page for raw in ("<b>Maud", "<script>alert", "Farming &amp; Sons &lt;i&gt;")] == [False, False, True]
