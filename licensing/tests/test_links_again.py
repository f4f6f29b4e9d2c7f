"""“Send me my links again”: the same answer for any address, and nobody's orders but one's own."""

import pytest
from django.test import Client

from articles.terms import Syndication
from licensing.models import LicenceOrder, Licensee, Package
from licensing.tests.build import FROM_HERE, make_card, make_order, make_story, make_terms
from mail.models import Message
from newsroom.models import Use

pytestmark = pytest.mark.django_db(transaction=True)
BUYER = "sam@example.org"
LIMIT = "That is more than we can take from one place in an hour. Try again later, or write to the rights desk."


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def ask(client, email=BUYER, headers=FROM_HERE):
    return client.post("/orders/", {"email": email}, headers=headers)


def orders(*emails: str) -> list[LicenceOrder]:
    story = make_story()
    return [make_order(story=story, email=email, name=f"Sam {number}") for number, email in enumerate(emails)]


def links(post_office, address: str) -> list[list[str]]:
    """Return which orders each mail to an address links to."""
    found = {f"http://localhost:8000{order.get_absolute_url()}": order.reference for order in LicenceOrder.objects.all()}
    return [sorted(found[link] for link in found if link in mail.get_body(["plain"]).get_content()) for mail in post_office.to(address)]


def test_buyer_gets_the_links_of_all_own_orders_and_of_no_others(client, post_office, work):
    first, second, _ = orders(BUYER, BUYER, "joost@example.org")

    ask(client)
    work()

    assert links(post_office, BUYER) == [sorted([first.reference, second.reference])]
    [mail] = post_office.messages
    assert (mail["Subject"], mail["Reply-To"]) == ("Your orders at The Halyard", "rights@localhost")


@pytest.mark.parametrize("typed", ["SAM@example.org", " sam@Example.ORG "])
def test_address_is_found_however_it_is_typed(client, post_office, work, typed):
    [order] = orders(BUYER)

    ask(client, typed)
    work()

    assert links(post_office, BUYER) == [[order.reference]]


def test_known_and_unknown_address_get_the_same_answer(client, work):
    orders(BUYER)

    answers = [ask(Client(REMOTE_ADDR="198.51.100.1"), email) for email in (BUYER, "nobody@example.org")]
    pages = [client.get(answer["Location"]) for answer in answers]

    assert [answer.status_code for answer in answers] == [302, 302]
    for known, unknown in (answers, pages):
        assert known.content == unknown.content
        assert {name: value for name, value in known.items() if name != "Date"} == {name: value for name, value in unknown.items() if name != "Date"}
    assert [email in page.content.decode() for page in pages for email in (BUYER, "nobody@example.org")] == [False] * 4


def test_request_itself_never_looks_for_orders(client, work):
    """What takes longer for a known address would give it away: a job looks."""
    orders(BUYER)

    ask(client)

    assert Message.objects.filter(to=BUYER).count() == 0
    work()
    assert Message.objects.filter(to=BUYER).count() == 1


def test_unknown_address_gets_no_mail(client, post_office, work):
    orders(BUYER)

    ask(client, "nobody@example.org")
    work()

    assert post_office.messages == []


@pytest.mark.parametrize("alike", ["ſam@example.org", "sam@example.org.evil.example", "s%@example.org", "s_m@example.org", "sam@example.or"])
def test_address_that_only_looks_alike_never_gets_anothers_links(client, post_office, work, alike):
    [order] = orders(BUYER)

    ask(client, alike)
    work()

    assert [mail["To"] for mail in post_office.messages if mail["To"] != BUYER] == []
    assert links(post_office, BUYER) in ([], [[order.reference]])


def test_addresses_that_the_database_takes_for_one_each_get_their_own_links_only(client, post_office, work):
    small, capital = orders(BUYER, "Sam@example.org")

    ask(client)
    work()

    assert links(post_office, BUYER) == [[small.reference]]
    assert links(post_office, "Sam@example.org") == [[capital.reference]]


