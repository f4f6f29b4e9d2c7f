"""Trying a rate card on a story: the same answers by a draft and by the card in force, and nothing written."""

import re

import pytest
from django.utils.html import escape

from articles.models import Article
from articles.terms import Syndication
from articles.tests.newsroom import sign_in
from licensing.admin.preview import NO_STORY
from licensing.models import LicenceOrder, RateCard
from licensing.quotes import make_quote
from licensing.rights import pictures_of
from licensing.tests.build import RATES, choose, days_ago, make_card, make_grant, make_source, make_story
from mail.models import Message

pytestmark = pytest.mark.django_db
VIEW = "licensing.view_ratecard"
FOR_SALE = Syndication.FOR_SALE
DEARER = RATES | {"MEDIUM": [("print", "A newspaper, in print", {"fee": "150.00"}), ("web", "A website or app", {"fee": "90.00"})]}
PORTION = {"PORTION": [("full", "The whole text", {"percent": "0"}), ("excerpt", "An excerpt", {"percent": "-60", "most": 250})]}

ADDRESSES = [
    "{id}", " {upper} ", "/s/{id}/", "https://a.example/s/{id}/", "/republish/{id}/", "{path}", "http://a.example{path}?page=2#top", "a.example{path}"
]  # fmt: skip


@pytest.fixture
def client():
    return sign_in("desk", VIEW)


def make_draft(rates=DEARER, **fields) -> RateCard:
    return make_card(rates, in_force_from=None, **fields)


def preview(client, card: RateCard, **answers):
    return client.get(f"/admin/licensing/ratecard/{card.pk}/preview/", answers)


