"""The order form's guards: what changed while it was open, where it was sent from, and how often."""

import pytest
from django.test import Client

from articles.models import Article
from articles.terms import Syndication
from licensing.models import LicenceOrder
from licensing.tests.build import FROM_HERE, WHO, complaints, fields_of, filled_in, make_card, make_story, make_terms, post, republish_url, send
from mail.models import Message

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication


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
    assert "It was wrong." in answers[0].content.decode()


def test_story_taken_down_by_the_law_while_the_form_was_open_is_not_ordered(client):
    story = make_story()
    typed = filled_in(client, story)
    story.withdraw("A court has ordered it.", is_legal_takedown=True)

    answer = post(client, story, typed)

    assert (answer.status_code, made(), story.headline in answer.content.decode()) == (451, [0, 0], False)


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


def test_story_that_now_needs_the_desk_is_only_requested(client):
    story = make_story()
    typed = filled_in(client, story)
    Article.objects.filter(pk=story.pk).update(source=None)

    post(client, story, typed)

    assert [order.state for order in LicenceOrder.objects.all()] == ["REQUESTED"]


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


@pytest.mark.parametrize("headers", [FROM_HERE, {"Origin": "http://testserver"}, {"Referer": "http://testserver/republish/"}])
def test_form_sent_from_here_needs_no_cookie(headers):
    browser, story = Client(enforce_csrf_checks=True), make_story()

    answer = browser.post(republish_url(story), filled_in(browser, story), headers=headers)

    assert (answer.status_code, made(), browser.cookies) == (302, [1, 2], {})


def test_thirty_orders_an_hour_are_taken_from_one_place(client):
    story = make_story()
    typed = filled_in(client, story)
    for _ in range(30):
        post(client, story, typed)

    answer = post(client, story, typed | {"name": "Somebody else"})

    assert (answer.status_code, made()) == (429, [1, 2])
    assert complaints(answer) == ["That is more than we can take from one place in an hour. Try again later, or write to the rights desk."]
    assert fields_of(answer) == typed | {"name": "Somebody else"}


def test_forms_with_a_slip_in_them_are_not_counted(client):
    story = make_story()
    for _ in range(31):
        send(client, story, email="")

    assert send(client, story, **WHO).status_code == 302
