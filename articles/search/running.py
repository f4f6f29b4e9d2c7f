"""How the index is asked: by the index of words and by no other way, and not for longer than a reader waits."""

from django.db import connection
from django.db.models import QuerySet

LONGEST = 3_000  # milliseconds
# PostgreSQL takes a look into the words of a story for as cheap as one into a number, and reads a small table from end to end.
ONLY_HERE = f"SET LOCAL enable_seqscan = off; SET LOCAL statement_timeout = {LONGEST}; "


def rows(sql: str, parameters) -> list[tuple]:
    """Return the rows of a query, all in one message to the server; raise OperationalError when it takes too long."""
    with connection.cursor() as cursor:
        cursor.execute(ONLY_HERE + sql, parameters)
        while cursor.nextset():
            pass
        return cursor.fetchall()


def keys(entries: QuerySet) -> list[int]:
    return [key for (key,) in rows(*entries.values_list("pk").query.sql_with_params())]
