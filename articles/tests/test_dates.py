"""Dates of stories are written as Django's own filter writes them, on the day that it is where the paper is."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone

MOMENTS = [datetime(2026, 5, 6, 23, 30, tzinfo=UTC), datetime(2024, 2, 29, 0, 0, 7, tzinfo=UTC), datetime(1851, 12, 31, 23, 59, tzinfo=UTC), None]


def written(text: str, at: datetime | None) -> str:
    return Template("{% load dates %}" + text).render(Context({"at": at}))


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Tokyo", "America/Anchorage"])
@pytest.mark.parametrize("at", MOMENTS)
def test_dates_are_those_of_the_publication(at, zone):
    with timezone.override(zone):
        assert written("{{ at|day }}", at) == written('{{ at|date:"DATE_FORMAT" }}', at)
        assert written("{{ at|moment }}", at) == written('{{ at|date:"c" }}', at)
        assert not at or written("{{ at|cited_day }}", at) == written('{{ at|date:"Y/m/d" }}', at)
