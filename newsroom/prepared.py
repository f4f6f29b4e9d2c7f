"""Queries that every visit asks: Django makes their SQL once, which takes ten times as long as the rest of it."""

from copy import copy

from django.db import connections
from django.db.models import QuerySet, Value


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
    """A queryset with blanks in it, whose SQL is kept. It is made where it is first asked (functools.cache), when the models are there."""

    def __init__(self, queryset: QuerySet):
        self._queryset, self._compiler = queryset, queryset.query.get_compiler(queryset.db)
        self._sql, self._parameters = self._compiler.as_sql()

    def rows(self, **values) -> list:
        """Return what the queryset finds with these values in its blanks."""
        compiler, queryset = copy(self._compiler), self._queryset.all()
        parameters = tuple(values[each.value] if isinstance(each, Blank) else each for each in self._parameters)
        compiler.connection = connections[queryset.db]  # each thread has its own
        compiler.as_sql = lambda *args, **options: (self._sql, parameters)
        queryset.query.get_compiler = lambda *args, **options: compiler
        return list(queryset)
