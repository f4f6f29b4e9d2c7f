"""Quotes: what each line says, when the desk is asked, and what a quote promises. The arithmetic is in docs/worked-quotes.md."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_figure
from licensing.models import Grant, RateCard
from licensing.money import rounded
from licensing.quotes import LONGEST_REASON, Quote, make_quote
from licensing.rights import pictures_of
from licensing.tests.build import RATES, choose, make_card, make_grant, make_picture, make_story

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
ALL_RATES = RATES | {
    "TERRITORY": [*RATES["TERRITORY"], ("alps", "The Alps", {"percent": "20", "countries": ["AT", "CH"]})],
    "AUDIENCE": [*RATES["AUDIENCE"], ("huge", "More than 50,000 readers", {"percent": "0", "desk": "PRICES"})],
    "PORTION": [("full", "The whole text", {"percent": "0"}), ("excerpt", "An excerpt", {"percent": "-60", "most": 250})],
    "TRANSLATION": [("none", "As it is", {"percent": "0"}), ("translated", "Translated", {"percent": "25"})],
    "DISCOUNT": [("none", "None", {"percent": "0"}), ("charity", "A charity", {"percent": "-50", "desk": "APPROVES"})],
}
FULL = {"portion": "full", "translation": "none", "discount": "none"}


def lines(quote: Quote) -> list[tuple[str, str]]:
    return [(line.reason, str(line.amount)) for line in quote.lines]


def read(story: Article) -> Article:
    return Article.objects.for_licensing().get(pk=story.pk)


def quote_of(card: RateCard, story: Article, **answers) -> Quote:
    """Return the quote of a story with all its pictures, unless others are named."""
    story = read(story)
    return make_quote(card, story, choose(card, **{"pictures": pictures_of(story)} | answers))


# --- Lines


def test_plainest_quote_is_the_fee_of_the_medium():
    card = make_card()

    quote = make_quote(card, make_story(), choose(card))

    assert lines(quote) == [
        ("A newspaper, in print", "120.00"),
        ("France", "0.00"),
        ("One year", "0.00"),
        ("Up to 5,000 readers", "0.00"),
    ]
    assert (quote.total, quote.currency, quote.needs_desk, quote.is_open, quote.refusal) == (Decimal("120.00"), "EUR", False, False, None)


def test_each_percentage_is_of_the_sum_so_far_in_the_order_of_the_questions():
    card = make_card(ALL_RATES)
    answers = {"portion": "excerpt", "territory": "alps", "term": "month", "audience": "medium", "translation": "translated", "discount": "charity"}

    quote = make_quote(card, make_story(), choose(card, "web", **answers))

    assert lines(quote) == [
        ("A website or app", "90.00"),
        ("An excerpt (−60 %)", "-54.00"),  # of 90.00
        ("The Alps (+20 %)", "7.20"),  # of 36.00
        ("One month (−30 %)", "-12.96"),  # of 43.20
        ("Up to 50,000 readers (+25 %)", "7.56"),  # of 30.24
        ("Translated (+25 %)", "9.45"),  # of 37.80
        ("A charity (−50 %)", "-23.63"),  # of 47.25: 23.625
    ]
    assert quote.total == Decimal("23.62")


def test_percentages_with_decimals_are_written_as_they_are():
    rates = RATES | {
        "TERRITORY": [("country", "Your own country", {"percent": "12.50"})],
        "TERM": [("ever", "Without end (-ish)", {"percent": "100"})],
    }
    card = make_card(rates)

    quote = make_quote(card, make_story(), choose(card, term="ever"))

    assert lines(quote)[1:3] == [("France (+12.5 %)", "15.00"), ("Without end (-ish) (+100 %)", "135.00")]


def test_yen_have_no_decimals_in_any_line():
    card = make_card(currency="JPY", picture_fee="35.50", minimum_fee=Decimal("200.50"))

    quote = quote_of(card, make_story(pictures=[FOR_SALE]), medium="web", territory="world", term="month", audience="medium")

    assert [str(line.amount) for line in quote.lines] == ["90", "81", "-51", "30", "36", "15"]
    assert str(quote.total) == "201"


def test_every_combination_of_answers_adds_up():
    card, story = make_card(ALL_RATES, minimum_fee=Decimal("33.33")), make_story()
    keys = {question.lower(): [key for key, *_ in answers] for question, answers in ALL_RATES.items()}
    rates = {(rate.question.lower(), rate.key): rate for rate in card.rates.all()}
    first, count = choose(card, **FULL), 0

    for answers in product(*keys.values()):
        choice = replace(first, **{question: rates[question, key] for question, key in zip(keys, answers, strict=True)})
        quote = make_quote(card, story, choice, grants=[Grant(source=story.source)])
        count += 1
        assert sum(line.amount for line in quote.lines) == quote.total >= Decimal("33.33")
        assert all(line.amount == rounded(line.amount, "EUR") for line in quote.lines)

    assert count == 2 * 3 * 3 * 3 * 2 * 2 * 2


def test_a_hundred_percent_off_costs_nothing():
    card = make_card(RATES | {"TERM": [("year", "One year", {"percent": "-100", "months": 12})]})

    assert str(make_quote(card, make_story(), choose(card)).total) == "0.00"


@pytest.mark.parametrize(("least", "more"), [("119.99", []), ("120.00", []), ("120.01", [("Up to our least fee, €120.01", "0.01")])])
def test_story_is_not_sold_for_less_than_the_least_fee(least, more):
    card = make_card(minimum_fee=Decimal(least))

    quote = make_quote(card, make_story(), choose(card))

    assert (lines(quote)[4:], quote.total) == (more, max(Decimal(least), Decimal("120.00")))


def test_discount_of_nothing_has_no_line():
    card = make_card(ALL_RATES)

    assert [line.reason for line in make_quote(card, make_story(), choose(card, **FULL)).lines] == [
        "A newspaper, in print", "The whole text", "France", "One year", "Up to 5,000 readers", "As it is",
    ]  # fmt: skip


# --- Pictures


def test_pictures_that_are_chosen_cost_their_fee_each():
    card = make_card()

    quote = quote_of(card, make_story(pictures=[FOR_SALE, FOR_SALE]))

    assert lines(quote)[4:] == [("Picture: The gauge, seen from gate 1", "35.00"), ("Picture: The gauge, seen from gate 2", "35.00")]
    assert (quote.total, quote.needs_desk) == (Decimal("190.00"), False)


def test_pictures_are_chosen_one_by_one():
    card, story = make_card(), make_story(pictures=[FOR_SALE, FOR_SALE, ON_REQUEST])
    _, second, _ = pictures_of(read(story))

    quote = quote_of(card, story, pictures=[second])

    assert (lines(quote)[4:], quote.lines[4].image, quote.asks) == ([("Picture: The gauge, seen from gate 2", "35.00")], second, ())


def test_picture_of_another_story_is_not_sold_with_this_one():
    card = make_card()

    assert len(quote_of(card, make_story(), pictures=[make_picture()]).lines) == 4


def test_discount_is_of_the_pictures_too():
    card = make_card(ALL_RATES)

    quote = quote_of(card, make_story(pictures=[FOR_SALE]), **FULL | {"discount": "charity"})

    assert lines(quote)[6:] == [("Picture: The gauge, seen from gate 1", "35.00"), ("A charity (−50 %)", "-77.50")]


def test_picture_that_nobody_is_sure_of_needs_the_desk():
    quote = quote_of(make_card(), make_story(pictures=[ON_REQUEST]))

    assert lines(quote)[4:] == [("Picture: The gauge, seen from gate 1", "35.00")]
    assert quote.asks == ("The gauge, seen from gate 1: The rights desk looks at each request.",)


def test_free_picture_of_a_story_for_sale_is_for_sale_with_it():
    """A picture is never more generous than its story."""
    assert lines(quote_of(make_card(), make_story(pictures=[FREE])))[4:] == [("Picture: The gauge, seen from gate 1", "35.00")]


def test_free_picture_of_a_free_story_has_a_line_of_nothing():
    quote = quote_of(make_card(), make_story(FREE, pictures=[FREE]))

    assert (lines(quote)[4:], quote.needs_desk) == ([("Picture, free: The gauge, seen from gate 1", "0")], False)


def test_picture_that_is_not_ours_is_left_out_and_the_quote_says_why():
    story = make_story(pictures=[NONE, FOR_SALE])
    image = pictures_of(read(story))[0]
    image.copyright_holder = "Owen Strand"
    image.save()

    quote = quote_of(make_card(), story)

    assert lines(quote)[4:] == [
        ("Left out: The gauge, seen from gate 1. Owen Strand does not let us pass it on.", "0"),
        ("Picture: The gauge, seen from gate 2", "35.00"),
    ]
    assert ([line.is_left_out for line in quote.lines], quote.asks) == ([False] * 4 + [True, False], ())


def test_longest_reason_fits_what_an_order_keeps():
    story = make_story(pictures=[FOR_SALE])
    image = pictures_of(read(story))[0]
    for medium in ("app", "web", "corporate"):
        everywhere = {"media": [medium, "newsletter", "broadcast", "education"], "countries": ["GS", "VC", "MF", "BQ"]}
        make_grant("H" * 200, image=image, **everywhere)

    reason = quote_of(make_card(), story).lines[-1].reason

    assert (len(reason), reason[:10], reason[-1]) == (LONGEST_REASON, "Left out: ", "…")


def test_picture_that_stands_twice_in_a_story_is_sold_once():
    story, picture = make_story(), make_picture()
    make_figure(story, "Before the rain", picture)
    make_figure(story, "After the rain", picture)
    make_figure(story, "A picture that is lost")

    assert lines(quote_of(make_card(), story))[4:] == [("Picture: The gauge", "35.00")]


@pytest.mark.parametrize(
    ("alt_text", "name"),
    [
        ("One two three four five six seven eight nine", "One two three four five six seven eight nine"),
        ("One two three four five six seven eight nine ten", "One two three four five six seven eight nine …"),
        ("m" * 200, "m" * 150),
    ],
)
def test_picture_is_named_by_the_first_nine_words_of_its_description(alt_text, name):
    story = make_story()
    make_figure(story, image=make_picture(alt_text))

    assert quote_of(make_card(), story).lines[-1].reason == f"Picture: {name}"
