"""Quotes: every line worked out by hand once."""

from dataclasses import FrozenInstanceError, replace
from decimal import Decimal

import pytest

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_figure
from licensing.models import RateCard
from licensing.money import in_words, rounded
from licensing.quotes import Line, Quote, make_quote, sellable_pictures
from licensing.tests.build import RATES, choose, make_card, make_picture, make_story

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication


def lines(quote: Quote) -> list[tuple[str, str]]:
    return [(line.reason, str(line.amount)) for line in quote.lines]


def read(story: Article) -> Article:
    return Article.objects.for_reading().get(pk=story.pk)


def test_plainest_quote_is_the_fee_of_the_medium():
    card = make_card()

    quote = make_quote(card, make_story(), choose(card))

    assert lines(quote) == [
        ("A newspaper, in print", "120.00"),
        ("Your own country", "0.00"),
        ("One year", "0.00"),
        ("Up to 5,000 readers", "0.00"),
    ]
    assert (quote.total, quote.currency, quote.needs_desk, str(quote.total)) == (Decimal("120.00"), "EUR", False, "120.00")


def test_each_percentage_is_of_the_sum_so_far():
    card = make_card()

    quote = make_quote(card, make_story(), choose(card, "web", "world", "month", "medium"))

    assert lines(quote) == [
        ("A website or app", "90.00"),
        ("The whole world (+90 %)", "81.00"),  # of 90.00
        ("One month (-30 %)", "-51.30"),  # of 171.00
        ("Up to 50,000 readers (+25 %)", "29.93"),  # of 119.70: 29.925
    ]
    assert quote.total == Decimal("149.63")


def test_percentages_with_decimals_are_written_as_they_are():
    rates = RATES | {"TERRITORY": [("country", "Your own country", {"percent": "12.50"})], "TERM": [("ever", "Without end", {"percent": "100"})]}
    card = make_card(rates)

    quote = make_quote(card, make_story(), choose(card, term="ever"))

    assert lines(quote)[1:3] == [("Your own country (+12.5 %)", "15.00"), ("Without end (+100 %)", "135.00")]


def test_yen_have_no_decimals_in_any_line():
    card = make_card(currency="JPY", picture_fee="35.50")
    story = read(make_story(pictures=[FOR_SALE]))

    quote = make_quote(card, story, choose(card, "web", "world", "month", "medium", with_pictures=True))

    assert [str(line.amount) for line in quote.lines] == ["90", "81", "-51", "30", "36"]
    assert str(quote.total) == "186"


def test_every_combination_of_answers_adds_up():
    card = make_card()
    story = make_story()

    for medium, territory, term, audience in [
        (medium, territory, term, audience)
        for medium, *_ in RATES["MEDIUM"]
        for territory, *_ in RATES["TERRITORY"]
        for term, *_ in RATES["TERM"]
        for audience, *_ in RATES["AUDIENCE"]
    ]:
        quote = make_quote(card, story, choose(card, medium, territory, term, audience))
        assert sum(line.amount for line in quote.lines) == quote.total
        assert all(line.amount == rounded(line.amount, "EUR") for line in quote.lines)


def test_a_hundred_percent_off_costs_nothing():
    card = make_card(RATES | {"TERM": [("year", "One year", {"percent": "-100", "months": 12})]})

    quote = make_quote(card, make_story(), choose(card))

    assert str(quote.total) == "0.00"


def test_pictures_that_are_for_sale_cost_their_fee_each():
    card = make_card()
    story = read(make_story(pictures=[FOR_SALE, FOR_SALE]))

    quote = make_quote(card, story, choose(card, with_pictures=True))

    assert lines(quote)[4:] == [("Picture: The gauge, seen from gate 1", "35.00"), ("Picture: The gauge, seen from gate 2", "35.00")]
    assert (quote.total, quote.needs_desk) == (Decimal("190.00"), False)


def test_pictures_that_are_not_wanted_cost_nothing_and_ask_nobody():
    card = make_card()
    story = read(make_story(pictures=[FOR_SALE, ON_REQUEST]))

    quote = make_quote(card, story, choose(card))

    assert (len(quote.lines), quote.total, quote.needs_desk) == (4, Decimal("120.00"), False)


def test_picture_that_nobody_is_sure_of_needs_the_desk():
    card = make_card()
    story = read(make_story(pictures=[ON_REQUEST]))

    quote = make_quote(card, story, choose(card, with_pictures=True))

    assert (lines(quote)[4:], quote.needs_desk) == ([("Picture: The gauge, seen from gate 1", "35.00")], True)