def words(response) -> str:
    """Return what the page says, as text."""
    page = re.sub(r"<(script|style)\b.*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def tables(response) -> list[list[tuple[str, str]]]:
    """Return the lines of each quote on the page, the total last."""
    found = re.findall(r'<table class="quote">(.*?)</table>', response.content.decode(), re.DOTALL)
    return [re.findall(r'<td>(.*?)</td><td class="quote__amount">(.*?)</td>', table) for table in found]


# --- Side by side


def test_story_is_priced_by_a_draft_beside_the_card_in_force(client):
    make_card()
    draft, story = make_draft(picture_fee="40.00"), make_story(pictures=[FOR_SALE, FOR_SALE])
    picture = pictures_of(story)[1]

    page = preview(client, draft, story=story.short_id, medium="print", territory="country", where="FR", audience="medium", pictures=picture.short_id)

    assert tables(page) == [
        [
            ("A newspaper, in print", "€150.00"), ("France", "€0.00"), ("One year", "€0.00"), ("Up to 50,000 readers (+25 %)", "€37.50"),
            ("Picture: The gauge, seen from gate 2", "€40.00"), ("Total", "€227.50"),
        ],
        [
            ("A newspaper, in print", "€120.00"), ("France", "€0.00"), ("One year", "€0.00"), ("Up to 50,000 readers (+25 %)", "€30.00"),
            ("Picture: The gauge, seen from gate 2", "€35.00"), ("Total", "€185.00"),
        ],
    ]  # fmt: skip
    assert "€227.50 by this card: €42.50 more than by the card in force." in words(page)
    assert "Rate card 2 (draft)" in words(page)
    assert "Rate card 1 (in force)" in words(page)
    assert words(page).count("Sold at once; the desk is not asked.") == 2


def test_first_look_takes_the_first_answers_and_no_picture(client):
    make_card()
    draft, story = make_draft(), make_story(pictures=[FOR_SALE])

    page = preview(client, draft, story=story.short_id)

    expected = make_quote(draft, story, choose(draft, country=""))
    assert (page.context["tried"].quote, tables(page)[0][-1]) == (expected, ("Total", "€150.00"))
    assert "€30.00 more than by the card in force." in words(page)


@pytest.mark.parametrize(
    ("draft", "difference"),
    [
        ({}, "as much as by the card in force."),
        ({"rates": DEARER}, "€30.00 more than by the card in force."),
        ({"minimum_fee": 125}, "€5.00 more than by the card in force."),
        ({"currency": "GBP"}, "the card in force is in another currency."),
        (
            {"rates": RATES | {"MEDIUM": [("print", "In print", {"fee": "100.00", "desk": "PRICES"})]}},
            "€20.00 less than by the card in force, without what the desk prices.",
        ),
    ],
)
def test_difference_is_said_in_words(client, draft, difference):
    make_card()
    card = make_draft(**({"rates": RATES} | draft))

    page = preview(client, card, story=make_story().short_id, medium="print")

    assert f"by this card: {difference}" in words(page)


def test_reasons_for_which_each_card_asks_the_desk_are_shown(client):
    make_card(desk_above=100)
    draft = make_draft(desk_above=200)

    page = preview(client, draft, story=make_story().short_id, medium="print")

    assert (page.context["tried"].quote.asks, page.context["beside"].quote.asks) == ((), ("The rights desk looks at every order above €100.00.",))
    assert "Sold at once; the desk is not asked." in words(page)
    assert "The desk is asked The rights desk looks at every order above €100.00." in words(page)


def test_answer_that_the_card_in_force_lacks_is_said(client):
    make_card()
    draft = make_draft(RATES | {"TERM": [("decade", "Ten years", {"percent": "200", "months": 120})]})

    page = preview(client, draft, story=make_story().short_id)

    assert len(tables(page)) == 1
    assert "It has no answer “Ten years” (decade) to “For how long?”, so it has no price for this." in words(page)


def test_question_that_only_the_draft_asks_is_said(client):
    make_card()

    page = preview(client, make_draft(RATES | PORTION), story=make_story().short_id, portion="excerpt")

    assert [table[-1] for table in tables(page)] == [("Total", "€48.00"), ("Total", "€120.00")]
    assert "It does not ask “How much of it?”." in words(page)


def test_question_that_only_the_card_in_force_asks_is_answered_with_its_first_answer(client):
    make_card(RATES | PORTION)

    page = preview(client, make_draft(RATES), story=make_story().short_id)

    assert [reason for reason, _ in tables(page)[1]][1] == "The whole text"
    assert "It also asks “How much of it?”. This is its price for “The whole text”." in words(page)


def test_use_that_rights_refuse_is_shown_with_the_reason(client):
    source = make_source("Skagen Avis", syndication=FOR_SALE)
    make_grant("Skagen Avis", source=source, media=["web"])
    make_card()

    page = preview(client, make_draft(), story=make_story(source=source).short_id, medium="print")

    assert (tables(page), page.context["difference"]) == ([], "")
    assert words(page).count("The story cannot be had for this use. Skagen Avis lets us sell it for web use only.") == 2


def test_picture_that_is_left_out_has_its_line(client):
    make_card()
    story = make_story(pictures=[Syndication.NONE])

    page = preview(client, make_draft(), story=story.short_id, pictures=pictures_of(story)[0].short_id)

    reason = "Left out: The gauge, seen from gate 1. The holder does not let us pass it on."
    assert [table[4] for table in tables(page)] == [(reason, "–")] * 2


# --- Which cards


def test_card_in_force_is_tried_alone(client):
    page = preview(client, make_card(), story=make_story().short_id)

    assert len(tables(page)) == 1
    assert "This is the card in force: there is no other to set beside it." in words(page)


def test_draft_is_tried_before_any_card_is_in_force(client):
    make_card(in_force_from=days_ago(-1))

    page = preview(client, make_draft(), story=make_story().short_id)

    assert len(tables(page)) == 1
    assert "No card is in force, so there is nothing to set beside it." in words(page)


def test_card_that_has_no_price_yet_says_what_it_lacks(client):
    make_card()
    draft = make_draft({question: answers for question, answers in RATES.items() if question not in {"TERM", "AUDIENCE"}})

    page = preview(client, draft, story=make_story().short_id)

    assert page.context["missing"] == ["For how long", "For how many readers"]
    assert ("This card has no price yet." in words(page), tables(page)) == (True, [])


# --- Which story


@pytest.mark.parametrize("address", ADDRESSES)
def test_story_is_found_by_any_address_of_it(client, address):
    make_story(headline="The other gauge")
    story = make_story()

    typed = address.format(id=story.short_id, upper=story.short_id.upper(), path=story.get_absolute_url())
    page = preview(client, make_draft(), story=typed)

    assert (page.status_code, page.context["story"]) == (200, story)


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "Say which story."),
        ("zzzzzzz", NO_STORY),
        ("/", NO_STORY),
        ("/section/harbour/", NO_STORY),
        ("/2026/02/31/no-such-day/", NO_STORY),
        ("/2026/", NO_STORY),
        ("http://[", NO_STORY),
        ("<script>", NO_STORY),
        ("a" * 401, "Ensure this value has at most 400 characters (it has 401)."),
    ],
)
def test_address_that_leads_to_no_story_is_refused_in_words(client, typed, complaint):
    page = preview(client, make_draft(), story=typed)

    assert (page.status_code, page.context["form"].errors["story"]) == (200, [complaint])
    assert (escape(complaint) in page.content.decode(), "<script>x" in page.content.decode()) == (True, False)


