"""The mails about an order: that it came in, what was decided about it, and what became of its money."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.terms import Syndication
from licensing.models import LicenceOrder, Licensee, State
from licensing.tests.build import RATES, make_card, make_order, make_story, make_terms, pay
from licensing.tests.letters import BANK, BUYER, DESK, NASTY, SITE, leaks, letter, letters, missing, place, shown
from mail.models import Message

pytestmark = pytest.mark.django_db
ORGANISATION = 'Farming & Sons’ "Monthly" <b>'
NO_ACCOUNT = "No bank account is set, so the buyer was told that you would write"
ASK = Syndication.ON_REQUEST
IN_A_LINE = BANK.replace("\n", " ")


@pytest.fixture(autouse=True)
def card(settings):
    settings.BANK_ACCOUNT = BANK
    make_terms()
    return make_card()


# --- It has come in


def test_order_of_what_is_for_sale_tells_buyer_and_desk():
    order = place(make_story(headline="Rain & the shepherd's gauge"), organisation=ORGANISATION)

    assert [(mail.to, mail.subject, mail.headers["Reply-To"]) for mail in letters(BUYER) + letters(DESK)] == [
        (BUYER, f"Your order {order.reference}", DESK),
        (DESK, f"Ordered: {order.reference}, {ORGANISATION}", BUYER),
    ]
    what = ["Rain & the shepherd's gauge", "A newspaper, in print", "France", "€120.00", f"{SITE}{order.stories.get().article.get_absolute_url()}"]
    pay = [f"Please transfer €120.00 by {order.pay_by:%-d %B %Y}", IN_A_LINE, f"give {order.reference} as the payment reference"]
    then = [f"{SITE}{order.get_absolute_url()}", "the licence comes by mail, and the files wait on your order’s page"]
    assert missing(letter(), *what, *pay, *then) == []
    who = [ORGANISATION, "has ordered a story", "Maud Ferrier", BUYER, "4 Drovers Yard", "HFM-2211"]
    admin = f"{SITE}/admin/licensing/licenceorder/{order.pk}/change/"
    assert missing(letter(DESK), *what, *who, "waits for payment", admin) == []
    assert [NO_ACCOUNT in letter(DESK).text, order.secret in letter(DESK).text + letter(DESK).html] == [False, False]


def test_desk_is_told_where_it_has_to_write_with_the_account_itself(settings):
    settings.BANK_ACCOUNT = ""

    place(make_story())
    place(make_story(ASK, headline="The gauge again"))

    ordered, asked = letters(DESK)
    assert missing(ordered, NO_ACCOUNT) == []
    assert missing(letters()[0], "We shall write to you with the account to pay €120.00 to.") == []
    assert leaks("Please transfer") == []
    assert (asked.subject[:9], NO_ACCOUNT in asked.text + asked.html) == ("To decide", False)


def test_request_tells_buyer_that_nothing_is_owed_and_desk_what_it_has_to_decide():
    order = place(make_story(ASK))

    assert [mail.subject for mail in letters() + letters(DESK)] == [
        f"Your request to republish: order {order.reference}",
        f"To decide: {order.reference}, Hill Farming Monthly",
    ]
    [why] = order.stories.get().asks
    assert missing(letter(), "othing is owed until it has said yes", why) == []
    assert missing(letter(DESK), "The order waits for the desk.", why) == []
    assert leaks("Please transfer", "waits for payment") == []


def test_request_whose_price_the_desk_names_states_no_total():
    make_card(RATES | {"DISCOUNT": [("school", "A school", {"percent": "0", "desk": "PRICES"})]})

    place(make_story(), choice={"discount": "school"})

    assert missing(letter(), "Without what the desk prices", "€120.00") == []
    assert leaks("Total") == []


def test_buyers_own_words_are_written_back_only_once_the_desk_has_looked():
    """Whoever types somebody else's address into the form writes nothing of their own into the mail that goes there."""
    order = place(make_story(ASK))
    order.approve()
    pay(order)

    assert ["HFM-2211" in mail.text for mail in letters()] == ["HFM-2211" in mail.html for mail in letters()] == [False, True, True]
    typed = ("Maud Ferrier", "Hill Farming Monthly", "Drovers Yard")
    assert [word for word in typed for mail in letters() if word in mail.text + mail.html] == []


def test_order_that_costs_nothing_asks_for_no_payment():
    make_card(RATES | {"MEDIUM": [("print", "A newspaper, in print", {"fee": "0.00"})]})

    place(make_story())

    received, _licensed = letters()
    assert missing(received, "Nothing is owed; the licence comes in a mail of its own.") == []
    assert missing(letter(DESK), "Nothing is owed, and the licence is issued.") == []
    assert leaks("Please transfer", "Your payment") == []


# --- What was decided


def test_approval_tells_the_buyer_how_to_pay():
    order = make_order(State.REQUESTED)
    order.approve()

    assert letter().subject == f"Approved, and now to be paid: order {order.reference}"
    assert missing(letter(), "says yes to your order", "You may republish once you have paid and have the licence.", "Please transfer €120.00") == []


