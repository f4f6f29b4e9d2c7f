"""What the desk's lists say of orders, worked out by the database: their money, and what they are for."""

from decimal import Decimal

from django.db.models import Case, Count, DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

from licensing.models import LicenceOrder, OrderedStory, Payment, Refund, State

NOTHING_DUE = (State.DRAFT, State.REQUESTED, State.OFFERED, State.DECLINED)
NOTHING = Value(Decimal(0), output_field=DecimalField(max_digits=14, decimal_places=2))


def with_balance(orders: QuerySet[LicenceOrder]) -> QuerySet[LicenceOrder]:
    """Add `balance`: what came in, less what went back and what is due. Below nothing it is owed, above it has to go back."""
    fee = Case(When(cancelled_at=None, then=F("fee")), default=F("kept"))
    due = Case(When(state__in=NOTHING_DUE, then=NOTHING), default=_sum(OrderedStory, fee))
    return orders.annotate(balance=_sum(Payment, F("amount")) - _sum(Refund, F("amount")) - due)


def with_stories(orders: QuerySet[LicenceOrder]) -> QuerySet[LicenceOrder]:
    """Add `first_story`, a headline, and `story_count`."""
    stories = OrderedStory.objects.filter(order=OuterRef("pk"))
    count = stories.order_by().values("order").annotate(count=Count("pk")).values("count")
    return orders.annotate(first_story=Subquery(stories.values("article__headline")[:1]), story_count=Subquery(count))


def in_a_line(order: LicenceOrder) -> str:
    """Return what an order `with_stories` is for: its first story, and how many more."""
    more = (order.story_count or 0) - 1
    return f"{order.first_story} and {more} more" if more > 0 else order.first_story or "–"


def outstanding_of(account: OuterRef) -> Subquery:
    """Return what a licensee owes for what it took on account (Licensee.outstanding), for a list of them."""
    orders = with_balance(LicenceOrder.objects.on_account().filter(account=account))
    owed = orders.order_by().values("account").annotate(owed=Sum(Greatest(-F("balance"), NOTHING))).values("owed")
    return Coalesce(Subquery(owed), NOTHING)


def _sum(model, amount) -> Coalesce:
    rows = model.objects.filter(order=OuterRef("pk")).order_by().values("order")
    return Coalesce(Subquery(rows.annotate(sum=Sum(amount)).values("sum")), NOTHING)
