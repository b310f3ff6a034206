"""QuerySets that are compiled to SQL once and executed many times with other parameters.

Django takes two milliseconds to write the query of a feed's summary as SQL and the database a
tenth of that to answer it; a thousand programs ask it all day. ``IS_ENABLED = False`` builds and
compiles each query every time: the plain way, with the same rows. ``benchmarks/bench_feeds.py``
prints the cost of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.db.models import Expression, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import QuerySet
    from django.db.models.sql.compiler import SQLCompiler

IS_ENABLED = True


class Parameter(Expression):
    """A value that is given when a compiled query is executed.

    It may stand wherever a lookup takes an expression, also for a foreign key.
    """

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(
        self,
        compiler: SQLCompiler,  # noqa: ARG002 - Django's signature
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - Django's signature
    ) -> tuple[str, tuple[Any, ...]]:
        """Return a placeholder with this object as its value."""
        return "%s", (self,)


class CompiledQuery(NamedTuple):
    """A query's SQL for one database, its parameters, and how columns become Python values."""

    sql: str
    parameters: tuple[Any, ...]
    compiler: SQLCompiler
    converters: Any

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute the query with values by parameter name; return what ``values_list`` would."""
        bound = [
            each.output_field.get_db_prep_value(values[each.name], connection)
            if isinstance(each, Parameter)
            else each
            for each in self.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, bound)
            found = cursor.fetchall()
        converted = self.compiler.apply_converters(found, self.converters)
        return [tuple(row) for row in converted]


def compile_query(queryset: QuerySet[Any, Any]) -> CompiledQuery:
    """Return a ``values_list`` QuerySet as SQL."""
    compiler = queryset.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    columns = [column for column, _sql, _alias in compiler.select]
    return CompiledQuery(sql, tuple(parameters), compiler, compiler.get_converters(columns))


_compiled: dict[Hashable, CompiledQuery] = {}


def rows(
    build: Callable[[Mapping[str, Any]], QuerySet[Any, Any]],
    values: Mapping[str, Any],
    *,
    fields: Mapping[str, Field[Any, Any]],
    variant: Hashable,
) -> list[tuple[Any, ...]]:
    """Return the rows of a ``values_list`` QuerySet that ``build`` makes from named values.

    Args:
        build: called with ``values`` in the plain way, and once for each variant with a
            ``Parameter`` for each value otherwise; None stays None, for it is no value in SQL.
        values: by name.
        fields: the type of each value.
        variant: all that decides about the form of the query besides ``build`` and the database.
    """
    if not IS_ENABLED:
        return list(build(values))
    key = (build, connection.vendor, variant)
    if key not in _compiled:
        parameters = {
            name: None if value is None else Parameter(name, fields[name])
            for name, value in values.items()
        }
        _compiled[key] = compile_query(build(parameters))
    return _compiled[key].rows(values)
