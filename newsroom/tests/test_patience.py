"""A query that takes too long is ended, and the visitor told."""

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from newsroom import patience

pytestmark = pytest.mark.django_db


def test_connection_that_serves_pages_ends_long_queries(monkeypatch):
    monkeypatch.setattr(patience, "LONGEST", "0.05")

    patience.limit(connection)

    with pytest.raises(OperationalError, match="statement timeout"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


def test_visitor_is_told_of_a_query_that_was_ended_and_of_nothing_else(monkeypatch):
    def slow(request):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)")

    middleware, request = patience.TooLong(slow), RequestFactory().get("/")
    with pytest.raises(OperationalError) as ended:
        middleware(request)

    answer = middleware.process_exception(request, ended.value)

    assert (answer.status_code, "This page took too long" in answer.content.decode()) == (503, True)
    assert middleware.process_exception(request, OperationalError("the connection was lost")) is None
    assert middleware.process_exception(request, ValueError()) is None
