"""The page of what republication has brought in, and the files of it for a spreadsheet."""

from collections.abc import Iterator
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import localize_input
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget

from licensing.models import Licence, Medium
from licensing.money import in_words
from licensing.revenue import MONTHS, Revenue, currencies, revenue
from newsroom.spreadsheets import file_of

MOST = 20  # rows of each table on the page
MOST_YEARS = 30
LICENCES = ("reference", "order", "story", "source", "medium", "licensee", "country", "currency", "fee", "kept", "issued on", "ends on", "state")
TABLES = {"month": "Month", "story": "Story", "source": "Source", "medium": "Medium", "country": "Country"}


class SpanForm(forms.Form):
    """From which day to which, both included."""

    since = forms.DateField(label="From", widget=UnfoldAdminSingleDateWidget)
    until = forms.DateField(label="To", widget=UnfoldAdminSingleDateWidget)
    currency = forms.ChoiceField(widget=UnfoldAdminSelectWidget)

    def __init__(self, data=None):
        today = timezone.localdate()
        first = today.replace(day=1) - relativedelta(months=MONTHS - 1)
        values = {"since": localize_input(first), "until": localize_input(today), "currency": settings.PUBLICATION_CURRENCY}
        super().__init__(values | {name: data[name] for name in values if data.get(name)})
        known = sorted({settings.PUBLICATION_CURRENCY, *currencies()})
        self.fields["currency"].choices = [(currency, currency) for currency in known]
        if len(known) == 1:
            self.fields["currency"].widget = forms.HiddenInput()

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            raise forms.ValidationError("The first day comes after the last.")
        if since and until and until.year - since.year > MOST_YEARS:
            raise forms.ValidationError(f"Choose {MOST_YEARS} years at most.")
        return cleaned


def revenue_page(request: HttpRequest, context: dict) -> HttpResponse:
    """Show what came in, or hand out one of its tables as a file."""
    if request.GET.get("table") == "licences":
        if not request.user.has_perm("licensing.view_licence"):
            raise PermissionDenied
        return file_of("licences", _licences())
    form = SpanForm(request.GET)
    found = revenue(**form.cleaned_data) if form.is_valid() else None
    if found and request.GET.get("table") in TABLES:
        table = request.GET["table"]
        return file_of(f"revenue-by-{table}-{found.since}-{found.until}", _all_rows(found, table))
    context |= {"title": "Revenue", "form": form, "errors": [error for errors in form.errors.values() for error in errors]}
    if found:
        context |= {"revenue": found, "total": in_words(found.total, found.currency), "tables": _tables(found)}
    return TemplateResponse(request, "admin/licensing/revenue.html", context)


# --- On the page


def _tables(found: Revenue) -> list[dict]:
    """Return what the page shows: the last twelve months of the span, and the largest sums of each other kind."""
    earlier, latest = found.months[:-MONTHS], found.months[-MONTHS:]
    months = [(f"{month:%B %Y}", amount) for month, amount in latest]
    tables = [_table(found, "month", months, earlier, "Earlier in these days")]
    for key in list(TABLES)[1:]:
        rows = getattr(found, f"by_{key}")
        tables.append(_table(found, key, rows[:MOST], rows[MOST:], f"And {len(rows[MOST:])} more"))
    return tables


def _table(found: Revenue, key: str, rows: list[tuple], others: list[tuple], name_of_others: str) -> dict:
    most = max((abs(amount) for _, amount in rows), default=Decimal(0)) or Decimal(1)
    shown = [
        {"name": name, "words": in_words(amount, found.currency), "share": int(100 * abs(amount) / most), "is_loss": amount < 0}
        for name, amount in rows
    ]
    rest = {"name": name_of_others, "words": in_words(sum((amount for _, amount in others), Decimal(0)), found.currency)} if others else None
    return {"key": key, "title": f"By {TABLES[key].lower()}", "rows": shown, "rest": rest}


# --- In a spreadsheet


def _all_rows(found: Revenue, table: str) -> Iterator[tuple]:
    yield TABLES[table], found.currency
    rows = [(f"{month:%Y-%m}", amount) for month, amount in found.months] if table == "month" else getattr(found, f"by_{table}")
    yield from rows


def _licences() -> Iterator[tuple]:
    """Return every licence that was sold, the oldest first."""
    yield LICENCES
    licences = Licence.objects.select_related("order", "story", "article__source").order_by("issued_at", "pk")
    for licence in licences.iterator(chunk_size=500):
        story, source = licence.story, licence.article.source
        medium = Medium(story.medium_key).label if story.medium_key in Medium else licence.medium
        yield (
            licence.reference, licence.order.reference, licence.article.headline, source.name if source else "Not known", medium,
            licence.organisation, licence.country.name, licence.currency, licence.fee, story.kept if story.cancelled_at else licence.fee,
            timezone.localdate(licence.issued_at), licence.ends_on or "without end", licence.state,
        )  # fmt: skip