def test_approval_of_what_was_paid_before_asks_for_nothing():
    order = make_order(State.REQUESTED)
    pay(order, "120.00")
    order.approve()

    _paid, approved, _licensed = letters()
    assert approved.subject == f"Approved: order {order.reference}"
    assert missing(approved, "You may republish once you have the licence.", "Nothing is owed; the licence comes in a mail of its own.") == []
    assert leaks("Please transfer") == []


def test_offer_names_price_reason_day_and_the_way_to_answer():
    order = make_order(State.REQUESTED, make_story(ASK), make_story(ASK, headline="Snow"))
    day = timezone.localdate() + timedelta(days=14)
    order.offer({story.pk: Decimal("80.50") for story in order.live}, NASTY, day)

    assert letter().subject == f"An offer for your order {order.reference}"
    answer = [f"You can take it until {day:%-d %B %Y}, that day included, with one click", "Nothing is owed before", "cancel the order there"]
    assert missing(letter(), "€161.00 in all", NASTY, *answer, f"{SITE}{order.get_absolute_url()}") == []
    assert missing(letter(), f"Offer of the rights desk: {NASTY}", "€80.50") == []


def test_taken_offer_tells_the_buyer_how_to_pay():
    order = make_order(State.OFFERED)
    order.accept_offer()

    assert letter().subject == f"You took our offer, and now to be paid: order {order.reference}"
    assert missing(letter(), "ou have taken our offer", "Please transfer €80.00") == []
    assert "says yes" not in letter().text + letter().html


def test_refusal_tells_the_buyer_why():
    order = make_order(State.REQUESTED)
    order.decline(NASTY)

    assert letter().subject == f"Your order {order.reference} was declined"
    assert missing(letter(), NASTY, "Nothing is owed.") == []


def test_refusal_of_what_was_paid_says_what_goes_back():
    order = make_order()
    pay(order, "20.00")
    order.decline("We have lost the rights.")

    assert missing(letter(), "What you paid, €20.00, goes back to you.") == []
    assert "Nothing is owed" not in letter().text + letter().html


def test_request_that_is_undone_sends_nothing():
    order = make_order(State.REQUESTED, story := make_story(ASK))
    story.withdraw("It was wrong.")

    with pytest.raises(ValidationError, match="no longer in print"):
        order.approve()

    assert letters() == []


# --- What is cancelled


def test_buyer_who_cancels_is_told_that_nothing_is_owed():
    order = make_order(State.ACCEPTED)
    order.cancel()

    assert letter().subject == f"Your order {order.reference} is cancelled"
    assert missing(letter(), "Cancelled on the order’s page.", "Nothing is owed.") == []
    assert [half.count("Cancelled on the order’s page.") for half in (letter().text, letter().html)] == [1, 1]


def test_cancelling_part_of_what_was_licensed_says_what_comes_down_what_is_kept_and_what_goes_back():
    order = make_order(State.PAID, make_story(headline="Hail"), make_story(headline="Snow"))
    hail, snow = order.stories.all()
    order.cancel_stories([hail], NASTY, kept=Decimal("20.00"))

    assert letter().subject == f"Part of your order {order.reference} is cancelled"
    down = f"Licence {hail.licence} is revoked: please take the story down."
    totals = ["Total as ordered", "€240.00", "Total without what is cancelled", "€140.00"]
    assert missing(letter(), NASTY, "rest stands", f"Cancelled. Of its price, €20.00 is kept. {down}", "€100.00 goes back to you.", *totals) == []
    assert leaks(f"Licence {snow.licence} is revoked") == []
    assert letter().text.count("Cancelled.") == letter().html.count("Cancelled.") == 1


def test_cancelling_part_of_what_waits_for_payment_says_what_is_left_to_pay():
    order = make_order(State.ACCEPTED, make_story(headline="Hail"), make_story(headline="Snow"))
    order.cancel_stories([order.live[0]], "The photographer has died.")

    assert missing(letter(), "Please transfer €120.00", "Total without what is cancelled") == []
    assert leaks("goes back", "is kept", "is revoked") == []


def test_each_cancelled_story_keeps_its_own_reason():
    order = make_order(State.PAID, make_story(headline="Hail"), make_story(headline="Snow"))
    order.cancel_stories([order.live[0]], "You do not want it.")
    order.cancel_stories([order.live[0]], "You do not want that either.")

    assert letter().subject == f"Your order {order.reference} is cancelled"
    assert missing(letter(), "Cancelled. You do not want it.", "You do not want that either.", "€240.00 goes back to you.") == []


def test_offer_that_lapses_is_cancelled_with_its_day():
    order = make_order(State.OFFERED)
    LicenceOrder.objects.lapse_offers(timezone.localdate() + timedelta(days=1))

    assert missing(letter(), f"The offer was not taken by {order.answer_by:%-d %B %Y}.", "Nothing is owed.") == []


# --- Money


