"""References: short, and sound enough for a telephone."""

import re

import pytest

from licensing.references import ALPHABET, LENGTH, as_written, is_sound, make_reference

SOUND = [make_reference() for _ in range(50)]


def test_reference_has_two_groups_of_four_and_is_sound():
    assert [reference for reference in SOUND if not re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", reference)] == []
    assert [reference for reference in SOUND if not is_sound(reference)] == []


def test_references_differ():
    assert len({make_reference() for _ in range(1000)}) == 1000


def test_alphabet_has_no_vowel_and_nothing_that_looks_like_another():
    assert (len(ALPHABET), len(set(ALPHABET)), LENGTH) == (26, 26, 8)
    assert set(ALPHABET) & set("AEIOUY01LV") == set()


def test_every_single_wrong_character_is_found():
    wrong = [
        reference[:place] + other + reference[place + 1 :]
        for reference in SOUND
        for place in range(9)
        for other in ALPHABET
        if reference[place] not in {"-", other}
    ]

    assert len(wrong) == 50 * 8 * 25
    assert [reference for reference in wrong if is_sound(reference)] == []


def test_nearly_every_two_neighbours_that_changed_places_are_found():
    swapped = []
    for reference in (make_reference() for _ in range(500)):
        letters = reference.replace("-", "")
        for place in range(7):
            if letters[place] != letters[place + 1]:
                other = letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]
                swapped.append(f"{other[:4]}-{other[4:]}")

    missed = [reference for reference in swapped if is_sound(reference)]

    assert len(swapped) > 3000
    assert len(missed) < len(swapped) / 50


def test_characters_that_no_reference_has_are_never_sound():
    letters = SOUND[0].replace("-", "")

    assert [other for other in "AEIOUYLV01äß²Ａ" if is_sound(f"{other}{letters[1:4]}-{letters[4:]}")] == []


@pytest.mark.parametrize("wrong", ["", "-", "K7M4-2QX", "K7M4-2QX32", "K7M4-2QX3\n", "K7M42QX3", "k7m4-2qx3"])
def test_what_is_not_written_our_way_is_not_sound(wrong):
    assert not is_sound(wrong)


@pytest.mark.parametrize("typed", ["k7m4-2qx3", "K7M42QX3", " k7m4 2qx3 ", "K7M4 – 2QX3", "k 7 m 4 2 q x 3", "K7M4-2QX3."])
def test_sloppy_typing_is_understood(typed):
    assert as_written(typed) == "K7M4-2QX3"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/licence/", "/licence/?reference=K7M4-2QX4"])
def test_example_on_our_pages_is_sound(client, address):
    """Whoever types the example is told that nobody has that licence, not that it has a slip in it."""
    examples = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}(?=[ .])", client.get(address).content.decode())

    assert (examples, is_sound("K7M4-2QX3")) == (["K7M4-2QX3"], True)
