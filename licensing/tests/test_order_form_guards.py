"""The order form's guards: what changed while it was open, where it was sent from, and how often."""

import pytest
from django.test import Client

from articles.models import Article, Image, Source
from articles.terms import Syndication
from licensing.models import LicenceOrder
from licensing.tests.build import (
    FROM_HERE,
    WHO,
    complaints,
    fields_of,
    filled_in,
    make_card,
    make_grant,
    make_story,
    make_terms,
    post,
    republish_url,
    send,
    total_in,
)
from mail.models import Message

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
UNSEEN = "This is the price, and the way, of what you chose. Look at it, and send the form again."
TOO_MANY = "We take so many orders a day from one mail address, and no more. Order tomorrow, or write to the rights desk."
TOO_OFTEN = "That is more than we can take from one place in an hour. Try again later, or write to the rights desk."


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def made() -> list[int]:
    return [model.objects.count() for model in (LicenceOrder, Message)]


# --- What changed while the form was open


def test_story_withdrawn_while_the_form_was_open_is_not_ordered(client):
    story = make_story()
    typed = filled_in(client, story)
    story.withdraw("It was wrong.")

    answers = [post(client, story, typed), client.get(republish_url(story)), client.get(f"{republish_url(story)}price/")]

    assert ([answer.status_code for answer in answers], made()) == ([410, 410, 404], [0, 0])
    pages = [answer.content.decode() for answer in answers[:2]]
    assert ["It was wrong." in page for page in pages] == [True, True]
    assert ["Your order was not taken, and nothing is owed." in page for page in pages] == [True, False]


def test_story_taken_down_by_the_law_while_the_form_was_open_is_not_ordered(client):
    story = make_story()
    typed = filled_in(client, story)
    story.withdraw("A court has ordered it.", is_legal_takedown=True)

    answer = post(client, story, typed)

    page = answer.content.decode()
    assert (answer.status_code, made(), story.headline in page) == (451, [0, 0], False)
    assert "Your order was not taken, and nothing is owed." in page


@pytest.mark.parametrize("terms", [NONE, FREE])
def test_story_whose_terms_were_changed_while_the_form_was_open_is_not_ordered(client, terms):
    story = make_story()
    typed = filled_in(client, story)
    if terms == FREE:
        story.source.syndication = FREE
        story.source.save()
    else:
        Article.objects.filter(pk=story.pk).update(syndication=NONE)

    answer = post(client, story, typed)

    assert (answer.status_code, made()) == (409, [0, 0])
    assert "Your order was not taken and nothing is owed" in answer.content.decode()


@pytest.mark.parametrize(
    ("before", "after", "state", "button"), [(ON_REQUEST, FOR_SALE, "ACCEPTED", "Order"), (FOR_SALE, ON_REQUEST, "REQUESTED", "Send the request")]
)
def test_story_that_is_sold_another_way_now_binds_nobody_who_did_not_see_it(client, before, after, state, button):
    story = make_story(before)
    if before == ON_REQUEST:
        make_grant(source=story.source)
    typed = filled_in(client, story)
    Source.objects.filter(pk=story.source_id).update(syndication=after)

    refused, nothing = post(client, story, typed), made()
    again = post(client, story, fields_of(refused))

    assert (complaints(refused), nothing, again.status_code) == ([UNSEEN], [0, 0], 302)
    assert f">{button}</button>" in refused.content.decode()
    assert [order.state for order in LicenceOrder.objects.all()] == [state]


def test_picture_that_the_desk_has_to_be_asked_for_now_binds_nobody_who_did_not_see_it(client):
    story = make_story(pictures=[FOR_SALE])
    typed = filled_in(client, story, pictures=[image.short_id for image in Image.objects.all()])
    Image.objects.update(syndication=ON_REQUEST)

    assert (complaints(post(client, story, typed)), made()) == ([UNSEEN], [0, 0])


# --- From where, and how often


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/republish/"},
    ],
)
def test_form_sent_from_another_site_orders_nothing(client, headers):
    story = make_story()
    typed = filled_in(client, story)

    answer = Client(enforce_csrf_checks=True).post(republish_url(story), typed, headers=headers)

    assert (answer.status_code, made()) == (403, [0, 0])
    assert "Nothing was sent: we could not tell that the form came from our own page." in answer.content.decode()


@pytest.mark.parametrize("headers", [FROM_HERE, {"Origin": "http://testserver"}, {"Referer": "http://testserver/republish/"}])
def test_form_sent_from_here_needs_no_cookie(headers):
    browser, story = Client(enforce_csrf_checks=True), make_story()

    answer = browser.post(republish_url(story), filled_in(browser, story), headers=headers)

    assert (answer.status_code, made(), browser.cookies) == (302, [1, 2], {})


@pytest.mark.slow
def test_thirty_orders_an_hour_are_taken_from_one_place(client):
    story = make_story()
    typed = filled_in(client, story)
    answers = [post(client, story, typed | {"email": f"maud-{number}@farming.example"}) for number in range(30)]

    answer = post(client, story, typed)

    assert [each.status_code for each in answers] == [302] * 30
    assert (answer.status_code, complaints(answer), made()) == (429, [TOO_OFTEN], [30, 60])
    kept = fields_of(answer)
    assert (total_in(kept), kept) == ("120.00", typed | {"price_shown": kept["price_shown"]})


def test_ten_orders_a_day_are_taken_for_one_mail_address_from_anywhere(client):
    story = make_story()
    typed = filled_in(client, story)
    for number in range(10):
        assert post(Client(REMOTE_ADDR=f"198.51.100.{number}"), story, typed | {"name": f"Maud {number}"}).status_code == 302

    answer = post(Client(REMOTE_ADDR="203.0.113.9"), story, typed | {"email": WHO["email"].upper()})
    other = post(client, story, typed | {"email": "joost@farming.example"})

    assert (answer.status_code, complaints(answer), other.status_code, made()) == (429, [TOO_MANY], 302, [11, 22])


def test_form_that_is_sent_again_is_not_counted_and_leads_to_its_order_after_the_limit(client):
    story = make_story()
    typed = filled_in(client, story)
    first = [post(client, story, typed) for _ in range(40)][0]
    for number in range(10):
        last = post(client, story, typed | {"name": f"Maud {number}"})

    again = post(client, story, typed)

    assert (last.status_code, again.status_code, again["Location"], made()) == (429, 302, first["Location"], [10, 20])


def test_forms_with_a_slip_in_them_are_not_counted(client):
    story = make_story()
    for _ in range(31):
        send(client, story, email="")

    assert send(client, story, **WHO).status_code == 302
