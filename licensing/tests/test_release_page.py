"""Taking an order on account, through the link that only the licensee's registered address was sent."""

from decimal import Decimal

import pytest

from articles.models import Article
from articles.terms import Syndication
from licensing.models import Licence, LicenceOrder, Licensee
from licensing.tests.build import make_card, make_order, make_story, make_terms, pay, submit

pytestmark = pytest.mark.django_db
REGISTERED = "accounts@hill-farming.example"


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def on_account(*stories: Article, limit="500.00", **options) -> LicenceOrder:
    """Return an order that its licensee may take on account."""
    order = make_order("ACCEPTED", *stories, **options)
    licensee = {"organisation": "Hill Farming Ltd", "credit_limit": Decimal(limit), "payment_days": 14}
    order.put_on_account(Licensee.objects.get_or_create(email=REGISTERED, defaults=licensee)[0])
    return order


def link(order: LicenceOrder) -> str:
    return f"/orders/release/{order.release_secret}/"


def now(order: LicenceOrder) -> LicenceOrder:
    return LicenceOrder.objects.get(pk=order.pk)


def said(answer) -> str:
    return answer.content.decode()


def test_page_says_who_ordered_what_and_what_is_to_be_paid(client):
    order = on_account(make_story())

    answer = client.get(link(order))

    words = ["Take it on your account?", "Maud Ferrier of Hill Farming Monthly", "the account of Hill Farming Ltd", "€120.00", "within 14 days"]
    words += ["The shepherd’s rain gauge", "A newspaper, in print · France · One year"]
    assert [each for each in words if each not in said(answer)] == []
    assert [answer["Referrer-Policy"], answer["Cache-Control"], answer["X-Robots-Tag"]] == ["same-origin", "no-store", "noindex"]
    assert order.secret not in said(answer)


def test_looking_takes_nothing_and_the_button_takes_it(client):
    order = on_account(make_story())
    looks = [client.get(link(order)).status_code, client.head(link(order)).status_code]
    before = now(order).state

    answer = submit(client, link(order))

    order = now(order)
    assert (looks, before, order.state, Licence.objects.count()) == ([200, 200], "ACCEPTED", "CREDITED", 1)
    assert (answer.status_code, answer["Location"], order.email) == (302, order.get_absolute_url(), REGISTERED)


def test_whoever_ordered_in_anothers_name_is_left_outside(client):
    order = on_account(make_story())
    theirs = order.get_absolute_url()
    first = client.get(theirs)

    submit(client, link(order))

    page = client.get(now(order).get_absolute_url())
    assert [first.status_code, client.get(theirs).status_code, page.status_code] == [200, 404, 200]
    assert "This is on your account: please pay €120.00 by" in said(page)
    assert order.release_secret not in said(first)


def test_link_that_was_used_leads_to_the_order_and_takes_nothing_more(client):
    order = on_account(make_story())
    submit(client, link(order))

    answers = [client.get(link(order)), submit(client, link(order))]

    assert [answer["Location"] for answer in answers] == [now(order).get_absolute_url()] * 2
    assert (Licence.objects.count(), now(order).state) == (1, "CREDITED")


def test_order_that_was_paid_meanwhile_leads_to_its_page(client):
    order = on_account(make_story())
    pay(order)

    assert client.get(link(order))["Location"] == order.get_absolute_url()


def test_account_without_room_for_it_says_how_much_is_left(client):
    order = on_account(make_story(), limit="100.00")

    answer = submit(client, link(order))

    assert (answer.status_code, now(order).state, Licence.objects.count()) == (409, "ACCEPTED", 0)
    assert "This is more than your account has room for: €100.00." in said(answer)


def withdraw(story):
    story.withdraw("It was wrong.")


def make_none(story):
    Article.objects.filter(pk=story.pk).update(syndication=Syndication.NONE)


@pytest.mark.parametrize("change", [withdraw, make_none])
def test_what_is_not_ours_any_more_is_not_taken_and_the_page_says_so_in_words_for_the_buyer(client, change):
    order = on_account(make_story())
    change(order.stories.get().article)

    page, answer = client.get(link(order)), submit(client, link(order))

    assert (page.status_code, answer.status_code, now(order).state, Licence.objects.count()) == (200, 409, "ACCEPTED", 0)
    assert ["This order cannot be taken on account" in said(each) for each in (page, answer)] == [True, True]
    assert ["Take it on our account" in said(page), "ecline the order" in said(answer)] == [False, False]
    assert "A story of this order cannot be licensed as it was ordered at the moment" in said(answer)


@pytest.mark.parametrize(("end", "words"), [("decline", "The rights desk has declined it."), ("cancel", "It was cancelled.")])
def test_order_that_has_ended_says_so_and_is_not_taken(client, end, words):
    order = on_account(make_story())
    order.decline("We know of no heir.") if end == "decline" else order.cancel()

    page, answer = client.get(link(order)), submit(client, link(order))

    assert (page.status_code, answer.status_code, Licence.objects.count()) == (200, 409, 0)
    assert [words in said(page), "Take it on our account" in said(page)] == [True, False]


def test_only_the_mailed_link_takes_it(client):
    order, other = on_account(make_story()), make_order(story=make_story(headline="The gate"))

    wrong = [f"/orders/release/{secret}/" for secret in (order.secret, other.release_secret, order.release_secret.swapcase(), "x" * 43)]
    looks, pressed = [client.get(address).status_code for address in wrong], [submit(client, address).status_code for address in wrong]
    elsewhere = [client.post(link(order)).status_code, client.post(link(order), headers={"Sec-Fetch-Site": "cross-site"}).status_code]

    assert (looks, pressed, elsewhere, now(order).state) == ([404] * 4, [404] * 4, [403, 403], "ACCEPTED")


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_stories(client, number, django_assert_num_queries):
    first = make_story()
    order = on_account(*[first, *(make_story(headline=name, source=first.source) for name in ("The gate", "The shepherd"))][:number])

    with django_assert_num_queries(10):
        page = said(client.get(link(order)))

    assert page.count("A newspaper, in print") == number


def test_what_was_typed_is_escaped(client):
    order = on_account(make_story(), name="<script>alert(1)</script>", organisation="Farming & Sons <i>")

    page = said(client.get(link(order)))

    assert ["<script>alert" in page, "Farming &amp; Sons &lt;i&gt;" in page] == [False, True]
