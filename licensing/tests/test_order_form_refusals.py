"""Bad input to the order form: nothing is sold, sent or confirmed that should not be."""

import pytest

from articles.terms import Syndication
from licensing.models import LicenceOrder, RateCard
from licensing.rights import pictures_of
from licensing.tests.build import complaints, fields_of, filled_in, make_card, make_story, make_terms, post, send, total_in
from mail.models import Message

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
UNSEEN = "This is the price, and the way, of what you chose. Look at it, and send the form again."
DEARER = "What you chose costs €{} now; you saw €{}. Look at it, and send the form again."
CHANGED = "The licence terms were changed while you read. Please read and accept the new ones."
ONCE_MORE = "Please send the form once more."
BELL, RIGHT_TO_LEFT = "\x07", "\u202e"


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def made() -> list[int]:
    return [model.objects.count() for model in (LicenceOrder, Message)]


def without(typed: dict, *names: str) -> dict:
    return {name: value for name, value in typed.items() if name not in names}


# --- Prices and ids


def test_answers_changed_after_the_price_was_shown_are_not_ordered_until_it_was(client):
    story = make_story()
    typed = filled_in(client, story) | {"territory": "world"}

    first = post(client, story, typed)
    second = post(client, story, fields_of(first))

    assert (complaints(first), total_in(fields_of(first))) == ([DEARER.format("228.00", "120.00")], "228.00")
    assert (second.status_code, [str(order.total) for order in LicenceOrder.objects.all()]) == (302, ["228.00"])


@pytest.mark.parametrize("forged", ["0.01", "0", "", "120", "120.000", "1.2E+2", "-120.00", "NaN", "€120.00", "120.00;228.00"])
def test_price_that_is_not_ours_orders_nothing(client, forged):
    answer = send(client, make_story(), price_shown=forged)

    assert (answer.status_code, complaints(answer), made()) == (200, [UNSEEN], [0, 0])
    assert "Nothing is ordered yet." in answer.content.decode()


def test_form_without_a_price_orders_nothing(client):
    story = make_story()

    answer = post(client, story, without(filled_in(client, story), "price_shown"))

    assert (complaints(answer), made()) == ([UNSEEN], [0, 0])


def test_price_of_a_card_that_was_replaced_meanwhile_orders_nothing(client):
    story = make_story()
    typed = filled_in(client, story)
    dearer = make_card()
    dearer.rates.filter(key="print").update(fee=500)

    answer = post(client, story, typed)

    assert (complaints(answer), total_in(fields_of(answer)), made()) == ([DEARER.format("500.00", "120.00")], "500.00", [0, 0])


@pytest.mark.parametrize("name", ["medium", "territory", "term", "audience"])
@pytest.mark.parametrize("forged", ["moon", "1", "PRINT", "print ' OR 1=1"])
def test_answer_that_the_card_does_not_have_orders_nothing(client, name, forged):
    story = make_story(pictures=[FOR_SALE])

    answer = post(client, story, filled_in(client, story) | {name: forged})

    assert (complaints(answer), made()) == (["Choose one of these."], [0, 0])


@pytest.mark.parametrize("forged", ["with", "1", "2222222", "' OR 1=1"])
def test_picture_that_is_not_the_storys_orders_nothing(client, forged):
    story, other = make_story(pictures=[FOR_SALE]), make_story(headline="Another", pictures=[FOR_SALE])
    short_id = other.figures.get().image.short_id if forged == "1" else forged

    answer = post(client, story, filled_in(client, story) | {"pictures": [short_id]})

    assert (complaints(answer), made()) == (["A picture that you chose is not with the story any more."], [0, 0])


def test_answer_of_another_card_orders_nothing(client):
    story = make_story()
    other = RateCard.objects.current().copy()
    other.rates.create(question="MEDIUM", key="cheap", name="Cheap", fee=1)

    answer = post(client, story, filled_in(client, story) | {"medium": "cheap", "price_shown": "1.00"})

    assert (complaints(answer), made()) == (["Choose one of these."], [0, 0])