@pytest.mark.parametrize("email", ["", "sam", "sam@example.org, joost@example.org", "sam@example.org\nBcc: all@example.org", "sam@example.org\x00"])
def test_what_is_no_address_is_sent_back(client, email):
    orders(BUYER)

    answer = ask(client, email)

    assert (answer.status_code, list(answer.context["form"].errors), Message.objects.count(), Use.objects.count()) == (200, ["email"], 0, 0)


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_form_sent_from_another_site_sends_nothing(client, post_office, work, headers):
    orders(BUYER)

    answer = ask(client, headers=headers)
    work()

    assert (answer.status_code, post_office.messages) == (403, [])


def test_one_address_is_written_to_three_times_a_day_and_the_answer_stays_the_same(post_office, work):
    orders(BUYER)

    answers = [ask(Client(REMOTE_ADDR=f"198.51.100.{number}"), typed) for number, typed in enumerate([BUYER, BUYER.upper(), BUYER, BUYER, BUYER])]
    work()

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/orders/sent/")}
    assert len(post_office.to(BUYER)) == 3


def test_one_place_may_ask_ten_times_an_hour(client, post_office, work):
    answers = [ask(client, f"nobody-{number}@example.org") for number in range(11)]
    elsewhere = ask(Client(REMOTE_ADDR="198.51.100.7"), "nobody@example.org")

    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    assert (LIMIT in answers[-1].content.decode(), "nobody-10@example.org" in answers[-1].content.decode(), elsewhere.status_code) == (
        True,
        True,
        302,
    )


def test_limits_keep_no_address(client):
    ask(client)

    assert [BUYER in str(row) or "127.0.0.1" in str(row) for row in Use.objects.values()] == [False, False]


# --- All public pages


def test_no_public_page_sets_a_cookie_or_varies_by_one(client):
    stories = [make_story(terms) for terms in Syndication]
    order = make_order("PAID")
    licence = order.licences.get()

    draft = make_order("DRAFT", story=stories[1])
    secret, package = draft.get_absolute_url(), Package.objects.make(licence).link.removeprefix("http://localhost:8000")
    released = make_order(email="accounts@hill-farming.example")
    released.put_on_account(Licensee.objects.create(organisation="Hill Farming Monthly", email="accounts@hill-farming.example", credit_limit=500))

    pages = [f"/republish/{story.short_id}/" for story in stories] + [f"/republish/{stories[1].short_id}/price/", order.get_absolute_url()]
    pages += ["/orders/", "/orders/sent/", "/licence/", licence.get_absolute_url(), "/licence/2222-2222/", "/licence-terms/", "/licence-terms/1/"]
    pages += [secret, f"{secret}quote.pdf", f"{secret}stories/?q=gauge", f"{secret}stories/{stories[1].short_id}/", package, "/packages/none/"]
    pages += [f"{order.get_absolute_url()}licences/{licence.reference}/renew/", f"/orders/release/{released.release_secret}/"]
    pages += ["/republish/sample/", "/republish/sample.zip", "/.well-known/jwks.json"]
    answers = [verb(page) for page in pages for verb in (client.get, client.head)]
    answers += [ask(client), ask(client, ""), ask(client, headers={}), client.post(pages[1], {}, headers=FROM_HERE), client.post(pages[1], {})]
    answers += [client.post(page, {"quote": "1", "answer": "cancel"}, headers=FROM_HERE) for page in pages]

    for answer in answers:
        answer.close()
    assert [answer.cookies for answer in answers] == [{}] * len(answers)
    assert [answer for answer in answers if "cookie" in answer.headers.get("Vary", "").lower()] == []
    assert [answer for answer in answers if not answer.streaming and b"csrf" in answer.content.lower()] == []
    assert [page for page in pages if client.get(page)["Content-Security-Policy"].find("'unsafe") != -1] == []


def test_no_public_page_is_written_to_by_looking(client):
    order = make_order("PAID")
    before = (Message.objects.count(), Use.objects.count(), LicenceOrder.objects.values_list().get())

    for page in (order.get_absolute_url(), "/orders/", "/orders/sent/", "/licence/", order.licences.get().get_absolute_url(), "/licence-terms/"):
        assert [client.get(page).status_code, client.head(page).status_code] == [200, 200]

    assert (Message.objects.count(), Use.objects.count(), LicenceOrder.objects.values_list().get()) == before
