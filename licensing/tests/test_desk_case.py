"""The desk's page of an order: everything that it takes to decide, on one screen."""

import re
from decimal import Decimal
from html import unescape

import pytest

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_source, make_user
from articles.tests.newsroom import sign_in
from licensing.models import Delivery, Licensee, Package
from licensing.tests.build import make_card, make_grant, make_notice, make_order, make_story, make_terms, pay
from licensing.tests.desk import BUTTONS, DESK, order_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


@pytest.fixture
def desk():
    return sign_in("desk", *DESK)


def words_of(response) -> str:
    """Return what a page says, without its marks, every space one space."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(text))


def missing(facts: list[str], text: str) -> list[str]:
    return [fact for fact in facts if fact not in text]


def test_page_of_an_order_shows_all_of_it(desk):
    order = make_order("DECLINED", organisation="Farming & Sons <b>")

    answer = desk.get(url(order))

    facts = [
        order.reference,
        "Declined",
        "The shepherd’s rain gauge",
        "A newspaper, in print",
        "France",
        "One year",
        "Up to 5,000 readers",
        "€120.00",
    ]
    facts += ["Maud Ferrier", "Farming & Sons <b>", "maud@hill-farming.example", "4 Drovers Yard", "HFM-2211", "we know of no heir"]
    facts += ["Nothing has come in.", "None yet.", "Their first order.", "Print the byline, and change nothing."]
    assert missing(facts, words_of(answer)) == []
    assert order.get_absolute_url() in answer.content.decode()
    assert "Farming & Sons <b>" not in answer.content.decode()


@pytest.mark.parametrize("page", ["change", "approve", "offer", "decline", "record_payment"])
def test_every_page_of_a_decision_shows_what_it_is_about(page, desk):
    source = make_source("The Upland Gazette", syndication="FOR_SALE", rights_contact="The editor, Tollgate Street")
    make_grant("The Upland Gazette", source=source, may_sublicense="ASK")
    story = make_story(source=source, pictures=[Syndication.FOR_SALE, Syndication.NONE])
    order = make_order("REQUESTED", story, choice={"pictures": True})

    text = words_of(desk.get(url(order, page)))

    facts = ["The Upland Gazette has to be asked each time.", "Holder: The Upland Gazette.", "Ask: The editor, Tollgate Street"]
    facts += ["Why you are asked", "Picture: The gauge, seen from gate 1", "Not ours to sell", "does not let us pass it on"]
    facts += ["A newspaper, in print", "One year", "Fee €155.00"]
    assert missing(facts, text) == []


def test_what_rights_say_now_stands_beside_what_was_ordered(desk):
    story = make_story()
    order = make_order("ACCEPTED", story)
    before = words_of(desk.get(url(order)))
    Article.objects.filter(pk=story.pk).update(syndication="NONE")

    after = words_of(desk.get(url(order)))

    refusal = "The story cannot be licensed any more."
    assert (refusal in before, refusal in after, "Not ours to sell" in after) == (False, True, True)


def test_story_that_is_licensed_already_has_no_problem_any_more(desk):
    story = make_story()
    order = make_order("PAID", story)
    story.withdraw("It was wrong.")

    assert "so it cannot be licensed" not in words_of(desk.get(url(order)))


def test_page_shows_each_payment_and_refund_with_who_recorded_it_and_what_is_owed(desk):
    order = make_order()
    first, second = (pay(order, amount, by=make_user(f"clerk-{amount}")) for amount in ("20.00", "30.00"))

    text = words_of(desk.get(url(order)))
    pay(order, "80.00")
    refund = order.record_refund(Decimal("4.00"), second.received_on, "Too much came in.", by=make_user("treasurer"))
    settled = words_of(desk.get(url(order)))

    assert missing([f"{first}, recorded by clerk-20.00", f"{second}, recorded by clerk-30.00", "Is still owed €70.00"], text) == []
    assert missing([f"{refund}, recorded by treasurer: Too much came in.", "Has to go back €6.00"], settled) == []
    assert "Is still owed" not in settled


def test_page_shows_the_log_with_who_did_what(desk):
    order = make_order("REQUESTED")
    order.approve(by=make_user("Henrike"))

    assert missing(["Ordered.", "The desk has approved it. (Henrike)"], words_of(desk.get(url(order)))) == []


def test_page_shows_the_buyers_other_orders_and_what_they_paid(desk):
    order = make_order()
    same_mail = make_order("PAID", make_story(headline="By the same hand"), email="MAUD@hill-farming.example", organisation="Another paper")
    same_name = make_order("PAID", make_story(headline="By the same house", source=make_source("The For sale")), email="desk@x.example")
    stranger = make_order("PAID", make_story(headline="By a stranger", source=make_source("The For sale")), email="a@b.example", organisation="B")
    draft = make_order("DRAFT", make_story(headline="Nobody’s yet", source=make_source("The For sale")))

    text = words_of(desk.get(url(order)))

    assert [other.reference in text for other in (same_mail, same_name, stranger, draft)] == [True, True, False, False]
    assert missing(["€240.00 paid for them in all", "Another paper: By the same hand", "By the same house"], text) == []


def test_account_is_shown_with_what_it_owes_and_may_owe(desk):
    licensee = Licensee.objects.create(organisation="Hill Farming Monthly", email="MAUD@hill-farming.example", credit_limit=500)
    taken = make_order()
    taken.put_on_account(licensee)
    taken.release()
    order = make_order("ACCEPTED", make_story(headline="A second story", source=make_source("The For sale")))

    text = words_of(desk.get(url(order)))

    assert "owes €120.00 of at most €500.00; pays in 30 days. This order is not on it" in text


def test_licence_is_shown_with_its_packages_deliveries_and_notices(desk):
    order = make_order("PAID")
    licence = order.licences.get()
    bare = words_of(desk.get(url(order)))
    package = Package.objects.make(licence)
    fresh = words_of(desk.get(url(order)))
    package.deliver(Delivery.Way.ORDER)
    make_notice(licence, revision=licence.revision)

    text = words_of(desk.get(url(order)))

    assert ("Its package is not made yet." in bare, "Not fetched yet." in fresh) == (True, True)
    assert missing([licence.reference, "In force", "from the order’s page", "Corrected: told on", "not acknowledged yet"], text) == []


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_however_much_happened_to_the_order(django_assert_num_queries, desk, number):
    order = make_order()
    for each in range(number):
        pay(order, "1.00")
        make_order("ACCEPTED", make_story(headline=f"Story {each}", source=make_source("The For sale")))
    desk.get(url(order))

    with django_assert_num_queries(42):
        desk.get(url(order))


@pytest.mark.parametrize("button", BUTTONS)
def test_buttons_say_what_they_do_before_they_do_it(button):
    from licensing.admin.orders import LicenceOrderAdmin

    form = LicenceOrderAdmin.asks[button]

    assert (form.verb[:1].isupper(), form.words[-1:]) == (True, ".")


def test_order_of_several_stories_shows_each(desk):
    order = order_of("The shepherd’s rain gauge", "The ferry’s last crossing", "What a roof does to a herring")

    text = words_of(desk.get(url(order)))

    assert (
        missing(["The 3 stories", "The shepherd’s rain gauge", "The ferry’s last crossing", "What a roof does to a herring", "€360.00"], text) == []
    )
