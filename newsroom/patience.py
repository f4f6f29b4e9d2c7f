"""How long a visitor waits for the database: no query of a page may hold a worker for ever."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg.errors import QueryCanceled

LONGEST = 20  # seconds, for any query of any page; a search has less (articles/search/running.py)


def limit(connection, **kwargs) -> None:
    """Let PostgreSQL end the queries of a connection that take longer (receiver of connection_created, where pages are served)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{LONGEST}s'")


class TooLong:
    """Middleware that says so on a page of its own, with 503, where a query was ended."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError) and isinstance(exception.__cause__, QueryCanceled):
            return render(None, "503.html", status=503)
        return None
