"""SQL that Django has no expressions for, on PostgreSQL and SQLite."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, models
from django.db.models import Func

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler, _AsSqlType

# Two functions for statements written by hand, and what they become on each database.
ADD_SECONDS: Final = re.compile(r"ADD_SECONDS\(([^,()]+), ([^()]*(?:\(\w+\)s[^()]*)*)\)")
IS_IN: Final = re.compile(r"IS_IN\(([\w.]+), (%\(\w+\)s)\)")
DIALECTS: Final = {
    "postgresql": (r"(\1 + make_interval(secs => \2))", r"(\1 = ANY(\2))"),
    "sqlite": (
        r"strftime('%%Y-%%m-%%d %%H:%%M:%%S', \1, (\2) || ' seconds')",
        r"(\1 IN (SELECT value FROM json_each(\2)))",
    ),
}


def translate(statement: str) -> str:
    """Return a statement in the dialect of the connected database.

    ``ADD_SECONDS(instant, seconds)`` adds whole seconds, ``IS_IN(column, %(name)s)`` compares with
    each element of an ``array_parameter``.
    """
    add_seconds, is_in = DIALECTS[connection.vendor]
    return IS_IN.sub(is_in, ADD_SECONDS.sub(add_seconds, statement))


def array_parameter(values: Sequence[int | str]) -> list[int | str] | str:
    """Return values as the parameter that ``IS_IN`` takes on the connected database."""
    return list(values) if connection.vendor == "postgresql" else json.dumps(list(values))


class Seconds(Func):
    """A whole number of seconds as a duration."""

    function = "MAKE_INTERVAL"
    template = "%(function)s(secs => %(expressions)s)"
    arity = 1
    output_field = models.DurationField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> _AsSqlType:
        """Count in microseconds, as Django stores durations on SQLite."""
        template = "(%(expressions)s * 1000000)"
        return self.as_sql(compiler, connection, template=template, **context)


class RandomKey(Func):
    """A random UUID for each row."""

    function = "GEN_RANDOM_UUID"
    arity = 0
    output_field = models.UUIDField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> _AsSqlType:
        """Write 128 random bits as 32 hexadecimal digits, as Django stores UUIDs on SQLite."""
        template = "LOWER(HEX(RANDOMBLOB(16)))"
        return self.as_sql(compiler, connection, template=template, **context)


class EpochSeconds(Func):
    """The whole seconds of an instant since 1970."""

    template = "CAST(EXTRACT(EPOCH FROM %(expressions)s) AS BIGINT)"
    arity = 1
    output_field = models.BigIntegerField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> _AsSqlType:
        """Use SQLite's own function."""
        template = "CAST(STRFTIME('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)