def test_story_that_is_not_in_print_is_not_found(client):
    draft, story = make_draft(), make_story()
    Article.objects.filter(pk=story.pk).update(status="DRAFT")

    page = preview(client, draft, story=story.short_id)

    assert (page.context["form"].errors["story"], story.headline in page.content.decode()) == ([NO_STORY], False)


def test_answers_that_the_card_does_not_have_count_as_its_first(client):
    page = preview(client, make_draft(), story=make_story().short_id, medium="stone", where="XX", pictures="zzzzzzz", term="<b>")

    assert tables(page)[0][0] == ("A newspaper, in print", "€150.00")


# --- Who may, and what it does


def test_button_leads_from_a_card_to_its_preview(client):
    draft = make_draft()

    assert f'href="/admin/licensing/ratecard/{draft.pk}/preview/"' in client.get(f"/admin/licensing/ratecard/{draft.pk}/change/").content.decode()
    assert "Its web address, or its short id" in preview(client, draft).content.decode()


def test_preview_is_for_those_who_may_see_cards():
    draft = make_draft()

    codes = [
        preview(sign_in(f"somebody-{number}", *may), draft).status_code for number, may in enumerate([[VIEW], [], ["licensing.view_licenceorder"]])
    ]

    assert codes == [200, 403, 403]


def test_card_that_is_not_there_has_no_preview(client):
    assert [client.get(f"/admin/licensing/ratecard/{key}/preview/").status_code for key in (999, "x")] == [404, 404]


def test_preview_writes_nothing_and_is_only_read(client):
    make_card()
    draft, story = make_draft(), make_story()

    preview(client, draft, story=story.short_id)
    posted = client.post(f"/admin/licensing/ratecard/{draft.pk}/preview/", {"story": story.short_id})

    assert (posted.status_code, LicenceOrder.objects.count(), Message.objects.count(), RateCard.objects.count()) == (405, 0, 0, 2)


@pytest.mark.parametrize("pictures", [1, 3])
def test_preview_takes_as_many_queries_for_any_story(client, pictures, django_assert_num_queries):
    make_card()
    draft, story = make_draft(), make_story(pictures=[FOR_SALE] * pictures)
    chosen = [image.short_id for image in pictures_of(story)]
    preview(client, draft, story=story.short_id)

    with django_assert_num_queries(12):
        page = preview(client, draft, story=story.short_id, pictures=chosen)

    assert [len(table) for table in tables(page)] == [5 + pictures] * 2
