"""The mails about licences: that they are there, and what happens to them until they end."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from articles.terms import Syndication
from licensing.models import LicenceOrder, LicenceTerms, Licensee, Notice, RateCard, Shown, State
from licensing.tests.build import RATES, make_card, make_licence, make_order, make_story, make_terms, pay
from licensing.tests.letters import BANK, BUYER, DESK, NASTY, SITE, leaks, letter, letters, missing, place, shown
from mail.models import Message

pytestmark = pytest.mark.django_db
DOWN = "Please take your copy down within two working days. If you printed it, say so in your next issue."


@pytest.fixture(autouse=True)
def card(settings):
    settings.BANK_ACCOUNT = BANK
    make_terms()
    return make_card()


def day(date) -> str:
    return f"{date:%-d %B %Y}"


def page_of(licence) -> str:
    return f"{SITE}{licence.order.get_absolute_url()}"


# --- They are there


def test_payment_sends_the_licence_once_the_whole_price_is_there():
    order = make_order(State.ACCEPTED, make_story(headline="Rain & <b>hail</b>", pictures=["FOR_SALE"]), choice={"pictures": True})
    pay(order, "60.00")
    assert [mail.subject for mail in letters()] == [f"Not all of it has come in yet: order {order.reference}"]

    pay(order)

    licence = order.licences.get()
    assert letter().subject == f"Your licence {licence}"
    runs = f"Licence {licence} runs from {day(licence.starts_on)} until {day(licence.ends_on)}, that day included."
    says = ["our payment has come in, thank you.", "ou may republish the story", "Rain & <b>hail</b>", runs, page_of(licence)]
    assert missing(letter(), *says, "Anybody can check it at", f"{SITE}/licence/{licence}/", f"{SITE}/licence-terms/1/") == []
    credit = f"Print with the story its byline, the credit of each picture, and this line: “{licence.facts.credit_line}”"
    assert missing(letter(), credit, "The files to publish wait on your order’s page.") == []
    assert leaks("It goes back to you", "without end", "account of") == []


def test_licences_of_several_stories_are_sent_in_one_mail_each_with_its_reference_and_credit():
    order = make_order(State.PAID, make_story(headline="Hail"), make_story(headline="Snow"), choice={"term": "ever"})

    [mail] = letters()
    assert mail.subject == f"Your 2 licences: order {order.reference}"
    for licence in order.licences.all():
        facts = [licence.headline, f"Licence {licence} runs from {day(licence.starts_on)}, without end.", f"{SITE}/licence/{licence}/"]
        assert missing(mail, "You may republish these stories", *facts, licence.facts.credit_line) == []
    in_order = [str(story.licence) for story in order.stories.all()]
    assert [re.findall(r"Licence (\S+) runs", half) for half in (mail.text, shown(mail))] == [in_order, in_order]
    assert leaks("credit of each picture") == []


def test_too_much_money_is_said_to_go_back():
    order = make_order()
    pay(order, "150.00")

    assert missing(letter(), "our payment has come in, thank you.", "€30.00 more came in than was due. It goes back to you.") == []


def test_licence_that_costs_nothing_thanks_for_no_payment():
    make_card(RATES | {"MEDIUM": [("print", "In print", {"fee": "0.00"})]})
    order = place(make_story())

    assert letter().subject == f"Your licence {order.licences.get()}"
    assert leaks("payment has come in", "It goes back to you", "Please transfer") == []


def test_order_from_a_registered_address_is_offered_on_account_there():
    make_licensee(BUYER.upper())
    order = place(make_story(), make_story(headline="Snow"), name="Maud <b>Ferrier</b>")

    asked = letter(BUYER.upper())
    assert (asked.subject, asked.headers["Reply-To"]) == (f"Take it on your account? Order {order.reference}", DESK)
    facts = [f"{SITE}/orders/release/{order.release_secret}/", "Maud <b>Ferrier</b> of Hill Farming Monthly has ordered", day(timezone.localdate())]
    facts += ["on the account of The Farming Group", "€240.00 is to be paid within 14 days", "The shepherd’s rain gauge", "Snow"]
    assert missing(asked, *facts, "If you do nothing, nothing goes on your account.", "Then do nothing, and tell us", DESK) == []
    assert leaks(f"{SITE}/orders/release/") == [(asked.subject, f"{SITE}/orders/release/")]
    assert [order.secret in half for half in (asked.text, asked.html)] == [False, False]


def test_order_put_on_account_by_the_desk_tells_the_registered_address_only():
    order = make_order()
    order.put_on_account(make_licensee("accounts@group.example"))

    assert [mail.to for mail in Message.objects.all()] == ["accounts@group.example"]


def test_licence_on_account_says_what_is_to_be_paid_until_when_and_thanks_for_nothing():
    order = make_order()
    order.put_on_account(make_licensee("accounts@group.example"))
    order.release()

    mail, licence = letter("accounts@group.example"), order.licences.get()
    assert (mail.subject, letters()) == (f"Your licence {licence}", [])
    by = day(timezone.localdate() + timedelta(days=14))
    facts = [f"Please transfer €120.00 by {by}", BANK.replace("\n", " "), f"give {order.reference} as the payment reference", page_of(licence)]
    assert missing(mail, "his is on the account of The Farming Group.", *facts) == []
    assert leaks("has come in", "When the money is there") == []


# --- What happens to their stories


def test_correction_is_told_with_what_has_changed_since_the_story_was_licensed():
    story = make_story(headline="Rain & <b>hail</b>")
    story.correct("It was told before.")
    licence = make_licence(story)
    story.correct("The gauge holds <b>5</b> litres.")
    story.correct("It stands at gate 4 & not 3.", kind="CLARIFICATION")
    Notice.objects.tell_of_changes()

    mail = letter()
    assert (mail.to, mail.subject) == (BUYER, f"Corrected: the story of licence {licence}")
    assert missing(mail, f"n {day(timezone.localdate())} we corrected “Rain & <b>hail</b>”, which you have under licence {licence}.") == []
    assert missing(mail, "Clarification: It stands at gate 4 & not 3. Correction: The gauge holds <b>5</b> litres. Please change your copy") == []
    assert missing(mail, "within two working days", "wait on your order’s page, free", "Tell us there, with one click", page_of(licence)) == []
    assert leaks("It was told before") == []


def test_withdrawal_is_told_with_its_reason():
    licence = make_licence(story := make_story(headline="Hail"))
    story.withdraw(NASTY)
    Notice.objects.tell_of_changes()

    assert letter().subject == f"Please take down the story of licence {licence}"
    assert missing(letter(), "we withdrew “Hail”", NASTY, DOWN, "tell us with one click", page_of(licence)) == []
    assert leaks("Fetch the new files") == []


def test_legal_takedown_is_told_without_headline_and_reason():
    licence = make_licence(story := make_story(headline="The secret gauge"))
    story.correct("The secret gauge is in the mill.")
    Message.objects.all().delete()
    story.withdraw("A court in Lyon", is_legal_takedown=True)
    Notice.objects.tell_of_changes()
    Notice.objects.tell_of_ends(licence.ends_on)
    licence.revoke("We had to.")

    told, ending, revoked = letters()
    assert missing(told, f"we had to take down the story that you have under licence {licence}, after a legal demand", "nor say why", DOWN) == []
    assert missing(ending, "a story that we had to take down", "cannot be renewed") == []
    assert missing(revoked, "a story that we had to take down") == []
    assert leaks("secret gauge", "Lyon", "in the mill", story.get_absolute_url()) == []


def test_story_that_is_put_back_in_print_may_be_published_again():
    licence = make_licence(story := make_story(headline="Hail"))
    story.withdraw("It was wrong.")
    story.publish()
    Notice.objects.tell_of_changes()

    assert letter().subject == f"In print again: the story of licence {licence}"
    assert (
        missing(
            letter(),
            f"“Hail”, which you have under licence {licence}, is back in print",
            "ou may publish it again, as it stands now.",
            page_of(licence),
        )
        == []
    )
    assert leaks("It was wrong", "take your copy down", "change your copy") == []


# --- Their end


def test_end_is_announced_with_the_way_to_renew():
    licence = make_licence(make_story(headline="Rain & <b>hail</b>"))
    Notice.objects.tell_of_ends(licence.ends_on - timedelta(days=30))
    Notice.objects.tell_of_ends(licence.ends_on)

    first, last = letters()[1:]
    assert first.subject == last.subject == f"Your licence {licence} ends on {day(licence.ends_on)}"
    for mail, days in ((first, 30), (last, 7)):
        ends = f"icence {licence}, for “Rain & <b>hail</b>”, ends on {day(licence.ends_on)}, within {days} days."
        assert missing(mail, ends, "one click orders it", f"{page_of(licence)}licences/{licence}/renew/", page_of(licence)) == []


def test_ended_licence_asks_to_take_the_story_down_or_to_renew():
    licence = make_licence(make_story(headline="Hail"))
    Notice.objects.tell_of_ends(licence.ends_on + timedelta(days=1))

    assert letter().subject == f"Your licence {licence} has ended"
    ended = f"icence {licence}, for “Hail”, ended on {day(licence.ends_on)}. Please take the story down. What you have printed may stay."
    assert missing(letter(), ended, f"{page_of(licence)}licences/{licence}/renew/", "that the story is down") == []


def test_licence_of_a_withdrawn_story_is_not_offered_for_renewal():
    licence = make_licence(story := make_story(headline="Hail"))
    story.withdraw("It was wrong.")
    Notice.objects.tell_of_ends(licence.ends_on)

    assert (
        missing(letter(), "for “Hail”", "We have taken the story out of print, so the licence cannot be renewed, and your copy should be down") == []
    )
    assert leaks("/renew/", "may stay") == []


def test_renewal_says_which_licence_it_follows():
    licence = make_licence(make_story(headline="Hail"))
    price = licence.renewal(RateCard.objects.current()).as_shown
    order = LicenceOrder.objects.renew(licence, Shown(price, LicenceTerms.objects.current().version))

    assert letter().subject == f"Your order {order.reference}"
    assert missing(letter(), "Renews", f"Licence {licence}", "Hail", "Please transfer €120.00") == []


def test_revocation_is_told_with_its_reason():
    licence = make_licence(make_story(headline="Hail"))
    licence.revoke(NASTY)

    assert letter().subject == f"Your licence {licence} is revoked"
    assert missing(letter(), "for “Hail”", NASTY, "Please take the story down now.", page_of(licence)) == []


# --- All mails


def test_every_link_of_every_mail_is_absolute_and_ours(client):
    make_order(State.OFFERED)
    make_order(State.REQUESTED, story := make_story(Syndication.ON_REQUEST, headline="Snow")).approve()
    order = place(story, make_story(headline="Hail"))
    order.approve()
    pay(order, "100.00")
    pay(order, "200.00")
    order.record_refund(Decimal("60.00"), timezone.localdate(), "It was too much.")
    order.cancel_stories(order.live[:1], "You do not want it.")
    order.live[0].article.correct("The hail was heavier.")
    Notice.objects.tell_of_changes()
    Notice.objects.tell_of_ends(order.live[0].licence.ends_on)
    order.live[0].article.withdraw("There was no hail.")
    Notice.objects.tell_of_changes()
    LicenceOrder.objects.send_links(BUYER)

    assert Message.objects.count() == 13
    links = {link for mail in Message.objects.all() for link in re.findall(r'(?:href|src)="([^"]*)"', mail.html)}
    assert {link for link in links if not link.startswith(f"{SITE}/")} == {f"mailto:{BUYER}"}  # the desk's
    assert {client.get(link.removeprefix(SITE)).status_code for link in links if link.startswith(SITE)} <= {200, 302, 410}


@pytest.mark.django_db(transaction=True)
def test_long_names_break_neither_a_subject_nor_a_mail_on_its_way(post_office, work):
    place(make_story(), organisation="Ö" * 300, name="名" * 300, order_number="№" * 60)
    assert [(len(mail.subject) < 250, "Ö…" in mail.subject) for mail in letters(DESK)] == [(True, True)]
    assert missing(letter(DESK), "Ö" * 300, "名" * 300, "№" * 60) == []

    work()

    assert sorted((mail["To"], "Ö" * 199 in mail["Subject"]) for mail in post_office.messages) == [(BUYER, False), (DESK, True)]


def test_no_mail_about_a_licence_holds_markup_that_somebody_typed_nor_words_that_are_escaped_twice():
    story = make_story(headline="<b>Hail</b> & snow")
    order = place(story, organisation="<b>Ferrier</b> & Sons", name="<i>Maud</i>", email="accounts@group.example")
    order.put_on_account(make_licensee("accounts@group.example", "<b>Group</b> & Co"))
    order.release()
    story.correct(NASTY)
    Notice.objects.tell_of_changes()
    order.licences.get().revoke(NASTY)

    messages = letters("accounts@group.example")
    assert len(messages) == 5
    assert [tag for mail in messages for tag in re.findall(r"<[biu]>", mail.html)] == []
    assert [entity for mail in messages for entity in re.findall(r"&(?:amp|lt|gt|quot|#x?\w+);", mail.text + shown(mail))] == []


def make_licensee(email: str, organisation="The Farming Group") -> Licensee:
    return Licensee.objects.create(organisation=organisation, email=email, credit_limit=Decimal(1000), payment_days=14)
