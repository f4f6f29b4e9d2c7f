"""The move from orders of one story to orders of several: an archive of the old shape comes through it whole."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_article, make_figure, make_source, make_user
from licensing.models import Grant, Licence, LicenceOrder, OrderedStory, RateCard
from licensing.rights import resolve
from licensing.tests.build import make_picture

pytestmark = pytest.mark.django_db(transaction=True)
EARLIER = [("licensing", "0001_initial")]
ORDERED_AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
DECIDED_AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
RATES = [
    ("MEDIUM", "print", "A newspaper, in print", {"fee": 120}),
    ("MEDIUM", "school", "A school or university", {"fee": 25}),
    ("TERRITORY", "country", "Your own country", {"percent": 0}),
    ("TERRITORY", "europe", "Europe", {"percent": 40}),
    ("TERRITORY", "nordic", "The North", {"percent": 20}),
    ("TERRITORY", "world", "The whole world", {"percent": 90}),
    ("TERM", "year", "One year", {"percent": 0, "months": 12}),
    ("TERM", "ever", "Without end", {"percent": 150}),
    ("AUDIENCE", "small", "Up to 5,000 readers", {"percent": 0}),
]
PLAIN = [("A newspaper, in print", "120.00", None, False), ("France", "0.00", None, False)]


@pytest.fixture
def old():
    """Return the models of before, with empty tables; what a test leaves in them is moved on at its end."""
    executor = MigrationExecutor(connection)
    executor.migrate(EARLIER)
    yield executor.loader.project_state(EARLIER).apps
    migrate()


def migrate() -> None:
    """Come to the newest tables, as an update of the archive does: of every app, since what builds on these tables went back with them."""
    call_command("migrate", verbosity=0)


class OldArchive:
    """Rows as the tables of before held them."""

    def __init__(self, apps):
        self.apps = apps
        self.card = self.get("RateCard").create(version=1, in_force_from=date(2026, 1, 1), currency="EUR", picture_fee=35)
        for position, (question, key, name, cost) in enumerate(RATES, start=1):
            self.get("Rate").create(card=self.card, question=question, key=key, name=name, position=position, **cost)

    def get(self, name: str):
        return self.apps.get_model("licensing", name).objects

    def order(self, reference: str, state: str, article: Article, lines: list[tuple], **fields):
        """Return an order with lines of (reason, amount, image, whether it is left out)."""
        fields = {
            "medium": "A newspaper, in print", "territory": "France", "term": "One year", "months": 12, "audience": "Up to 5,000 readers",
            "with_pictures": any(image for _, _, image, _ in lines), "decision_reason": "",
        } | fields  # fmt: skip
        order = self.get("LicenceOrder").create(
            reference=reference, secret=secret_of(reference), fingerprint=f"form-{reference}", wish=f"wish-{reference}", state=state,
            article_id=article.pk, card=self.card, created_at=ORDERED_AT, name="Maud Ferrier", organisation="Hill Farming Monthly", country="FR",
            email="maud@hill-farming.example", billing_address="4 Drovers Yard\nHexham", order_number="HFM-2211", currency="EUR",
            total=sum(Decimal(amount) for _, amount, _, _ in lines), terms_version=1, terms_text="<p>Print the byline.</p>", **fields,
        )  # fmt: skip
        for position, (reason, amount, image, is_left_out) in enumerate(lines, start=1):
            order.lines.create(position=position, reason=reason, amount=Decimal(amount), image_id=image and image.pk, is_left_out=is_left_out)
        return order

    def licence(self, order, reference: str):
        return self.get("Licence").create(
            reference=reference, order=order, article_id=order.article_id, revision_id=Article.objects.get(pk=order.article_id).revisions.last().pk,
            issued_at=DECIDED_AT, organisation=order.organisation, country=order.country, medium=order.medium, territory=order.territory,
            term=order.term, audience=order.audience, starts_on=date(2026, 3, 4), ends_on=date(2027, 3, 3), fee=order.total, currency="EUR",
        )  # fmt: skip


def secret_of(reference: str) -> str:
    return f"the-secret-part-of-the-address-of-{reference}"


def lines_of(story: OrderedStory) -> list[tuple]:
    return [(line.position, line.reason, line.amount, line.image_id, line.is_left_out) for line in story.lines.all()]


@pytest.mark.slow
def test_orders_of_every_state_come_through_with_their_lines_money_and_licences(old, client):
    article = make_article(headline="The shepherd’s rain gauge", source=make_source("The Halyard", is_ours=True, syndication=Syndication.FOR_SALE))
    gauge, wire = make_picture("The gauge"), make_picture("The hill", Syndication.NONE)
    make_figure(article, image=gauge)
    make_figure(article, image=wire)
    article.publish()
    desk, archive = make_user("desk"), OldArchive(old)
    pictures = [("Picture: The gauge", "35.00", gauge, False), ("Left out, not ours to sell: The hill", "0", wire, True)]
    archive.order("AAAA-AAAA", "REQUESTED", article, PLAIN)
    accepted = archive.order("BBBB-BBBB", "ACCEPTED", article, PLAIN, decided_at=DECIDED_AT, decided_by_id=desk.pk)
    declined = archive.order("CCCC-CCCC", "DECLINED", article, PLAIN, decision_reason="We know of no heir.", decided_at=DECIDED_AT)
    paid = archive.order("DDDD-DDDD", "PAID", article, PLAIN + pictures)
    for order, amount in ((accepted, "20.00"), (declined, "120.00"), (paid, "100.00"), (paid, "55.00")):
        order.payments.create(amount=Decimal(amount), received_on=date(2026, 3, 3), recorded_by_id=desk.pk)
    archive.licence(paid, "K7M4-2QX3")

    migrate()

    orders = {order.reference: order for order in LicenceOrder.objects.with_stories()}
    seen = [(key, order.state, order.total, order.paid, order.owed, order.surplus) for key, order in sorted(orders.items())]
    assert seen == [
        ("AAAA-AAAA", "REQUESTED", 120, 0, 0, 0),
        ("BBBB-BBBB", "ACCEPTED", 120, 20, 100, 0),
        ("CCCC-CCCC", "DECLINED", 120, 120, 0, 0),  # what came in had to be sent back before
        ("DDDD-DDDD", "PAID", 155, 155, 0, 0),
    ]
    stories = [story for _, order in sorted(orders.items()) for story in order.stories.all()]
    assert [(story.article, story.fee, story.countries, story.months) for story in stories] == [
        (article, 120, ["FR"], 12), (article, 120, ["FR"], 12), (article, 120, ["FR"], 12), (article, 155, ["FR"], 12)
    ]  # fmt: skip
    assert stories[0].keys == {"medium": "print", "territory": "country", "term": "year", "audience": "small", "country": "FR"}
    assert lines_of(stories[3]) == [
        (1, "A newspaper, in print", Decimal("120.00"), None, False),
        (2, "France", Decimal("0.00"), None, False),
        (3, "Picture: The gauge", Decimal("35.00"), gauge.pk, False),
        (4, "Left out, not ours to sell: The hill", Decimal("0.00"), wire.pk, True),
    ]
    assert (stories[3].picture_ids, stories[3].pictures) == ([gauge.short_id], [gauge])
    assert [(order.decided_by, order.decided_at) for order in (orders["BBBB-BBBB"],)] == [(desk, DECIDED_AT)]
    assert [refund.amount for refund in orders["CCCC-CCCC"].refunds.all()] == [120]
    assert len({order.release_secret for order in orders.values()}) == 4

    licence = Licence.objects.get()
    assert (licence.order, licence.story, licence.fee) == (orders["DDDD-DDDD"], stories[3], 155)
    assert [(picture["short_id"], len(picture["sha256"])) for picture in licence.pictures] == [(gauge.short_id, 64)]
    page = client.get("/licence/K7M4-2QX3/")
    assert (page.status_code, "Hill Farming Monthly" in page.content.decode()) == (200, True)
    assert [client.get(f"/orders/{secret_of(reference)}/").status_code for reference in orders] == [200] * 4


@pytest.mark.slow
def test_moved_orders_go_on_like_new_ones(old):
    article = make_article(source=make_source("The Halyard", is_ours=True, syndication=Syndication.FOR_SALE), publish=True)
    archive = OldArchive(old)
    archive.order("BBBB-BBBB", "ACCEPTED", article, PLAIN)
    archive.order("AAAA-AAAA", "REQUESTED", article, PLAIN)
    archive.licence(archive.order("DDDD-DDDD", "PAID", article, PLAIN), "K7M4-2QX3")
    migrate()

    accepted, requested = LicenceOrder.objects.get(reference="BBBB-BBBB"), LicenceOrder.objects.get(reference="AAAA-AAAA")
    accepted.record_payment(Decimal("120.00"), timezone.localdate(), Decimal(0))
    requested.approve()
    earlier = Licence.objects.get(reference="K7M4-2QX3")
    earlier.sign()

    licence = accepted.licences.get()
    assert (accepted.state, licence.fee, licence.jws.count(".")) == ("PAID", 120, 2)
    assert (requested.state, requested.owed) == ("ACCEPTED", 120)
    assert (earlier.jws.count("."), earlier.renewal(RateCard.objects.get()).total) == (2, 120)


@pytest.mark.slow
def test_what_meant_something_else_before_is_put_right(old):
    source = make_source("Skagen Avis", syndication=Syndication.FOR_SALE, rights_contact="redaktion@skagen.example")
    article = make_article(source=source, publish=True)
    make_source("Corrany Press", syndication=Syndication.ON_REQUEST)
    make_source("The Halyard", is_ours=True, syndication=Syndication.FOR_SALE)
    archive = OldArchive(old)
    archive.get("Rate").create(card=archive.card, question="AUDIENCE", key="education", name="A classroom", percent=0)
    other = archive.get("RateCard").create(version=2, currency="EUR", picture_fee=35)
    for key in ("school", "education"):
        archive.get("Rate").create(card=other, question="MEDIUM", key=key, name=key, fee=40)
    for number, territory in enumerate(["France", "Europe", "The North", "The whole world"], start=1):
        archive.order(f"AAAA-AAA{number}", "ACCEPTED", article, PLAIN, territory=territory, medium="A school or university")

    migrate()

    card, other = RateCard.objects.order_by("version")
    media = [list(each.rates.filter(question="MEDIUM").values_list("key", flat=True)) for each in (card, other)]
    assert media == [["print", "education"], ["school", "education"]]  # a card that has both keeps both
    europe, north = card.rates.get(key="europe"), card.rates.get(key="nordic")
    assert (len(europe.countries), europe.desk, north.countries, north.desk) == (32, "", [], "APPROVES")
    stories = OrderedStory.objects.order_by("order__reference")
    assert [(story.medium_key, story.keys["territory"], story.countries) for story in stories] == [
        ("education", "country", ["FR"]),
        ("education", "europe", europe.countries),
        ("education", "nordic", ["FR"]),  # nobody has listed its countries, and no country at all would mean the whole world
        ("education", "world", []),
    ]
    assert list(Grant.objects.values_list("source", "holder", "contact", "may_sublicense", "media", "countries", "ends_on")) == [
        (source.pk, "Skagen Avis", "redaktion@skagen.example", "YES", [], [], None)
    ]
    assert resolve(article).text.terms == Syndication.FOR_SALE
