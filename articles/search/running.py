"""How the index is asked: by the index of words and by no other way, and not for longer than a reader waits."""

from django.db import OperationalError, connection
from django.db.models import QuerySet
from psycopg.errors import QueryCanceled

LONGEST = 3_000  # milliseconds
# PostgreSQL takes a look into the words of a story for as cheap as one into a number, and reads a small table from end to end.
# The words of a page of candidates to be ranked take some 10 MB.
ONLY_HERE = f"SET LOCAL enable_seqscan = off; SET LOCAL work_mem = '32MB'; SET LOCAL statement_timeout = {LONGEST}; "


class TooSlow(OperationalError):
    """A search that was ended because it took too long."""


def rows(sql: str, parameters) -> list[tuple]:
    """Return the rows of a query, all in one message to the server; raise TooSlow when it takes too long."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(ONLY_HERE + sql, parameters)
        except OperationalError as problem:
            if isinstance(problem.__cause__, QueryCanceled):
                raise TooSlow from problem.__cause__
            raise
        while cursor.nextset():
            pass
        return cursor.fetchall()


def keys(entries: QuerySet) -> list[int]:
    return [key for (key,) in rows(*entries.values_list("pk").query.sql_with_params())]
