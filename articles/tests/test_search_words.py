"""What is typed into the search box, and what is no operator in it."""

import re
from itertools import product
from string import ascii_lowercase

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Word
from articles.search import Order, ask, find, meant
from articles.search.asked import LEXEME
from articles.tests.build import make_article

pytestmark = pytest.mark.django_db


def operators(words: str) -> str:
    return "".join(re.findall(r"[|!]", LEXEME.sub("", ask(words).query)))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ferry -bread", "!"), ("-bread", "!"), ('ferry -"late bread"', "!"), ("ferry OR bread", "|"), ("ferry OR -bread", "|!"),
        ("“night ferry” -bread", "!"), ("Port Merrow - ferry", ""), ("ferry – bread", ""), ("ferry --bread", ""), ("ferry -", ""), ("-", ""),
        ("ferry (-bread)", ""), ("ferry &-bread", ""), ("ferry -'bread'", ""), ("ferry -(bread)", ""), ("night-ferry", ""), ("ferry Or bread", ""),
        ("ferry or bread", ""), ("oR", ""), ("forty-one - or two", ""), ("ferry " + "-" * 190 + " bread", ""), ("- " * 99, ""), ("-" * 200, ""),
        ("---ferry", ""),
    ],
)  # fmt: skip
def test_operator_is_what_somebody_means_as_one(words, expected):
    asked = ask(words)

    assert operators(words) == expected
    assert asked.is_plain == (not expected and not re.search('["“]', words))


@given(st.text(st.sampled_from("ab -\"|!&()<>:*'\\OoRr“”.,—"), max_size=80))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_read_and_only_a_minus_before_a_word_or_a_phrase_excludes(words):
    asked = ask(words)

    if "!" in operators(words):
        assert re.search(r'(^|[\s"“”])-[\w"“”]', words)
    assert asked.is_plain == (not operators(words) and not re.search('["“”]', words))


def test_small_or_before_a_dash_excludes_nothing():
    assert [operators(words) for words in ("oR-O", "or-tolan", "a -or b", "either-or")] == [""] * 4


def test_dash_excludes_nothing_where_some_of_the_words_are_enough():
    story = make_article("Zorblax breadx", publish=True)

    assert find(ask("zorblax quagmarine - breadx"), order=Order.BEST)["stories"] == [story]
    assert find(ask("zorblax quagmarine -breadx"), order=Order.BEST)["stories"] == []


def test_quotation_marks_of_any_kind_make_a_phrase():
    make_article("Night ferry", publish=True)

    assert [len(find(ask(words))["stories"]) for words in ("“night ferry”", "«night ferry»", '"night ferry"', "“ferry night”")] == [1, 1, 1, 0]


def test_word_that_was_withdrawn_is_not_suggested_any_more():
    story = make_article("Qwyjibozz rises", publish=True)
    Word.objects.collect()
    before = meant("qwyjibozs")

    story.withdraw("A court said so.", is_legal_takedown=True)

    assert (before, meant("qwyjibozs")) == ("qwyjibozz", "")


@pytest.mark.slow
def test_longest_story_with_the_most_captions_has_an_entry():
    words = ["".join(letters) for letters in product(ascii_lowercase, repeat=3)]
    text = " ".join([*(f"{word}-{word[::-1]}" for word in words), *(f"{word}q-{word[::-1]}z" for word in words)])
    article = make_article(body=f"<p>{text[:299_900]}</p>")
    for number in range(60):
        article.figures.create(caption=f"{number} x{text[number * 900 : number * 900 + 900].replace('-', 'y')}", position=number + 1)

    article.publish()

    assert find(ask("bab"))["tally"].total == find(ask("xaaayaaa"))["tally"].total == 1


def test_many_misspelt_words_are_put_right_in_two_queries(django_assert_num_queries):
    make_article("Harbour museum orchard", publish=True)
    Word.objects.collect()

    with django_assert_num_queries(2):
        better = meant("harbuor musem orchrad")

    assert better == "harbour museum orchard"
