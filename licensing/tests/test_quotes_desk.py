"""Quotes: when the rights desk is asked, what cannot be had at all, and what a quote promises."""

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_source
from licensing.money import in_words, rounded
from licensing.quotes import Line, last_day, make_quote
from licensing.rights import Ruling, pictures_of
from licensing.tests.build import RATES, choose, make_card, make_grant, make_story

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
DESK_RATES = RATES | {
    "TERRITORY": [*RATES["TERRITORY"], ("alps", "The Alps", {"percent": "20", "countries": ["AT", "CH"]})],
    "AUDIENCE": [*RATES["AUDIENCE"], ("huge", "More than 50,000 readers", {"percent": "0", "desk": "PRICES"})],
    "DISCOUNT": [("none", "None", {"percent": "0"}), ("charity", "A charity", {"percent": "-50", "desk": "APPROVES"})],
}


def read(story: Article) -> Article:
    return Article.objects.for_licensing().get(pk=story.pk)


# --- Asking the desk


@pytest.mark.parametrize(
    ("terms", "asks"),
    [
        (FOR_SALE, ()),
        (ON_REQUEST, ("No contract with The On request: the rights desk decides is on record.",)),
        (None, ("We do not know for certain who holds its rights.",)),
    ],
)
def test_story_that_nobody_is_sure_of_needs_the_desk(terms, asks):
    card = make_card()

    quote = make_quote(card, make_story(terms), choose(card))

    assert (quote.asks, quote.needs_desk, quote.is_open, quote.refusal) == (asks, bool(asks), False, None)


def test_pictures_do_not_ask_again_for_what_the_story_asks():
    card, story = make_card(), read(make_story(None, pictures=[FOR_SALE, FOR_SALE]))

    quote = make_quote(card, story, choose(card, pictures=pictures_of(story)))

    assert quote.asks == ("We do not know for certain who holds its rights.",)


@pytest.mark.parametrize(
    ("answers", "asks", "is_open"),
    [
        ({}, (), False),
        ({"audience": "huge"}, ("More than 50,000 readers: the rights desk names the price.",), True),
        ({"discount": "charity"}, ("A charity: the rights desk looks at it first.",), False),
        (
            {"audience": "huge", "discount": "charity"},
            ("More than 50,000 readers: the rights desk names the price.", "A charity: the rights desk looks at it first."),
            True,
        ),
    ],
)
def test_answer_that_the_card_leaves_to_the_desk_needs_it(answers, asks, is_open):
    card = make_card(DESK_RATES)

    quote = make_quote(card, make_story(), choose(card, **{"discount": "none"} | answers))

    assert (quote.asks, quote.is_open) == (asks, is_open)


@pytest.mark.parametrize(("bound", "asks"), [("119.99", ("The rights desk looks at every order above €119.99.",)), ("120.00", ()), (None, ())])
def test_price_above_the_cards_bound_needs_the_desk(bound, asks):
    card = make_card(desk_above=bound and Decimal(bound))

    assert make_quote(card, make_story(), choose(card)).asks == asks


# --- What cannot be had


def test_story_that_cannot_be_had_for_a_use_says_why():
    source = make_source("Skagen Avis", syndication=FOR_SALE)
    make_grant("Skagen Avis", source=source, contact="Pernille Dahl", media=["print"], ends_on=timezone.localdate() + timedelta(days=200))
    card, story = make_card(), make_story(source=source)
    reason = f"Skagen Avis lets us sell it for print use until {timezone.localdate() + timedelta(days=200):%-d %B %Y} only."

    month, year, web = (make_quote(card, story, choose(card, **answers)) for answers in ({"term": "month"}, {}, {"medium": "web", "term": "month"}))

    refusal = Ruling(NONE, reason, "Skagen Avis", "Pernille Dahl")
    assert [month.refusal, year.refusal, web.refusal] == [None, refusal, refusal]


def test_country_that_is_not_chosen_yet_refuses_nothing():
    source = make_source("Skagen Avis", syndication=FOR_SALE)
    make_grant("Skagen Avis", source=source, countries=["DK"])
    card, story = make_card(), make_story(source=source)

    refusals = [make_quote(card, story, choose(card, country=country)).refusal for country in ("", "DK", "FR")]

    assert [bool(refusal) for refusal in refusals] == [False, False, True]


