"""Builders of rate cards, terms and orders, and the order form as a browser fills it in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from secrets import token_hex

from django.db import connection
from django.utils import timezone

from articles.models import Article, Image
from articles.terms import Syndication
from articles.tests.build import make_article, make_figure, make_image, make_source, make_user
from licensing.models import Buyer, Grant, Licence, LicenceOrder, LicenceTerms, Notice, Rate, RateCard, State
from licensing.quotes import Choice, make_quote
from licensing.rights import pictures_of

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
QUESTIONS = ("medium", "portion", "territory", "translation", "term", "audience", "discount")
IN_FORCE_SINCE = date(2020, 1, 1)
TERMS = "<p>Print the byline, and change nothing.</p>"
RATES = {
    "MEDIUM": [("print", "A newspaper, in print", {"fee": "120.00"}), ("web", "A website or app", {"fee": "90.00"})],
    "TERRITORY": [("country", "Your own country", {"percent": "0"}), ("world", "The whole world", {"percent": "90"})],
    "TERM": [
        ("year", "One year", {"percent": "0", "months": 12}),
        ("month", "One month", {"percent": "-30", "months": 1}),
        ("ever", "Without end", {"percent": "150"}),
    ],
    "AUDIENCE": [("small", "Up to 5,000 readers", {"percent": "0"}), ("medium", "Up to 50,000 readers", {"percent": "25"})],
}
WHO = {
    "name": "Maud Ferrier",
    "organisation": "Hill Farming Monthly",
    "email": "maud@hill-farming.example",
    "country": "FR",
    "billing_address": "Hill Farming Monthly\n4 Drovers Yard\nHexham",
    "order_number": "HFM-2211",
}


def make_card(rates=RATES, in_force_from=IN_FORCE_SINCE, picture_fee="35.00", **fields) -> RateCard:
    card = RateCard.objects.create(in_force_from=in_force_from, picture_fee=Decimal(picture_fee), **fields)
    for question, answers in rates.items():
        for position, (key, name, cost) in enumerate(answers, start=1):
            cost = cost | {what: Decimal(cost[what]) for what in ("fee", "percent") if what in cost}
            Rate.objects.create(card=card, question=question, position=position, key=key, name=name, **cost)
    return RateCard.objects.get(pk=card.pk)


def make_terms(text=TERMS, in_force_from=IN_FORCE_SINCE) -> LicenceTerms:
    return LicenceTerms.objects.create(text=text, in_force_from=in_force_from)


def make_story(terms=Syndication.FOR_SALE, pictures=(), **fields) -> Article:
    """Return a story in print with these terms and a picture for each of the terms in `pictures`; None is an unknown source."""
    source = fields.pop("source", None) or (terms and make_source(f"The {terms.label}"[:60], syndication=terms, rights_contact="The editor"))
    if terms == Syndication.FOR_SALE and not source.is_ours and not source.grants.exists():
        make_grant(source=source)
    story = make_article(source=source, **({"headline": "The shepherd’s rain gauge"} | fields))
    for number, syndication in enumerate(pictures, start=1):
        make_figure(story, image=make_picture(f"The gauge, seen from gate {number}", syndication))
    story.publish()
    return story


def make_grant(holder="The holder", **fields) -> Grant:
    """Return what a holder lets us do with a source, an article or an image: everything, unless told."""
    grant = Grant(holder=holder, **fields)
    grant.full_clean()
    grant.save()
    return grant


def make_picture(alt_text="The gauge", syndication=Syndication.FOR_SALE) -> Image:
    return make_image(alt_text, width=64, height=48, syndication=syndication)


def choose(
    card: RateCard, medium="print", territory="country", term="year", audience="small", country=WHO["country"], pictures=(), **others
) -> Choice:
    """Return these answers of a card; pictures are Images, or True for all of the story's (make_order)."""
    keys = {"medium": medium, "territory": territory, "term": term, "audience": audience} | others
    answers = {question: card.rates.get(question=question.upper(), key=key) for question, key in keys.items()}
    return Choice(**answers, country=country, pictures=frozenset(image.short_id for image in pictures))


def make_order(state=State.ACCEPTED, *stories: Article, story=None, card=None, terms=None, choice=(), **who) -> LicenceOrder:
    """Return an order that came to its state by the verbs; `choice` are answers of the card, with pictures=True for every picture.

    Nobody was told of its coming.
    """
    card = card or RateCard.objects.current() or make_card()
    terms = terms or LicenceTerms.objects.current() or make_terms()
    stories = (
        stories
        or (story and (story,))
        or (make_story(Syndication.ON_REQUEST if state in {State.REQUESTED, State.OFFERED} else Syndication.FOR_SALE),)
    )
    quotes = [make_quote(card, story, _choice(card, story, dict(choice))) for story in stories]
    order = LicenceOrder.objects.record(quotes[0], token_hex(32))
    for quote in quotes[1:]:
        order.stories.add_quote(quote)
    order.total = sum(quote.total for quote in quotes)
    if state == State.DRAFT:
        order.save()
        return order
    order.name_buyer(Buyer(**WHO | who), terms)
    needs_desk = any(quote.asks for quote in quotes)
    order.move(State.REQUESTED if needs_desk else State.ACCEPTED, "Ordered.", pay_by=order.first_pay_by())
    _bring(order, state)
    assert order.state == state, f"An order of these stories is {order.state}."
    return order


