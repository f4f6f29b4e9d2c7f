"""The same words sent again: refused once within the hour, since their buyer may have forgotten, and then made."""

import pytest

from articles.terms import Syndication
from licensing.models import Buyer, LicenceOrder, OrderedTooOften
from licensing.rights import pictures_of
from licensing.tests.build import WHO, complaints, fields_of, filled_in, make_card, make_order, make_story, make_terms, post, send, set_back
from licensing.tests.verbs import anew, read, refusal, two_stories
from mail.models import Message

pytestmark = pytest.mark.django_db
ON_REQUEST = Syndication.ON_REQUEST
MAUD = Buyer(**WHO)
ALREADY = (
    "You sent exactly this order less than an hour ago, and it has come in: see the mail to maud@hill-farming.example."
    " To order once more, send the form again."
)


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def made() -> list[int]:
    return [model.objects.count() for model in (LicenceOrder, Message)]


def test_same_words_from_a_form_opened_anew_are_refused_once_and_then_a_second_order(client):
    story = make_story()
    first = send(client, story)

    refused = send(client, story)
    typed, before = fields_of(refused), made()
    second = post(client, story, typed)

    assert (refused.status_code, complaints(refused), typed["once_more"], before) == (200, [ALREADY], "1", [1, 2])
    assert (second.status_code, second["Location"] != first["Location"], made()) == (302, True, [2, 4])


def test_second_order_is_made_once_however_often_its_form_is_sent(client):
    story = make_story()
    send(client, story)
    typed = fields_of(send(client, story))

    answers = [post(client, story, typed) for _ in range(3)]

    assert (len({answer["Location"] for answer in answers}), made()) == (1, [2, 4])


def test_page_says_once_more_only_where_it_was_refused_for_that(client):
    story = make_story()
    typed = filled_in(client, story)
    send(client, story)

    pages = [client.get(f"/republish/{story.short_id}/"), post(client, story, typed | {"email": ""}), post(client, story, typed | {"price": "1"})]

    assert ["once_more" in fields_of(page) for page in pages] == [False] * 3


def test_slip_between_the_refusal_and_the_second_order_does_not_ask_again(client):
    story = make_story()
    send(client, story)
    typed = fields_of(send(client, story))

    slip = post(client, story, typed | {"billing_address": ""})
    again = post(client, story, fields_of(slip) | {"billing_address": typed["billing_address"]})

    assert (slip.status_code, again.status_code, made()) == (200, 302, [2, 4])


@pytest.mark.parametrize(("ago", "is_made"), [({"minutes": 59}, False), ({"minutes": 61}, True)])
def test_same_words_are_an_order_of_their_own_after_an_hour(client, ago, is_made):
    story = make_story()
    send(client, story)
    set_back(LicenceOrder.objects.get(), **ago)

    answer = send(client, story)

    assert (answer.status_code == 302, made()) == (is_made, [2, 4] if is_made else [1, 2])


def test_order_that_was_declined_does_not_stop_the_next(client):
    story = make_story(ON_REQUEST)
    send(client, story)
    LicenceOrder.objects.get().decline("The number of readers cannot be right.")

    answer = send(client, story)

    assert (answer.status_code, LicenceOrder.objects.count()) == (302, 2)


@pytest.mark.parametrize("change", [{"medium": "web"}, {"name": "Joost"}, {"email": "joost@farming.example"}, {"order_number": ""}])
def test_other_words_are_another_order_at_once(client, change):
    story = make_story()
    send(client, story)

    assert (send(client, story, **change).status_code, LicenceOrder.objects.count()) == (302, 2)


def test_other_pictures_are_another_order_at_once(client):
    story = make_story(pictures=["FOR_SALE"])
    send(client, story)

    assert (send(client, story, pictures=[image.short_id for image in pictures_of(story)]).status_code, LicenceOrder.objects.count()) == (302, 2)


def test_same_words_for_another_story_are_another_order_at_once(client):
    send(client, make_story())

    assert send(client, make_story(headline="The gauge again")).status_code == 302


# --- Of several stories


def test_draft_of_the_same_stories_is_ordered_once_within_the_hour_unless_it_is_meant():
    first, second = (make_order("DRAFT", *stories) for stories in [two_stories()] * 2)
    first.place(MAUD, read(first))

    words = refusal(second.place, MAUD, read(second))
    second.place(MAUD, read(second, once_more=True))

    assert (words, [anew(order).state for order in (first, second)]) == (ALREADY, ["ACCEPTED", "ACCEPTED"])


def test_draft_of_another_use_is_another_order_at_once():
    stories = two_stories()
    first, second = make_order("DRAFT", *stories), make_order("DRAFT", *stories, choice={"term": "month"})
    first.place(MAUD, read(first))

    second.place(MAUD, read(second))

    assert anew(second).state == "ACCEPTED"


def test_eleventh_order_of_a_day_from_one_mail_address_is_refused():
    story = make_story()
    orders = [make_order("DRAFT", story) for _ in range(12)]
    for number, order in enumerate(orders[:10]):
        order.place(Buyer(**WHO | {"order_number": str(number)}), read(order))

    with pytest.raises(OrderedTooOften):
        orders[10].place(Buyer(**WHO | {"email": WHO["email"].upper()}), read(orders[10]))
    orders[11].place(Buyer(**WHO | {"email": "joost@farming.example"}), read(orders[11]))

    assert LicenceOrder.objects.placed().count() == 11