def test_pictures_that_are_not_ours_cannot_be_ordered(client):
    story = make_story(pictures=[NONE])
    typed = filled_in(client, story) | {"pictures": [image.short_id for image in pictures_of(story)]}

    answer = post(client, story, typed)

    assert answer.status_code == 302
    [ordered] = LicenceOrder.objects.get().stories.all()
    assert (ordered.pictures, [line.reason for line in ordered.lines.all() if line.is_left_out]) == (
        [],
        ["Left out: The gauge, seen from gate 1. The holder does not let us pass it on."],
    )


@pytest.mark.parametrize("name", ["medium", "territory", "term", "audience"])
def test_question_without_an_answer_orders_nothing(client, name):
    story = make_story()

    answer = post(client, story, without(filled_in(client, story), name))

    assert (complaints(answer), made()) == (["Choose one of these."], [0, 0])


@pytest.mark.parametrize("forged", ["", "short", "k" * 65, "<script>alert(1)</script>", "kkkkkkkkkkkkkkkk\x00"])
def test_form_without_a_sound_key_orders_nothing_and_gets_a_new_one(client, forged):
    answer = send(client, make_story(), key=forged)

    assert (ONCE_MORE in answer.content.decode(), made()) == (True, [0, 0])
    assert (len(fields_of(answer)["key"]), forged != "" and forged in answer.content.decode().partition('name="key"')[2]) == (22, False)


# --- The licence terms


def test_order_needs_the_licence_terms_accepted(client):
    story = make_story()

    answer = post(client, story, without(filled_in(client, story), "accepts_terms"))

    assert (complaints(answer), made()) == (["Read the licence terms and tick the box: an order needs them."], [0, 0])


@pytest.mark.parametrize("forged", ["0", "2", "999999999", ""])
def test_terms_of_another_version_order_nothing(client, forged):
    answer = send(client, make_story(), terms_version=forged)

    assert (complaints(answer), made()) == ([CHANGED], [0, 0])


@pytest.mark.parametrize("forged", ["one", "-1", "1.0", "99999999999999999999", "1\x00", "١ ", "1\n2"])
def test_terms_of_what_is_no_version_order_nothing(client, forged):
    answer = send(client, make_story(), terms_version=forged)

    assert (answer.status_code, made()) == (200, [0, 0])
    assert (ONCE_MORE in complaints(answer), fields_of(answer)["terms_version"]) == (True, "1")


def test_form_without_a_version_of_the_terms_orders_nothing(client):
    story = make_story()

    answer = post(client, story, without(filled_in(client, story), "terms_version"))

    assert (complaints(answer), made()) == ([CHANGED], [0, 0])


def test_terms_that_were_replaced_meanwhile_order_nothing(client):
    story = make_story()
    typed = filled_in(client, story)
    make_terms("<p>Print the byline in bold.</p>")

    answer = post(client, story, typed)

    assert (complaints(answer), "Print the byline in bold." in answer.content.decode(), made()) == ([CHANGED], True, [0, 0])
    assert "accepts_terms" not in fields_of(answer)


# --- Who


@pytest.mark.parametrize(
    "email",
    [
        "", "maud", "maud@", "@farming.example", "maud@farming", "maud@farming.example, all@example.org", "maud@farming.example;all@example.org",
        "maud@farming.example\nBcc: all@example.org", "maud@farming.example\r\nBcc: all@example.org", "maud\n@farming.example",
        "maud@farming.example\x00", "Maud <maud@farming.example>", f"{'m' * 250}@farming.example",
        '"maud\x0bBcc:all"@farming.example', '"maud\x0c"@farming.example', '"maud\x01"@farming.example',
    ],
)  # fmt: skip
def test_mail_address_that_is_none_orders_nothing(client, email):
    answer = send(client, make_story(), email=email)

    assert (answer.status_code, list(answer.context["form"].errors), made()) == (200, ["email"], [0, 0])


