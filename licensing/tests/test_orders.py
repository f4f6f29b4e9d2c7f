"""Orders: one for each wish, frozen as it was placed."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_figure
from licensing.models import Buyer, Licence, LicenceOrder, LicenceTerms, OrderedStory, Payment, PriceChanged, QuoteLine, RateCard, Shown
from licensing.quotes import make_quote
from licensing.rights import pictures_of
from licensing.tests.build import (
    TERMS,
    WHO,
    choose,
    complaints,
    filled_in,
    make_card,
    make_order,
    make_picture,
    make_story,
    make_terms,
    pay,
    post,
    send,
)
from mail.models import Message

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def facts(order: LicenceOrder) -> tuple:
    """Return everything that an order keeps."""
    order = LicenceOrder.objects.get(pk=order.pk)
    row = LicenceOrder.objects.values().get(pk=order.pk)
    stories = list(OrderedStory.objects.filter(order=order).order_by("pk").values())
    lines = QuoteLine.objects.filter(story__order=order).values_list("story", "position", "reason", "amount", "image", "is_left_out")
    return row, stories, list(lines.order_by("pk")), order.price


def posts() -> list[tuple[str, str]]:
    return [(message.to, message.subject.partition(":")[0].partition(" ")[0]) for message in Message.objects.order_by("pk")]


# --- Placed once


def test_order_keeps_what_was_typed_and_shown(client):
    story = make_story(pictures=[FOR_SALE, NONE])
    pictures = [image.short_id for image in pictures_of(story)]

    send(client, story, medium="web", territory="world", term="month", audience="medium", pictures=pictures)

    order = LicenceOrder.objects.get()
    ordered = order.stories.get()
    assert [order.state, ordered.article, ordered.medium, ordered.territory, ordered.term, ordered.months, ordered.audience] == [
        "ACCEPTED", story, "A website or app", "The whole world", "One month", 1, "Up to 50,000 readers",
    ]  # fmt: skip
    assert ordered.keys == {"medium": "web", "territory": "world", "term": "month", "audience": "medium", "country": "FR"}
    assert [order.name, order.organisation, order.email, order.country.code, order.order_number] == [
        "Maud Ferrier", "Hill Farming Monthly", "maud@hill-farming.example", "FR", "HFM-2211",
    ]  # fmt: skip
    assert order.billing_address.split() == ["Hill", "Farming", "Monthly", "4", "Drovers", "Yard", "Hexham"]
    assert [(line.reason, str(line.amount), line.is_left_out) for line in ordered.lines.all()] == [
        ("A website or app", "90.00", False),
        ("The whole world (+90 %)", "81.00", False),
        ("One month (−30 %)", "-51.30", False),
        ("Up to 50,000 readers (+25 %)", "29.93", False),
        ("Picture: The gauge, seen from gate 1", "35.00", False),
        ("Left out: The gauge, seen from gate 2. The holder does not let us pass it on.", "0.00", True),
    ]
    assert (order.total, order.price, order.terms_version, order.terms_text) == (Decimal("184.63"), "€184.63", 1, TERMS)
    assert [image.alt_text for image in ordered.pictures] == ["The gauge, seen from gate 1"]


def test_territory_of_the_buyers_own_country_is_named(client):
    send(client, make_story(), country="IE")

    ordered = LicenceOrder.objects.get().stories.get()
    assert (ordered.territory, ordered.countries) == ("Ireland", ["IE"])


def test_territory_of_another_country_than_the_buyers_is_that_country(client):
    send(client, make_story(), country="IE", where="PL")

    order = LicenceOrder.objects.get()
    assert (order.country.code, order.stories.get().territory, order.stories.get().countries) == ("IE", "Poland", ["PL"])


def test_form_that_is_sent_again_leads_to_the_same_order(client):
    story = make_story()
    typed = filled_in(client, story)

    answers = [post(client, story, typed) for _ in range(3)]

    assert {answer["Location"] for answer in answers} == {LicenceOrder.objects.get().get_absolute_url()}
    assert posts() == [("maud@hill-farming.example", "Your"), ("rights@localhost", "Ordered")]


def test_form_that_is_sent_again_after_the_card_was_changed_leads_to_the_same_order(client):
    story = make_story()
    typed = filled_in(client, story)
    first = post(client, story, typed)
    make_card(picture_fee="99.00").rates.update(name="Dearer")

    again = post(client, story, typed)

    assert (again["Location"], LicenceOrder.objects.count()) == (first["Location"], 1)


@pytest.mark.parametrize("change", [{"name": "Joost"}, {"email": "joost@farming.example"}, {"order_number": "12"}])
def test_same_key_with_other_words_never_leads_to_somebody_elses_order(client, change):
    story = make_story()
    typed = filled_in(client, story)

    answers = [post(client, story, typed), post(client, story, typed | change)]

    assert len({answer["Location"] for answer in answers}) == 2


def test_same_key_for_another_story_is_another_order(client):
    story, other = make_story(), make_story(headline="The gauge again")
    typed = filled_in(client, story)

    answers = [post(client, story, typed), send(client, other, key=typed["key"])]

    assert len({answer["Location"] for answer in answers}) == 2


def test_form_that_is_sent_to_another_story_of_the_same_price_is_refused(client):
    story, other = make_story(), make_story(headline="The gauge again")

    answer = post(client, other, filled_in(client, story))

    assert complaints(answer) == ["This is the price, and the way, of what you chose. Look at it, and send the form again."]
    assert (LicenceOrder.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.parametrize(("terms", "state"), [(FOR_SALE, "ACCEPTED"), (ON_REQUEST, "REQUESTED"), (None, "REQUESTED")])
def test_only_what_is_for_sale_is_accepted_at_once(client, terms, state):
    send(client, make_story(terms))

    assert [order.state for order in LicenceOrder.objects.all()] == [state]
    assert (Licence.objects.count(), Payment.objects.count()) == (0, 0)


def test_picture_that_nobody_is_sure_of_makes_the_order_a_request(client):
    story = make_story(pictures=[ON_REQUEST])
    [picture] = [image.short_id for image in pictures_of(story)]

    send(client, story, pictures=[picture])
    send(client, story, pictures=[])

    assert [(order.stories.get().picture_ids, order.state) for order in LicenceOrder.objects.all()] == [([], "ACCEPTED"), ([picture], "REQUESTED")]


def test_what_costs_nothing_is_licensed_at_once_only_if_nobody_has_to_be_asked(client, card):
    card.rates.filter(key="print").update(fee=0)

    send(client, make_story(FOR_SALE))
    send(client, make_story(None))

    assert [(order.state, order.licences.count()) for order in LicenceOrder.objects.all()] == [("REQUESTED", 0), ("PAID", 1)]


# --- What changed after the form was checked


def place(story, chosen) -> LicenceOrder:
    """Order what is shown of a story at this moment, by a form that is sent for the first time."""
    shown = Shown(make_quote(chosen.medium.card, story, chosen).as_shown, terms=1)
    return LicenceOrder.objects.place(story, chosen, Buyer(**WHO), "k" * 22, shown)


def lose_story(story):
    story.withdraw("It was wrong.")


def lose_rights(story):
    Article.objects.filter(pk=story.pk).update(syndication=NONE)


def lose_card(story):
    RateCard.objects.update(in_force_from=None)


def lose_terms(story):
    LicenceTerms.objects.update(in_force_from=None)


@pytest.mark.parametrize("change", [lose_story, lose_rights, lose_card, lose_terms])
def test_order_is_checked_once_more_when_it_is_made(card, change):
    story, chosen = make_story(), choose(card)
    change(story)

    with pytest.raises(ValidationError, match="This story can no longer be ordered."):
        place(story, chosen)

    assert (LicenceOrder.objects.count(), Message.objects.count()) == (0, 0)


def test_answers_of_a_card_that_was_replaced_are_not_sold_even_at_the_same_price(card):
    story, chosen = make_story(), choose(card)
    make_card()

    with pytest.raises(PriceChanged):
        place(story, chosen)

    assert (LicenceOrder.objects.count(), Message.objects.count()) == (0, 0)


def test_order_that_nothing_changed_for_is_made(card):
    order = place(make_story(), choose(card))

    assert (order.state, order.price, len(order.secret)) == ("ACCEPTED", "€120.00", 43)


# --- Frozen


def test_later_changes_of_card_terms_story_and_pictures_leave_an_order_alone(client, card):
    story = make_story(pictures=[FOR_SALE])
    send(client, story, pictures=[image.short_id for image in pictures_of(story)])
    order = LicenceOrder.objects.get()
    before = facts(order)

    card.rates.filter(fee__gt=0).update(fee=999)
    card.rates.update(name="Another name")
    RateCard.objects.update(picture_fee=999, currency="JPY")
    LicenceTerms.objects.update(text="<p>Do as you like.</p>", version=7)
    make_figure(story, "One more", make_picture("One more"))
    story.headline = "Another headline"
    story.correct("The headline was wrong.")

    assert facts(order) == before
    assert client.get(order.get_absolute_url()).content.decode().count("€155.00") >= 1


def test_order_cannot_be_deleted_once_money_came_in():
    order = make_order()
    pay(order, "1.00")

    with pytest.raises(IntegrityError), transaction.atomic():
        order.delete()

    assert LicenceOrder.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"state": "LOST"}, {"total": -1}, {"state": "DECLINED"}])
def test_database_refuses_an_order_that_makes_no_sense(wrong):
    order = make_order()

    with pytest.raises(IntegrityError), transaction.atomic():
        LicenceOrder.objects.filter(pk=order.pk).update(**wrong)

    assert LicenceOrder.objects.get().state == "ACCEPTED"
