"""The words of mails to buyers and to the desk: a translator reaches all of them, in every way that a mail can go."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test.signals import template_rendered
from django.utils import timezone

from articles.terms import Syndication
from licensing.models import LicenceOrder, LicenceTerms, Licensee, Notice, OrderEvent, QuoteLine, RateCard, Shown, State
from licensing.tests.build import RATES, make_card, make_licence, make_order, make_story, make_terms, pay
from licensing.tests.letters import BANK, BUYER, place
from mail.models import Message
from newsroom.tests.words import data, lines_of, mark_translations, texts_of, unmarked

FOLDER = Path(configured.BASE_DIR) / "templates" / "mail"
FOR_SALE, ASK = Syndication.FOR_SALE, Syndication.ON_REQUEST
ACCOUNT = "accounts@group.example"
OURS = (QuoteLine, OrderEvent)  # their words are made by us, and kept
BLOCKS = re.compile(r"{% blocktranslate\b.*?{% endblocktranslate %}|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)


@pytest.fixture
def rendered(db, settings, monkeypatch):
    """The names of the templates that were rendered since; marks are round all that is translated."""
    settings.BANK_ACCOUNT = BANK
    mark_translations(monkeypatch)
    make_terms()
    make_card()
    names = set()

    def note(sender, template, **rest):
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def words_left() -> list[str]:
    """Return the words of the mails that no translator reaches, a line each."""
    known, found = data(without=OURS), []
    for mail in Message.objects.order_by("pk"):
        for part in [mail.subject, *lines_of(mail.text), *texts_of(mail.html)]:
            if left := unmarked(part, known):
                found.append(f"{mail.subject}: {left}")
    return list(dict.fromkeys(found))


def mails_of(*names: str) -> set[str]:
    """Return the templates of mails, whether they are there or not."""
    return {f"mail/{name}.{half}" for name in names for half in ("subject.txt", "txt", "html")}


def two() -> list:
    return [make_story(headline="Hail in the hills"), make_story(headline="Snow on the moor")]


def make_licensee() -> Licensee:
    return Licensee.objects.create(organisation="The Farming Group", email=ACCOUNT, credit_limit=Decimal(1000), payment_days=14)


def order_whatever_can_be_ordered(settings):
    """One story and several, with pictures that go and one that does not, for money, for nothing, and for the desk to price; on account."""
    place(*two())
    place(
        make_story(headline="Rain in the gauge", pictures=[FOR_SALE, Syndication.FREE, Syndication.NONE]),
        choice={"pictures": True, "audience": "medium"},
    )
    place(make_story(ASK))
    place(make_story(ASK, headline="Sleet on the pass"), make_story(ASK, headline="Fog over the firth"))
    settings.BANK_ACCOUNT = ""
    place(make_story(headline="Frost in the valley"))
    settings.BANK_ACCOUNT = BANK
    make_licensee()
    place(make_story(headline="Dew on the meadow"), email=ACCOUNT)
    place(*[make_story(headline="Wind from the north"), make_story(headline="Sun at last, they say")], email=ACCOUNT)
    make_card(RATES | {"DISCOUNT": [("school", "A school", {"percent": "-20", "desk": "PRICES"})]}, minimum_fee="500.00", desk_above="10.00")
    place(make_story(headline="Cloud over the quay"), choice={"discount": "school"})
    make_card(RATES | {"MEDIUM": [("print", "A newspaper, in print", {"fee": "0.00"})]}, picture_fee="0.00")
    place(make_story(headline="Mist in the morning"), email="free@hill-farming.example")
    place(make_story(headline="Haze at noon"), make_story(headline="Smoke over the mill"), email="free@hill-farming.example")
    LicenceOrder.objects.send_links(BUYER)
    LicenceOrder.objects.send_links(ACCOUNT)


def decide(settings):
    """Approved, before a payment and after one; offered, taken and lapsed; declined, before and after; with a story that cannot be named."""
    make_order(State.REQUESTED).approve()
    paid = make_order(State.REQUESTED, *[make_story(ASK, headline="Hail in the hills"), make_story(ASK, headline="Snow on the moor")])
    pay(paid, "300.00")
    paid.approve()
    make_order(State.OFFERED).accept_offer()
    free = make_order(State.REQUESTED)
    free.offer({free.live[0].pk: Decimal(0)}, "You are a school.", timezone.localdate())
    free.accept_offer()
    make_order(State.OFFERED)
    LicenceOrder.objects.lapse_offers(timezone.localdate() + timedelta(days=1))
    make_order(State.REQUESTED).decline("We have lost the rights.")
    owed = make_order()
    pay(owed, "20.00")
    owed.decline("We have lost the rights.")
    secret = make_story(ASK, headline="The secret gauge", pictures=[FOR_SALE])
    order = make_order(State.REQUESTED, secret, choice={"pictures": True})
    secret.withdraw("A court has ordered it.", is_legal_takedown=True)
    order.decline("We had to.")
    LicenceOrder.objects.send_links(BUYER)


def cancel(settings):
    """By the buyer; in part, before payment and after it, with something kept; in the end as a whole."""
    make_order().cancel()
    unpaid = make_order(State.ACCEPTED, *two())
    unpaid.cancel_stories(unpaid.live[:1], "The photographer has died.")
    paid = make_order(State.PAID, *two())
    paid.cancel_stories(paid.live[:1], "You do not want it.", kept=Decimal("20.00"))
    paid.record_refund(Decimal("60.00"), timezone.localdate(), "It was too much.")
    paid.cancel_stories(paid.live[:1], "You do not want that either.")
    kept = make_order(State.PAID, *two())
    kept.cancel_stories(kept.live[:1], "You do not want it.", kept=Decimal("120.00"))


def settle(settings):
    """Too little, too much, too early and for what cannot be licensed; in full and on account."""
    short = make_order()
    pay(short, "100.00")
    pay(short, "50.00")
    pay(short, "30.00")
    pay(make_order(State.REQUESTED), "30.00")
    stuck = make_order(story=make_story(headline="Hail in the hills"))
    stuck.live[0].article.withdraw("It was wrong.")
    pay(stuck)
    make_order(
        State.PAID,
        *[make_story(headline="Rain in the gauge", pictures=[FOR_SALE]), make_story(headline="Snow on the moor")],
        choice={"term": "ever", "pictures": True},
    )
    credited = make_order(State.ACCEPTED, *two())
    credited.put_on_account(make_licensee())
    credited.release()
    pay(credited, "100.00")
    pay(credited)


def live_on(settings):
    """Corrected, withdrawn, taken down, in print again; ending and ended; renewed and revoked."""
    names = ("Hail in the hills", "The secret gauge", "Snow on the moor", "Rain in the gauge")
    story, other, gone, back = stories = [make_story(headline=name) for name in names]
    licence, secret, _gone, again = [make_licence(each) for each in stories]
    for kind in ("CORRECTION", "CLARIFICATION", "UPDATE"):
        story.correct("The hail was heavier.", kind=kind)
    other.withdraw("A court has ordered it.", is_legal_takedown=True)
    gone.withdraw("There was no snow.")
    back.withdraw("It was wrong.")
    back.publish()
    Notice.objects.tell_of_changes()
    for day in (-30, 0, 1):
        Notice.objects.tell_of_ends(licence.ends_on + timedelta(days=day))
    price = again.renewal(RateCard.objects.current()).as_shown
    LicenceOrder.objects.renew(again, Shown(price, LicenceTerms.objects.current().version))
    for each in (licence, secret):
        each.revoke("It was printed without its byline.")


WAYS = {
    order_whatever_can_be_ordered: {"account_release", "order_desk", "order_licensed", "order_links", "order_received"},
    decide: {"order_approved", "order_cancelled", "order_declined", "order_licensed", "order_links", "order_offered", "order_payment"},
    cancel: {"order_cancelled", "order_licensed", "order_refunded"},
    settle: {"account_release", "order_licensed", "order_payment"},
    live_on: {"licence_changed", "licence_ending", "licence_revoked", "order_desk", "order_licensed", "order_received"},
}


@pytest.mark.parametrize("cause", WAYS, ids=lambda cause: cause.__name__)
def test_translator_reaches_every_word_of_mails(rendered, settings, cause):
    cause(settings)

    assert words_left() == []
    assert {name for name in rendered if name.startswith("mail/") and name.removeprefix("mail/")[0] != "_"} == mails_of(*WAYS[cause]) | {
        "mail/base.txt",
        "mail/base.html",
    }


def test_every_mail_is_among_them():
    there = {path.name.removesuffix(".subject.txt") for path in FOLDER.glob("*.subject.txt")}

    assert {name for name in there if not name.startswith("newsletter_")} == set.union(*WAYS.values())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[!n]*")), ids=lambda path: path.name)
def test_template_of_a_mail_has_no_word_of_its_own(path):
    """Also in a way that none of these mails goes."""
    bare = BLOCKS.sub(" ", path.read_text())

    assert [text for text in (texts_of(bare) if path.suffix == ".html" else [bare]) if re.search(r"\w", text)] == []