@pytest.mark.parametrize("name", ["name", "organisation", "order_number"])
@pytest.mark.parametrize(
    "value",
    [
        "Maud\nBcc: all@example.org",
        "Maud\r\nFerrier",
        f"Maud{BELL}",
        f"Maud{RIGHT_TO_LEFT}",
        "Maud\x00",
        "Maud https://evil.example",
        "WWW.evil.example",
    ],
)
def test_line_that_a_mail_could_not_carry_orders_nothing(client, name, value):
    answer = send(client, make_story(), **{name: value})

    assert (answer.status_code, list(answer.context["form"].errors), made()) == (200, [name], [0, 0])


@pytest.mark.parametrize("value", [f"Yard{BELL}", f"Yard{RIGHT_TO_LEFT}", "Yard\x00", "Yard\nhttp://evil.example", ""])
def test_billing_address_that_a_mail_could_not_carry_orders_nothing(client, value):
    answer = send(client, make_story(), billing_address=value)

    assert (list(answer.context["form"].errors), made()) == (["billing_address"], [0, 0])


@pytest.mark.parametrize(("name", "longest"), [("name", 300), ("organisation", 300), ("billing_address", 500), ("order_number", 60)])
def test_what_is_too_long_orders_nothing_and_what_just_fits_is_kept(client, name, longest):
    story = make_story()

    answer = send(client, story, **{name: "m" * (longest + 1)})
    send(client, story, **{name: "m" * longest})

    assert list(answer.context["form"].errors) == [name]
    assert list(LicenceOrder.objects.values_list(name, flat=True)) == ["m" * longest]


@pytest.mark.parametrize("forged", ["", "ZZ", "France", "fr"])
def test_country_that_is_none_orders_nothing(client, forged):
    answer = send(client, make_story(), country=forged)

    assert (list(answer.context["form"].errors), made()) == (["country"], [0, 0])


def test_refused_form_keeps_what_was_typed_and_escapes_it(client):
    story = make_story(pictures=[FOR_SALE])
    pictures = [image.short_id for image in pictures_of(story)]
    typed = filled_in(client, story, medium="web", pictures=pictures, name='<b>"Maud" & Co</b>', email="maud")

    answer = post(client, story, typed)

    assert fields_of(answer) == typed
    assert "<b>" not in answer.content.decode()


def test_names_in_any_script_and_with_signs_are_taken(client):
    names = ["Zoë O’Brien-Łukasz & Söhne <b>", "山田 太郎", "محمد", "T.W. Wright"]

    answers = [send(client, make_story(), name=name) for name in names]

    assert [answer.status_code for answer in answers] == [302] * 4
    assert sorted(LicenceOrder.objects.values_list("name", flat=True)) == sorted(names)


@pytest.mark.parametrize("letters", ["한국농민신문", "صحيفة الفلاحين ", "農民新聞社", "ข่าวชาวนา"], ids=["Hangul", "Arabic", "Han", "Thai"])
def test_name_of_three_hundred_letters_of_any_script_is_taken(client, letters):
    organisation = (letters * 60)[:299].strip() + letters[0]

    answer = send(client, make_story(), organisation=organisation, name=organisation)

    assert answer.status_code == 302, complaints(answer)
    assert list(LicenceOrder.objects.values_list("organisation", flat=True)) == [organisation]


@pytest.mark.parametrize("name", ["name", "organisation", "order_number"])
def test_name_with_a_letter_that_the_licence_cannot_print_is_refused_in_words_that_name_it(client, name):
    answer = send(client, make_story(), **{name: "Hill 🐑 Farming 🚜"})

    assert (complaints(answer), made()) == (["The licence cannot print 🐑 🚜: please write this without."], [0, 0])


def test_picture_that_is_lost_while_the_form_is_open_is_not_left_out_unseen(client):
    story = make_story(pictures=[FREE, FREE])
    typed = filled_in(client, story, pictures=[image.short_id for image in pictures_of(story)])
    lost = story.figures.first().image
    lost.syndication = NONE
    lost.save()

    answer = post(client, story, typed)

    assert (complaints(answer), made()) == ([DEARER.format("155.00", "190.00")], [0, 0])
    assert "Left out: The gauge, seen from gate 1." in answer.content.decode()
