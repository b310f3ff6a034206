"""SQL that Django has no words for, in the two dialects we speak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Func

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler, _AsSqlType


class Seconds(Func):
    """A whole number of seconds as a duration."""

    function = "MAKE_INTERVAL"
    template = "%(function)s(secs => %(expressions)s)"
    arity = 1
    output_field = models.DurationField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> _AsSqlType:
        """Count microseconds, which is how Django keeps durations in SQLite."""
        template = "(%(expressions)s * 1000000)"
        return self.as_sql(compiler, connection, template=template, **context)


class RandomKey(Func):
    """A random UUID, made anew for each row."""

    function = "GEN_RANDOM_UUID"
    arity = 0
    output_field = models.UUIDField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> _AsSqlType:
        """Write 128 random bits as the 32 digits that Django keeps in SQLite."""
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
        """Ask SQLite for the same."""
        template = "CAST(STRFTIME('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)