def test_short_payment_says_what_came_in_and_what_is_missing():
    order = make_order()
    pay(order, "100.00")

    assert letter().subject == f"Not all of it has come in yet: order {order.reference}"
    today = f"{timezone.localdate():%-d %B %Y}"
    assert missing(letter(), f"€100.00 came in on {today}", "€20.00 is missing", "Please transfer €20.00", IN_A_LINE) == []


def test_payment_that_settles_an_account_says_that_all_is_paid():
    order = make_order()
    order.put_on_account(Licensee.objects.create(organisation="Skagen Avis", email="desk@skagen.example", credit_limit=500))
    order.release()
    pay(order, "100.00")
    first = letter("desk@skagen.example")
    pay(order, "20.00")

    assert (first.subject, missing(first, "€20.00 is missing")) == (f"Not all of it has come in yet: order {order.reference}", [])
    last = letter("desk@skagen.example")
    assert (last.subject, missing(last, "€20.00 came in", "All of it is paid now.")) == (f"Your payment has come in: order {order.reference}", [])


def test_payment_beyond_what_is_due_says_what_goes_back():
    order = make_order(State.PAID)
    pay(order, "30.00")

    assert letter().subject == f"More has come in than is due: order {order.reference}"
    assert missing(letter(), "€30.00 came in", "€30.00 is not due, and goes back to you") == []


def test_payment_before_the_desks_word_says_what_becomes_of_it():
    order = make_order(State.REQUESTED)
    pay(order, "30.00")

    assert missing(letter(), "Nothing is due before you and the rights desk have agreed") == []


def test_payment_for_what_cannot_be_licensed_now_says_so_without_the_reason():
    order = make_order()
    order.stories.get().article.withdraw("It was wrong.")
    pay(order)

    assert letter().subject == f"Your payment has come in: order {order.reference}"
    assert missing(letter(), "a story of this order cannot be licensed at the moment") == []
    assert leaks("no longer in print") == []


def test_refund_says_how_much_went_back_when_and_why():
    order = make_order()
    pay(order, "150.00")
    order.record_refund(Decimal("20.00"), timezone.localdate(), NASTY)

    assert letter().subject == f"Money sent back: order {order.reference}"
    today = f"{timezone.localdate():%-d %B %Y}"
    assert missing(letter(), f"€20.00 of what you paid for order {order.reference} went back to you on {today}", NASTY) == []
    assert missing(letter(), "€10.00 more has still to go back to you.") == []


# --- Every mail


def test_every_story_of_an_order_is_listed_with_its_use_its_lines_and_its_price():
    stories = [make_story(headline="Hail", pictures=["FOR_SALE"]), make_story(headline="Snow")]
    place(*stories, choice={"pictures": True})

    for story in stories:
        assert missing(letter(), story.headline, f"{SITE}{story.get_absolute_url()}") == []
    prices = ["Picture: The gauge, seen from gate 1", "€35.00", "€155.00", "€120.00", "Total", "€275.00"]
    assert missing(letter(), *prices, "the licences come by mail") == []
    assert missing(letter(DESK), "has ordered 2 stories") == []
    assert [half.count("Territory") for half in (letter().text, letter().html)] == [2, 2]


def test_story_that_was_withdrawn_is_named_without_a_link_and_one_that_the_law_took_down_not_at_all():
    plain, secret = make_story(ASK, headline="Hail"), make_story(ASK, headline="The secret gauge", pictures=["FOR_SALE"])
    order = make_order(State.REQUESTED, plain, secret, choice={"pictures": True})
    plain.withdraw("It was wrong.")
    secret.withdraw("A court has ordered it.", is_legal_takedown=True)
    order.decline("We had to.")
    LicenceOrder.objects.send_links(BUYER)

    assert missing(letters()[0], "Hail", "A story that we had to take down", "A picture") == []
    assert leaks("secret gauge", "seen from gate", "A court", plain.get_absolute_url(), secret.get_absolute_url()) == []


def test_html_is_escaped_and_plain_text_is_not():
    story = make_story(ASK, headline="Rain & the shepherd's <b>gauge</b>")
    order = place(story, organisation=ORGANISATION, name="Maud <i>Ferrier</i>", billing_address="<u>Hexham</u>")
    order.decline(NASTY)

    messages = list(Message.objects.all())
    assert len(messages) == 3
    assert [re.findall(r"&(?:amp|lt|gt|quot|#x?\w+);", mail.text) for mail in messages] == [[]] * 3
    assert [tag for mail in messages for tag in re.findall(r"<[biu]>", mail.html)] == []
    assert [mail for mail in messages if "Rain & the shepherd's <b>gauge</b>" not in shown(mail)] == []


def test_links_are_sent_with_the_headline_the_day_and_the_state_of_each_order():
    order = make_order(State.ACCEPTED, make_story(headline="Hail"), make_story(headline="Snow"))
    LicenceOrder.objects.send_links(BUYER.upper())

    assert letter().subject == "Your orders at The Halyard"
    assert missing(letter(), order.reference, "Hail and 1 more", "waits for payment", f"{SITE}{order.get_absolute_url()}") == []
