"""What the database itself refuses to change or to forget, whoever asks it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from articles.models import Revision
from licensing.models import (
    Delivery,
    Licence,
    LicenceOrder,
    Licensee,
    OrderedStory,
    OrderEvent,
    Package,
    Payment,
    PublicKey,
    QuoteLine,
    Refund,
)  # fmt: skip
from licensing.tests.build import make_card, make_licence, make_order, make_terms, pay, unkept
from licensing.tests.verbs import two_stories

pytestmark = pytest.mark.django_db
NEVER_CHANGED = {OrderEvent: "words", Payment: "amount", Refund: "amount", Delivery: "way"}
NEVER_DELETED = [*NEVER_CHANGED, Licence, Package, PublicKey]


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


@pytest.fixture
def order():
    """An order with a row of everything."""
    order = make_order("ACCEPTED")
    pay(order, "150.00")
    order.record_refund(Decimal("10.00"), timezone.localdate(), "It was too much.")
    Package.objects.make(order.licences.get()).deliver(Delivery.Way.ORDER)
    return order


def refused(statement: str, *values) -> str:
    """Return what the database says to a statement that it refuses."""
    with pytest.raises(IntegrityError) as problem, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(problem.value).partition("\n")[0]


def rows(model) -> list[dict]:
    return list(model.objects.order_by("pk").values())


@pytest.mark.parametrize(("model", "column"), NEVER_CHANGED.items())
def test_log_money_and_deliveries_cannot_be_changed(order, model, column):
    before = rows(model)

    words = refused(f"UPDATE {model._meta.db_table} SET {column} = {column}")  # noqa: S608

    assert (words, rows(model), len(before) > 0) == (f"Rows of {model._meta.db_table} are kept as they are.", before, True)


@pytest.mark.parametrize("model", NEVER_DELETED)
def test_what_was_sold_and_what_was_paid_cannot_be_deleted(order, model):
    before = rows(model)

    words = refused(f"DELETE FROM {model._meta.db_table} WHERE id = (SELECT max(id) FROM {model._meta.db_table})")  # noqa: S608

    assert (words, rows(model), len(before) > 0) == (f"Rows of {model._meta.db_table} are kept as they are.", before, True)


@pytest.mark.parametrize("state", ["REQUESTED", "OFFERED", "ACCEPTED", "PAID", "DECLINED", "CANCELLED"])
def test_order_that_was_placed_cannot_be_deleted(state):
    order = make_order(state)

    words = refused("DELETE FROM licensing_licenceorder WHERE id = %s", order.pk)

    assert (words, LicenceOrder.objects.count()) == ("Rows of licensing_licenceorder are kept as they are.", 1)


def test_draft_can_be_deleted():
    order = make_order("DRAFT", *two_stories())

    order.stories.all().delete()
    order.delete()

    assert [model.objects.count() for model in (LicenceOrder, OrderedStory, QuoteLine)] == [0, 0, 0]


KEPT_AS_ORDERED = {
    OrderedStory: ["medium = 'Print'", "picture_ids = '{aaa2222}'", "months = 1200", "fee = 0, kept = 0"],
    QuoteLine: ["amount = 0", "reason = 'Nothing'"],
}


@pytest.mark.parametrize(("model", "change"), [(model, change) for model, changes in KEPT_AS_ORDERED.items() for change in changes])
def test_what_was_ordered_and_its_price_cannot_be_changed(order, model, change):
    before = rows(model)

    words = refused(f"UPDATE {model._meta.db_table} SET {change}")  # noqa: S608

    assert (words, rows(model), len(before) > 0) == (f"What was ordered is kept as it was ordered ({model._meta.db_table}).", before, True)


def test_lines_of_what_was_ordered_cannot_be_deleted(order):
    for model in (QuoteLine, OrderedStory):
        assert refused(f"DELETE FROM {model._meta.db_table}").startswith("What was ordered is kept")  # noqa: S608


@pytest.mark.parametrize("state", ["REQUESTED", "OFFERED"])
def test_price_of_a_request_can_be_named_and_its_lines_stay(state):
    story = make_order(state).stories.get()

    OrderedStory.objects.filter(pk=story.pk).update(fee=Decimal("99.00"))

    assert OrderedStory.objects.get().fee == Decimal("99.00")
    assert refused("UPDATE licensing_quoteline SET amount = 0").startswith("What was ordered is kept")
    assert refused("UPDATE licensing_orderedstory SET months = 1200").startswith("What was ordered is kept")


# --- What the database checks of each row


def broken(change) -> str:
    """Return the name of the constraint that a change breaks."""
    with pytest.raises(IntegrityError) as problem, transaction.atomic():
        change()
    return problem.value.__cause__.diag.constraint_name


def test_order_is_never_without_what_its_state_needs():
    order = make_order("ACCEPTED")

    def become(**fields):
        return lambda: LicenceOrder.objects.filter(pk=order.pk).update(**fields)

    assert broken(become(state="SOLD")) == "order_state"
    assert broken(become(total=Decimal("-0.01"))) == "order_total_not_negative"
    assert broken(become(state="DECLINED")) == "order_declined_with_reason"
    assert broken(become(email="")) == "order_placed_by_somebody"
    assert broken(become(terms_version=None)) == "order_placed_by_somebody"
    assert broken(become(state="CREDITED")) == "order_credited_has_account"


def test_story_keeps_no_more_than_its_fee_and_is_in_an_order_once():
    order = make_order("DRAFT", *two_stories())
    first, second = order.stories.all()
    rows = OrderedStory.objects.filter(pk=first.pk)

    assert broken(lambda: rows.update(kept=first.fee + 1)) == "ordered_story_keeps_within_fee"
    assert broken(lambda: rows.update(kept=-1)) == "ordered_story_keeps_within_fee"
    assert broken(lambda: rows.update(fee=-1)) in {"ordered_story_fee_not_negative", "ordered_story_keeps_within_fee"}
    assert broken(lambda: rows.update(article=second.article)) == "ordered_story_once"


def test_licence_is_revoked_with_a_reason_and_ends_after_it_starts():
    licence = make_licence()
    rows = Licence.objects.filter(pk=licence.pk)

    assert broken(lambda: rows.update(revoked_at=timezone.now())) == "licence_revoked_with_reason"
    with unkept():
        assert broken(lambda: rows.update(ends_on=licence.starts_on - timedelta(days=1))) == "licence_ends_after_it_starts"


@pytest.mark.parametrize("change", ["fee = 0", "jws = 'eyJ'", "ends_on = ends_on + 365", "organisation = 'Another'", "pictures = '[1]'"])
def test_what_was_licensed_cannot_be_changed(change):
    make_licence()
    before = rows(Licence)

    assert refused(f"UPDATE licensing_licence SET {change}") == "What was licensed is kept as it was licensed."  # noqa: S608
    assert rows(Licence) == before


def test_licence_is_revoked_once_and_for_ever():
    licence = make_licence()
    licence.revoke("It was printed with another byline.")

    assert refused("UPDATE licensing_licence SET revoked_at = NULL, revocation_reason = ''") == "What was licensed is kept as it was licensed."
    assert Licence.objects.get().revoked_at


def test_revision_that_a_licence_is_bound_to_is_kept_and_others_are_not_ours_to_keep():
    licence = make_licence()
    other = licence.article.correct("Eleven, not seven.") and licence.article.revisions.last()

    assert refused("UPDATE articles_revision SET sha256 = 'x' WHERE id = %s", licence.revision_id) == "A licence is bound to this revision."
    assert refused("DELETE FROM articles_revision WHERE id = %s", licence.revision_id) == "A licence is bound to this revision."
    assert Revision.objects.filter(pk=other.pk).update(sha256="x") == 1


def test_order_that_was_placed_is_never_a_draft_again_and_a_public_key_never_another():
    make_licence()

    assert refused("UPDATE licensing_licenceorder SET state = 'DRAFT'").startswith("Rows of licensing_licenceorder are kept")
    assert refused("UPDATE licensing_publickey SET jwk = '{}'").startswith("Rows of licensing_publickey are kept")


def test_no_money_moves_backwards():
    order = make_order()
    moved = {"amount": Decimal(0), "key": "the-form-of-one-morning"}

    assert broken(lambda: order.payments.create(received_on=timezone.localdate(), **moved)) == "payment_positive"
    assert broken(lambda: order.refunds.create(sent_on=timezone.localdate(), reason="None.", **moved)) == "refund_positive"


def test_two_licensees_do_not_share_an_address():
    Licensee.objects.create(organisation="The Farming Group", email="accounts@group.example")

    assert broken(lambda: Licensee.objects.create(organisation="Another", email="Accounts@Group.example")) == "licensee_email_unique"
    assert broken(lambda: Licensee.objects.update(credit_limit=-1)) == "licensee_limit_not_negative"
