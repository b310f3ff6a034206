"""Puts notices into the ledger in one statement, however many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import connection
from django.db.models import BigIntegerField, DateTimeField, Value
from django.db.models.functions import Cast

from notifications.planning.quiet_hours_deferral import IN_QUIET, moved
from notifications.planning.sql_functions import RandomKey

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable


# What is owed, when it leaves, and what two reminders of one session would say at the same moment:
# that one says which reaches further ahead, unless it would have run out by then.
INSERT: Final = """
INSERT INTO notifications_notice ({kept}, state, reason, due_at, next_try_at, done_at)
WITH owed ({names}) AS ({owed}),
timed AS (SELECT owed.*, {moved} AS at FROM owed {in_quiet}),
told AS (
    SELECT timed.*, kind = 'reminder' AND lead_minutes < MAX(
        CASE WHEN expires_at > at THEN lead_minutes END
    ) OVER (PARTITION BY person_id, occurrence_id, transport, at) AS is_said
    FROM timed
)
SELECT {kept}, CASE WHEN is_said THEN 'dropped' ELSE 'planned' END,
    CASE WHEN is_said THEN 'quiet' ELSE '' END, at, at, CASE WHEN is_said THEN planned_at END
FROM told WHERE true ON CONFLICT DO NOTHING
"""


def insert_missing(owed: QuerySet, now: datetime, **columns: Combinable) -> int:  # type: ignore[type-arg]
    """Insert one notice for each row of a query; ``columns`` say what stands in it.

    ``due_at`` is when it should leave; what that would be in its reader's quiet hours is moved out
    of them. What the ledger's unique key knows already is passed over. Returns how many rows are new.
    """
    values: dict[str, Combinable] = {
        "key": RandomKey(),
        "occurrence_id": Cast(Value(None), BigIntegerField()),
        "about": Value(0),
        "attempts": Value(0),
        "planned_at": Value(now, output_field=DateTimeField()),
        **columns,
    }
    select, parameters = owed.values_list(*values.values()).query.sql_with_params()
    kept = ", ".join(name for name in values if name != "due_at")
    statement = INSERT.format(
        owed=select, names=", ".join(values), kept=kept, moved=moved(), in_quiet=IN_QUIET
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