def test_licence_that_begins_later_is_weighed_for_its_own_days():
    source, today = make_source("Skagen Avis", syndication=FOR_SALE), timezone.localdate()
    make_grant("Skagen Avis", source=source, ends_on=last_day(today, 12))
    card, story = make_card(), make_story(source=source)

    quotes = [make_quote(card, story, choose(card), today + timedelta(days=days)) for days in (0, 1)]

    assert [bool(quote.refusal) for quote in quotes] == [False, True]


def test_choice_names_its_countries():
    card = make_card(DESK_RATES)

    choices = [choose(card, territory=key, country="FR") for key in ("country", "alps", "world")]

    assert [sorted(choice.countries) for choice in choices] == [["FR"], ["AT", "CH"], []]
    assert [choice.territory_words for choice in choices] == ["France", "The Alps", "The whole world"]
    assert choose(card, country="").territory_words == "Your own country"


@pytest.mark.parametrize(
    ("starts_on", "months", "ends_on"),
    [
        ((2026, 11, 24), 12, (2027, 11, 23)),
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2026, 1, 28), 1, (2026, 2, 27)),
        ((2024, 2, 29), 12, (2025, 2, 28)),
        ((2023, 3, 1), 12, (2024, 2, 29)),
    ],
)
def test_term_ends_on_the_day_before_the_one_it_began(starts_on, months, ends_on):
    assert last_day(date(*starts_on), months) == date(*ends_on)


def test_term_without_months_has_no_end():
    assert last_day(date(2026, 11, 24), None) is None


# --- What a quote promises


def test_quote_holds_for_as_long_as_its_card_says():
    card = make_card(quote_days=14)

    assert make_quote(card, make_story(), choose(card)).valid_until == timezone.localdate() + timedelta(days=14)


def test_quote_whose_lines_do_not_add_up_is_refused():
    card = make_card()
    quote = make_quote(card, make_story(), choose(card))

    with pytest.raises(ValueError, match="add up"):
        replace(quote, lines=(*quote.lines, Line("And a little more", Decimal("0.01"))))


def test_quote_is_frozen():
    card = make_card()
    quote = make_quote(card, make_story(), choose(card))

    with pytest.raises(FrozenInstanceError):
        quote.total = Decimal(1)


def test_what_was_shown_tells_stories_ways_and_lines_apart():
    card, story, other = make_card(), make_story(), make_story(headline="The gauge again")
    quote, again = make_quote(card, story, choose(card)), make_quote(card, read(story), choose(card))
    renamed = replace(quote, lines=(replace(quote.lines[0], reason="A magazine, in print"), *quote.lines[1:]))

    changed = [quote, make_quote(card, other, choose(card)), replace(quote, asks=("Why?",)), replace(quote, is_open=True), renamed]
    shown = [each.as_shown for each in changed]

    assert (quote.as_shown, len(set(shown))) == (again.as_shown, 5)
    assert [each.partition("-")[0] for each in shown] == ["120.00"] * 5


def test_quote_takes_one_query_beside_its_card_and_story(django_assert_num_queries):
    card, story = make_card(), read(make_story(pictures=[FOR_SALE] * 3))
    choice = choose(card, pictures=pictures_of(story))

    with django_assert_num_queries(1):
        make_quote(card, story, choice)


# --- Amounts


@pytest.mark.parametrize(
    ("amount", "currency", "result"), [("29.925", "EUR", "29.93"), ("29.924", "EUR", "29.92"), ("-0.005", "EUR", "-0.01"), ("0.5", "JPY", "1")]
)
def test_halves_are_rounded_away_from_zero_to_the_smallest_coin(amount, currency, result):
    assert str(rounded(Decimal(amount), currency)) == result


@pytest.mark.parametrize(("currency", "words"), [("EUR", "€1,200.00"), ("GBP", "£1,200.00"), ("JPY", "JP¥1,200")])
def test_amounts_are_written_as_the_publications_language_does(currency, words):
    assert in_words(Decimal("1200"), currency) == words