def _choice(card: RateCard, story: Article, answers: dict) -> Choice:
    if answers.get("pictures") is True:
        answers["pictures"] = pictures_of(story)
    return choose(card, **answers)


def _bring(order: LicenceOrder, state: str) -> None:
    """Bring an order that was just placed to a state, by the desk's and the buyer's own verbs."""
    if state in {State.ACCEPTED, State.PAID} and order.state == State.REQUESTED:
        order.approve()
    if state == State.OFFERED:
        order.offer({story.pk: Decimal("80.00") for story in order.live}, "Two photographers have to be paid.", timezone.localdate())
    if state == State.DECLINED:
        order.decline("The photographer has died, and we know of no heir.")
    if state == State.CANCELLED:
        order.cancel()
    if state == State.PAID:
        pay(order)


def make_licence(*stories: Article, **options) -> Licence:
    """Return the licence of a paid order for a story."""
    return make_order(State.PAID, *stories, **options).licences.get()


def make_notice(licence: Licence, kind=Notice.Kind.CORRECTED, **fields) -> Notice:
    return Notice.objects.create(licence=licence, kind=kind, **fields)


def pay(order: LicenceOrder, amount=None, on=None, by=None, paid_before=None):
    """Record a payment of what is owed, on today's statement, by a clerk who has just looked."""
    clerk = by or make_user(f"clerk-{token_hex(4)}")
    before = order.paid if paid_before is None else paid_before
    return order.record_payment(order.owed if amount is None else Decimal(amount), on or timezone.localdate(), before, by=clerk)


def set_back(order: LicenceOrder, **ago) -> None:
    """Let an order have been placed so long ago: days=3."""
    LicenceOrder.objects.filter(pk=order.pk).update(created_at=timezone.now() - timedelta(**ago))


@contextmanager
def unkept() -> Iterator[None]:
    """Let rows be changed that the database keeps as they are, so that a test can set them in another time."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


def change_licences(**fields) -> None:
    """Let all licences have other days than they were issued with."""
    with unkept():
        Licence.objects.update(**fields)


def republish_url(story: Article) -> str:
    return f"/republish/{story.short_id}/"


class _Form(HTMLParser):
    """What a browser would send from the first form that is posted."""

    def __init__(self):
        super().__init__()
        self.data, self.is_inside, self.name = {}, False, ""

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self.is_inside = found.get("method") == "post" and "newsletter" not in found["action"]
        elif self.is_inside and tag == "input":
            if found.get("type") == "checkbox" and "value" in found:
                self.data.setdefault(found["name"], [])
                self.data[found["name"]] += [found["value"]] if "checked" in found else []
            elif found.get("type") not in {"radio", "checkbox"} or "checked" in found:
                self.data[found["name"]] = found.get("value", "on" if found.get("type") == "checkbox" else "")
        elif self.is_inside and tag in {"select", "textarea"}:
            self.name = found["name"]
            self.data[self.name] = ""
        elif self.is_inside and tag == "option" and "selected" in found:
            self.data[self.name] = found["value"]

    def handle_data(self, text):
        if self.name and self.lasttag == "textarea":
            self.data[self.name] += text.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag in {"select", "textarea"}:
            self.name = ""
        if tag == "form":
            self.is_inside = False


def fields_of(response) -> dict[str, str | list[str]]:
    """Return what a browser would send were nothing touched in the form of a page; checkboxes of one name are a list."""
    form = _Form()
    form.feed(response.content.decode())
    return form.data


def total_in(data: dict) -> str:
    """Return the price that a form says its reader saw; a digest of the quote's lines follows it."""
    return data["price_shown"].partition("-")[0]


def filled_in(client, story: Article, **changes) -> dict[str, str | list[str]]:
    """Return what a browser would send, were the form opened and filled in; the price is looked at again for what is changed."""
    typed = fields_of(client.get(republish_url(story))) | WHO | {"accepts_terms": "on"}
    choice = {name: changes[name] for name in (*QUESTIONS, "where", "country", "pictures") if name in changes}
    if choice:
        shown = client.get(f"{republish_url(story)}price/", typed | choice).content.decode()
        typed["price_shown"] = shown.rpartition('name="price_shown" value="')[2].partition('"')[0]
    return typed | changes


def post(client, story: Article, data: dict):
    return client.post(republish_url(story), data, headers=FROM_HERE)


def send(client, story: Article, **changes):
    """Fill the form in and send it."""
    return post(client, story, filled_in(client, story, **changes))


def submit(client, address: str, data: dict | None = None):
    """Press a button of one of our own pages."""
    return client.post(address, data or {}, headers=FROM_HERE)


def complaints(response) -> list[str]:
    """Return what the page says is wrong with the form, in the order in which it says so."""
    form = response.context["form"]
    return [str(error) for errors in form.errors.values() for error in errors]


def days_ago(number: int) -> date:
    return timezone.localdate() - timedelta(days=number)
