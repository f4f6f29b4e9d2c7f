"""Dates of stories. Django's own filter reads its format anew each time, and a page of a story has a dozen."""

from datetime import date, datetime
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from articles import structured

register = template.Library()


@register.filter
def moment(at: datetime | None) -> str:
    """Return a moment for machines, as structured data has it: {{ at|date:"c" }} to the second."""
    return structured.moment(at) if at else ""


@register.filter
def day(at: datetime | None) -> str:
    """Return the day of a moment as readers read it: {{ at|date:"DATE_FORMAT" }}."""
    return _written(timezone.localdate(at), get_language()) if at else ""


@register.filter
def cited_day(at: datetime) -> str:
    """Return the day of a moment as Google Scholar reads it: {{ at|date:"Y/m/d" }}."""
    return f"{timezone.localdate(at):%Y/%m/%d}"


@lru_cache(maxsize=10_000)
def _written(day: date, language: str) -> str:
    return date_format(day, "DATE_FORMAT")
