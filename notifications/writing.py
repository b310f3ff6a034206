"""Puts notices into the ledger in one statement, however many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Value

from notifications.expressions import RandomKey
from notifications.models import Notice

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable


def insert_missing(owed: QuerySet, now: datetime, **columns: Combinable) -> int:  # type: ignore[type-arg]
    """Insert one notice for each row of a query; ``columns`` say what stands in it.

    What the ledger's unique key knows already is passed over. Returns how many rows are new.
    """
    values: dict[str, Combinable] = {
        "key": RandomKey(),
        "state": Value(Notice.State.PLANNED.value),
        "reason": Value(""),
        "about": Value(0),
        "attempts": Value(0),
        "planned_at": Value(now),
        **columns,
    }
    select, parameters = owed.values_list(*values.values()).query.sql_with_params()
    table = connection.ops.quote_name(Notice._meta.db_table)  # noqa: SLF001 - a public API
    names = ", ".join(connection.ops.quote_name(name) for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {select} ON CONFLICT DO NOTHING", parameters)
        return int(cursor.rowcount)
