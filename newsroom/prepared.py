"""Queries that every visit asks: Django makes their SQL once, which takes ten times as long as running it.

Each connection also has PostgreSQL plan them once (PREPARE; after five runs it decides whether one plan serves all values).
"""

from copy import copy
from itertools import count
from weakref import WeakKeyDictionary

from django.db import NotSupportedError, connections
from django.db.models import QuerySet, Value
from psycopg.sql import Literal

NUMBERS = count()
KNOWN = WeakKeyDictionary()  # to each connection: the names of the queries


class Blank(Value):
    """A place in a queryset for a value that is known only when it is asked."""

    def __init__(self, name: str, output_field=None):
        super().__init__(name, output_field)

    def as_sql(self, compiler, connection):
        return "%s", [self]


class AnyOf(Blank):
    """The same for a list of values, one of which has to fit."""

    def as_sql(self, compiler, connection):
        return "ANY(%s)", [self]


class Prepared:
    """A queryset with blanks in it. It is made where it is first asked (functools.cache), when the models are there."""

    def __init__(self, queryset: QuerySet):
        self._queryset, self._compiler = queryset, queryset.query.get_compiler(queryset.db)
        self._sql, self._parameters = self._compiler.as_sql()
        self._blanks = list(dict.fromkeys(each.value for each in self._parameters if isinstance(each, Blank)))
        self._converters = self._compiler.get_converters([column for column, *_ in self._compiler.select])
        self._name = f"prepared_{next(NUMBERS)}"

    def rows(self, **values) -> list:
        """Return what the queryset finds with these values in its blanks."""
        connection = connections[self._queryset.db]  # each thread has its own
        try:
            return self._ask(connection, values)
        except NotSupportedError:  # a migration has changed a column since this connection planned the query
            if connection.in_atomic_block:
                raise
            self._forget(connection)
            return self._ask(connection, values)

    def _ask(self, connection, values: dict) -> list:
        compiler, queryset = copy(self._compiler), self._queryset.all()
        compiler.connection = connection
        asked = self._call(connection, values)
        compiler.as_sql, compiler.get_converters = (lambda *args, **options: asked), (lambda columns: self._converters)
        queryset.query.get_compiler = lambda *args, **options: compiler
        return list(queryset)

    def _call(self, connection, values: dict) -> tuple[str, list]:
        self._prepare(connection)
        places = f" ({', '.join(['%s'] * len(self._blanks))})" if self._blanks else ""
        return f"EXECUTE {self._name}{places}", [values[name] for name in self._blanks]

    def _prepare(self, connection) -> None:
        connection.close_if_health_check_failed()  # as every cursor does, for it to find the connection that is prepared
        connection.ensure_connection()
        wire = connection.connection
        known = KNOWN.setdefault(wire, set())
        if self._name not in known:
            places = {name: f"${number}" for number, name in enumerate(self._blanks, 1)}
            said = (places[each.value] if isinstance(each, Blank) else Literal(each).as_string(wire) for each in self._parameters)
            with connection.wrap_database_errors:
                wire.execute(f"PREPARE {self._name} AS {self._sql % tuple(said)}")
            known.add(self._name)

    def _forget(self, connection) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DEALLOCATE {self._name}")
        KNOWN[connection.connection].discard(self._name)