def test_picture_that_is_free_costs_nothing_in_a_story_for_sale_only_if_the_story_is_free():
    """A picture is never more generous than its story: with a story for sale a free picture is for sale."""
    card = make_card()
    story = read(make_story(pictures=[FREE]))

    quote = make_quote(card, story, choose(card, with_pictures=True))

    assert lines(quote)[4:] == [("Picture: The gauge, seen from gate 1", "35.00")]


def test_picture_that_is_free_with_a_free_story_has_a_line_of_nothing():
    card = make_card()
    story = read(make_story(FREE, pictures=[FREE]))

    quote = make_quote(card, story, choose(card, with_pictures=True))

    assert (lines(quote)[4:], quote.needs_desk) == ([("Picture, free: The gauge, seen from gate 1", "0")], False)


def test_picture_that_is_not_ours_is_left_out_and_the_quote_says_why():
    card = make_card()
    story = read(make_story(pictures=[NONE, FOR_SALE]))

    quote = make_quote(card, story, choose(card, with_pictures=True))

    assert lines(quote)[4:] == [
        ("Left out, not ours to sell: The gauge, seen from gate 1", "0"),
        ("Picture: The gauge, seen from gate 2", "35.00"),
    ]
    assert [line.is_left_out for line in quote.lines] == [False] * 4 + [True, False]
    assert (quote.needs_desk, [image.alt_text for image in sellable_pictures(story)]) == (False, ["The gauge, seen from gate 2"])


def test_picture_that_stands_twice_in_a_story_is_sold_once():
    story, card, picture = make_story(), make_card(), make_picture()
    make_figure(story, "Before the rain", picture)
    make_figure(story, "After the rain", picture)
    make_figure(story, "A picture that is lost")

    quote = make_quote(card, read(story), choose(card, with_pictures=True))

    assert lines(quote)[4:] == [("Picture: The gauge", "35.00")]


@pytest.mark.parametrize(("terms", "needs_desk"), [(FOR_SALE, False), (ON_REQUEST, True), (None, True)])
def test_story_that_nobody_is_sure_of_needs_the_desk(terms, needs_desk):
    card = make_card()

    assert make_quote(card, make_story(terms), choose(card)).needs_desk == needs_desk


def test_quote_whose_lines_do_not_add_up_is_refused():
    line = Line("A newspaper, in print", Decimal("120.00"))

    with pytest.raises(ValueError, match="add up"):
        Quote(RateCard(), Article(), (line, line), Decimal("120.00"), needs_desk=False)


def test_quote_is_frozen():
    quote = Quote(RateCard(), Article(), (Line("A newspaper, in print", Decimal("120.00")),), Decimal("120.00"), needs_desk=False)

    with pytest.raises(FrozenInstanceError):
        quote.total = Decimal(1)


def test_what_was_shown_tells_stories_ways_and_lines_apart():
    card, story, other = make_card(), make_story(), make_story(headline="The gauge again")
    quote, again = make_quote(card, story, choose(card)), make_quote(card, read(story), choose(card))
    renamed = replace(quote, lines=(replace(quote.lines[0], reason="A magazine, in print"), *quote.lines[1:]))

    shown = [each.as_shown for each in (quote, make_quote(card, other, choose(card)), replace(quote, needs_desk=True), renamed)]

    assert (quote.as_shown, len(set(shown))) == (again.as_shown, 4)
    assert [each.partition("-")[0] for each in shown] == ["120.00"] * 4


@pytest.mark.parametrize(
    ("alt_text", "name"),
    [
        ("One two three four five six seven eight nine", "One two three four five six seven eight nine"),
        ("One two three four five six seven eight nine ten", "One two three four five six seven eight nine …"),
        ("m" * 200, "m" * 150),
    ],
)
def test_picture_is_named_by_the_first_nine_words_of_its_description(alt_text, name):
    card, story = make_card(), make_story()
    make_figure(story, image=make_picture(alt_text))

    quote = make_quote(card, read(story), choose(card, with_pictures=True))

    assert quote.lines[-1].reason == f"Picture: {name}"


@pytest.mark.parametrize(
    ("amount", "currency", "result"), [("29.925", "EUR", "29.93"), ("29.924", "EUR", "29.92"), ("-0.005", "EUR", "-0.01"), ("0.5", "JPY", "1")]
)
def test_halves_are_rounded_away_from_zero_to_the_smallest_coin(amount, currency, result):
    assert str(rounded(Decimal(amount), currency)) == result


@pytest.mark.parametrize(("currency", "words"), [("EUR", "€1,200.00"), ("GBP", "£1,200.00"), ("JPY", "JP¥1,200")])
def test_amounts_are_written_as_the_publications_language_does(currency, words):
    assert in_words(Decimal("1200"), currency) == words
