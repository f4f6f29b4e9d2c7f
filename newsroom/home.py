"""The newsroom's first page: what each app has to say, put together."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, DateField, Value
from django.db.models.functions import Trunc
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

from articles.admin import home as archive
from articles.admin.home import Series, Task
from licensing.admin import home as rights

MOST = 10_000  # rows of a kind are counted; beyond that they are many
DAYS, WEEKS = 28, 12
TALL = 4  # rows: so few fill no bar
COUNT = "(SELECT count(*) FROM ({}) AS part)"


class Bar(NamedTuple):
    """A day or a week."""

    name: str
    count: int
    left: int  # hundredths of a bar's room
    height: int  # of the fullest bar's, in hundredths

    @property
    def top(self) -> int:
        return 100 - self.height


class Chart(NamedTuple):
    """What was counted over time."""

    words: str
    span: str
    bars: list[Bar]

    @property
    def count(self) -> int:
        return sum(bar.count for bar in self.bars)

    @property
    def most(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.count)

    @property
    def width(self) -> int:
        return 100 * len(self.bars)


def dashboard(request: HttpRequest, context: dict) -> dict:
    """Return what stands on the first page (unfold's DASHBOARD_CALLBACK): two queries for all numbers, and one for each list of stories or two."""
    user = request.user
    tasks = [*archive.tasks(user), *rights.tasks(user), *_jobs(user)]
    waiting = [(task, count) for task, count in zip(tasks, counted(tasks), strict=True) if count]
    return context | archive.at_hand(request) | {
        "title": "Home", "waiting": waiting, "most": MOST, "charts": charts([*archive.series(user), *rights.series(user)]),
    }  # fmt: skip


def _jobs(user) -> list[Task]:
    if not user.has_perm("procrastinate.view_procrastinatejob"):
        return []
    failed = ProcrastinateJob.objects.filter(status=Status.FAILED.value)
    return [Task("Failed jobs", failed, reverse("admin:procrastinate_procrastinatejob_changelist") + "?state=failed")]


def counted(tasks: Sequence[Task]) -> list[int]:
    """Count the rows of each, MOST + 1 at most, all in one query."""
    if not tasks:
        return []
    parts = [task.rows.order_by().values("pk")[: MOST + 1].query.sql_with_params() for task in tasks]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(COUNT.format(sql) for sql, _ in parts), [each for _, parameters in parts for each in parameters])
        return list(cursor.fetchone())


def charts(series: Sequence[Series], now: datetime | None = None) -> list[Chart]:
    """Count rows by day or week of the publication's own calendar, all in one query."""
    today = timezone.localdate(now)
    spans = [_weeks(today) if each.is_weekly else _days(today) for each in series]
    parts = [_by_period(number, each, span[0]) for number, (each, span) in enumerate(zip(series, spans, strict=True))]
    counts = Counter()
    for number, period, count in parts[0].union(*parts[1:], all=True) if parts else ():
        counts[number, period] = count
    return [
        Chart(each.words, f"{WEEKS} weeks" if each.is_weekly else f"{DAYS} days", _bars(each, span, [counts[number, day] for day in span]))
        for number, (each, span) in enumerate(zip(series, spans, strict=True))
    ]


def _days(today: date) -> list[date]:
    return [today - timedelta(days=ago) for ago in reversed(range(DAYS))]


def _weeks(today: date) -> list[date]:
    """Return the Mondays of the weeks."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=ago) for ago in reversed(range(WEEKS))]


def _by_period(number: int, series: Series, first: date):
    start = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    period = Trunc(series.moment, "week" if series.is_weekly else "day", output_field=DateField())
    rows = series.rows.order_by().filter(**{f"{series.moment}__gte": start}).annotate(number=Value(number), period=period)
    return rows.values_list("number", "period").annotate(count=Count("pk"))


def _bars(series: Series, span: list[date], counts: list[int]) -> list[Bar]:
    most = max(TALL, *counts)
    names = [f"Week of {date_format(day, 'j F')}" if series.is_weekly else date_format(day, "l j F") for day in span]
    heights = [max(2, round(100 * count / most)) if count else 0 for count in counts]
    return [Bar(name, count, 100 * place, height) for place, (name, count, height) in enumerate(zip(names, counts, heights, strict=True))]
