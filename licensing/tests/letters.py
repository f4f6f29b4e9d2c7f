"""Reading the mails of the rights desk as their receivers do: both halves of each."""

import re
from html import unescape

from licensing.models import Buyer, LicenceOrder, LicenceTerms, Shown, State
from licensing.tests.build import WHO, make_order
from mail.models import Message

BUYER, DESK = "maud@hill-farming.example", "rights@localhost"
SITE = "http://localhost:8000"
BANK = "The Halyard\nGB29 NWBK 6016 1331 9268 19"
NASTY = "The photographer's heirs & we say <b>no</b>."


def place(*stories, choice=(), **who) -> LicenceOrder:
    """Order stories by the verb that tells buyer and desk."""
    order = make_order(State.DRAFT, *stories, choice=choice)
    order.place(Buyer(**WHO | who), Shown(order.as_shown, LicenceTerms.objects.current().version))
    return order


def letters(to: str = BUYER) -> list[Message]:
    """Return the mails to an address, the oldest first."""
    return list(Message.objects.filter(to=to).order_by("pk"))


def letter(to: str = BUYER) -> Message:
    """Return the newest mail to an address."""
    return letters(to)[-1]


def words(message: Message) -> str:
    """Return the plain half, its white space made single."""
    return " ".join(message.text.split())


def shown(message: Message) -> str:
    """Return the HTML half as it is read, with the address of each link in front of its words."""
    body = message.html.partition("<body>")[2]
    linked = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>', r" \1 ", body)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:strong|a)>", "", linked))).split())


def missing(message: Message, *facts: str) -> list[tuple[str, str]]:
    """Return the facts that one of the two halves does not state."""
    halves = {"text": words(message), "html": shown(message)}
    return [(half, fact) for half, read in halves.items() for fact in facts if fact not in read]


def leaks(*secrets: str) -> list[tuple[str, str]]:
    """Return what of these stands in any mail, and in which."""
    read = [(message.subject, message.subject + message.text + message.html) for message in Message.objects.all()]
    return [(subject, secret) for subject, text in read for secret in secrets if secret in text]
