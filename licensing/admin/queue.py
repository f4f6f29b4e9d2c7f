"""What waits for the rights desk, and for how long."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from licensing.models import Licence, LicenceOrder, Notice, OrderedStory, OrderEvent, State
from licensing.money import in_words

from .sums import in_a_line, with_balance, with_stories

OF_LICENCES = {"silent", "ending"}
MOST = 50  # rows of each list
ENDING_WITHIN = 30  # days
SILENT_FOR = 2  # working days


@dataclass(frozen=True)
class Row:
    """One thing that waits: where it is decided, whose it is, what it is about, and for how long."""

    link: str
    reference: str
    organisation: str
    about: str
    what: str  # more on it: an amount, a day, a reason
    waits: str


@dataclass(frozen=True)
class Waiting:
    """Things of one kind that wait, the oldest first."""

    key: str
    title: str
    nothing: str
    rows: list[Row]
    count: int

    @property
    def left_off(self) -> int:
        return self.count - len(self.rows)


def queue(now: datetime | None = None) -> list[Waiting]:
    """Return all that waits, in two queries a kind, however much it is."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    orders = with_stories(with_balance(LicenceOrder.objects.placed())).order_by("waits_since", "pk")
    open_price = Exists(OrderedStory.objects.filter(order=OuterRef("pk"), is_open=True, cancelled_at=None))
    last = OrderEvent.objects.filter(order=OuterRef("pk")).order_by("-pk")
    touched = orders.annotate(last_word=Subquery(last.values("words")[:1]), last_at=Subquery(last.values("at")[:1])).order_by("last_at", "pk")
    unpaid = orders.filter(state__in=[State.ACCEPTED, State.CREDITED, State.CANCELLED], balance__lt=0)  # of a cancelled one, what is kept
    return [
        _waiting(
            "decide", "To decide", "No order waits for a decision.",
            orders.filter(state=State.REQUESTED).annotate(has_open_price=open_price), _order(now, _total),
        ),
        _waiting(
            "stuck", "Paid, but not licensed", "Every order that is paid is licensed.",
            touched.filter(state=State.ACCEPTED, balance__gte=0), _order(now, _why_stuck, _since_touched(now)),
        ),
        _waiting(
            "surplus", "Money to send back", "Nothing has to go back.",
            touched.filter(balance__gt=0), _order(now, _to_go_back, _since_touched(now)),
        ),
        _waiting(
            "overdue", "Payments overdue", "No payment is overdue.",
            unpaid.filter(pay_by__lt=today).order_by("pay_by", "pk"), _order(now, _owed, lambda order: _ago(order.pay_by, today)),
        ),
        _waiting("offers", "Offers that wait for their buyer", "No offer is open.", orders.filter(state=State.OFFERED), _order(now, _offered)),
        _waiting(
            "silent", "Changes not acknowledged for two working days", "No change has waited for an answer as long as that.",
            _unanswered(now), lambda row: _told(row, now),
        ),
        _waiting(
            "ending", f"Licences that end within {ENDING_WITHIN} days", "No licence ends soon.",
            _ending(today), lambda licence: _ends(licence, today),
        ),
    ]  # fmt: skip


def queue_page(request: HttpRequest, context: dict) -> HttpResponse:
    waiting = [each for each in queue() if each.key not in OF_LICENCES or request.user.has_perm("licensing.view_licence")]
    return TemplateResponse(request, "admin/licensing/queue.html", context | {"title": "Rights desk", "waiting": waiting})


def working_days_before(day: date, days: int) -> date:
    """Return the day so many working days (Monday to Friday) earlier."""
    while days:
        day -= timedelta(days=1)
        days -= day.weekday() < 5
    return day


# --- What waits


def _unanswered(now: datetime) -> QuerySet[Notice]:
    """Corrections and withdrawals that were told more than two working days ago, of licences that still stand."""
    local = timezone.localtime(now)
    before = datetime.combine(working_days_before(local.date(), SILENT_FOR), local.timetz())
    notices = Notice.objects.filter(kind__in=[Notice.Kind.CORRECTED, Notice.Kind.WITHDRAWN], acknowledged_at=None, is_superseded=False)
    standing = Licence.objects.standing(local.date())
    return notices.filter(told_at__lt=before, licence__in=standing).select_related("licence__article").order_by("told_at", "pk")


def _ending(today: date) -> QuerySet[Licence]:
    licences = Licence.objects.standing(today).filter(ends_on__lte=today + timedelta(days=ENDING_WITHIN))
    return licences.select_related("article").order_by(F("ends_on"), "pk")


# --- How it is said


def _waiting(key: str, title: str, nothing: str, found: QuerySet, as_row: Callable) -> Waiting:
    return Waiting(key, title, nothing, [as_row(each) for each in found[:MOST]], found.count())


def _order(now: datetime, what: Callable[[LicenceOrder], str], waits: Callable[[LicenceOrder], str] | None = None) -> Callable[[LicenceOrder], Row]:
    def as_row(order: LicenceOrder) -> Row:
        link = reverse("admin:licensing_licenceorder_change", args=[order.pk])
        since = waits(order) if waits else timesince(order.waits_since, now, depth=1)
        return Row(link, order.reference, order.organisation, in_a_line(order), what(order), since)

    return as_row


def _since_touched(now: datetime) -> Callable[[LicenceOrder], str]:
    return lambda order: timesince(order.last_at or order.waits_since, now, depth=1)


def _total(order: LicenceOrder) -> str:
    return f"{order.price} so far: you name the price" if order.has_open_price else order.price


def _why_stuck(order: LicenceOrder) -> str:
    return (order.last_word or "").removeprefix("Paid, but not licensed: ")


def _owed(order: LicenceOrder) -> str:
    return f"{in_words(-order.balance, order.currency)}, due on {order.pay_by:%-d %B %Y}"


def _to_go_back(order: LicenceOrder) -> str:
    return in_words(order.balance, order.currency)


def _offered(order: LicenceOrder) -> str:
    return f"{order.price}, until {order.answer_by:%-d %B %Y}"


def _told(notice: Notice, now: datetime) -> Row:
    licence = notice.licence
    return _licence(
        licence, f"{notice.get_kind_display()}; told on {timezone.localdate(notice.told_at):%-d %B %Y}", timesince(notice.told_at, now, depth=1)
    )


def _ends(licence: Licence, today: date) -> Row:
    days = (licence.ends_on - today).days
    return _licence(licence, f"Ends on {licence.ends_on:%-d %B %Y}", f"{days} day{'' if days == 1 else 's'} left" if days else "its last day")


def _licence(licence: Licence, what: str, waits: str) -> Row:
    link = reverse("admin:licensing_licence_change", args=[licence.pk])
    return Row(link, licence.reference, licence.organisation, licence.article.headline, what, waits)


def _ago(day: date, today: date) -> str:
    days = (today - day).days
    return f"{days} day{'' if days == 1 else 's'} late"
