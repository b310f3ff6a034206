"""The statement that inserts notices, however many, and defers them out of quiet hours.

Deferral is part of the insert because updating the notices afterwards took eight times as long. It
is not built from the ORM because no relation leads from a notice to a ``QuietSpan``.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import BigIntegerField, Value
from django.db.models.functions import Cast

from notifications.kinds.registry import SCHEDULED
from notifications.planning import quiet_hours_deferral as deferral
from notifications.sql_functions import RandomKey, array_parameter, translate

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

# ``source`` is the query with the new notices. Deferral looks for the quiet span of the recipient in
# which each falls due, and moves it to the end of the span if that leaves time before the session
# (for other notices: before they expire), a reminder otherwise to before the span. Of two reminders
# of a session that then leave at once, the one with the longer lead is sent, unless it has expired.
# Rows that the ledger's unique keys know are skipped.
STATEMENT: Final = """
INSERT INTO notifications_notice (
    key, person_id, occurrence_id, group_id, kind, lead_minutes, transport, version, about,
    is_urgent, expires_at, attempts, planned_at, state, reason, due_at, next_try_at, done_at
)
WITH source (
    key, person_id, occurrence_id, group_id, kind, lead_minutes, transport, version, about,
    is_urgent, expires_at, due_at
) AS ({source}),
deferred AS (
    SELECT source.*, CASE
        WHEN span.ends_at IS NULL THEN source.due_at
        WHEN ADD_SECONDS(span.ends_at, %(early)s)
            <= COALESCE(session.starts_at, source.expires_at)
        THEN ADD_SECONDS(span.ends_at, source.person_id * %(prime)s %% %(spread)s)
        WHEN ADD_SECONDS(span.ends_at, %(useful)s)
            <= COALESCE(session.starts_at, source.expires_at)
        THEN ADD_SECONDS(span.ends_at, source.person_id * %(prime)s %% %(short_spread)s)
        WHEN IS_IN(source.kind, %(scheduled)s)
        THEN ADD_SECONDS(span.begins_at, -source.person_id * %(prime)s %% %(spread)s)
        ELSE source.due_at
    END AS leaves_at
    FROM source
    LEFT JOIN notifications_preferences AS preferences
        ON preferences.person_id = source.person_id AND source.transport <> 'inbox'
    LEFT JOIN accounts_person AS person ON person.id = preferences.person_id
    LEFT JOIN scheduler_occurrence AS session
        ON session.id = source.occurrence_id AND IS_IN(source.kind, %(scheduled)s)
    LEFT JOIN notifications_quietspan AS span ON span.tz = person.tz
        AND span.quiet_from = preferences.quiet_from
        AND span.quiet_until = preferences.quiet_until
        AND span.begins_at <= source.due_at AND span.ends_at > source.due_at
),
compared AS (
    SELECT deferred.*, IS_IN(kind, %(scheduled)s) AND lead_minutes < MAX(
        CASE WHEN expires_at > leaves_at THEN lead_minutes END
    ) OVER (PARTITION BY person_id, occurrence_id, transport, leaves_at) AS is_redundant
    FROM deferred
)
SELECT
    key, person_id, occurrence_id, group_id, kind, lead_minutes, transport, version, about,
    is_urgent, expires_at, 0, %(now)s,
    CASE WHEN is_redundant THEN 'dropped' ELSE 'planned' END,
    CASE WHEN is_redundant THEN 'quiet' ELSE '' END,
    leaves_at, leaves_at,
    CASE WHEN is_redundant THEN %(now)s END
FROM compared
WHERE true ON CONFLICT DO NOTHING
"""
COLUMNS: Final = (
    "key",
    "person_id",
    "occurrence_id",
    "group_id",
    "kind",
    "lead_minutes",
    "transport",
    "version",
    "about",
    "is_urgent",
    "expires_at",
    "due_at",
)


def insert_missing(source: QuerySet[Any], now: datetime, **columns: Combinable) -> int:
    """Insert one notice for each row of a query; return how many are new.

    Args:
        source: the query.
        now: the value of ``planned_at``.
        columns: an expression over a row for each of ``COLUMNS``; ``key``, ``occurrence_id``,
            ``group_id``, ``lead_minutes``, ``version`` and ``about`` have defaults.
    """
    nothing = Cast(Value(None), BigIntegerField())
    defaults: dict[str, Combinable] = {
        "key": RandomKey(),
        "occurrence_id": nothing,
        "group_id": nothing,
        "lead_minutes": Value(0),
        "version": Value(0),
        "about": Value(0),
    }
    values = defaults | columns
    select, parameters = _with_names(source.values_list(*(values[name] for name in COLUMNS)))
    with connection.cursor() as cursor:
        cursor.execute(
            translate(STATEMENT).replace("{source}", select), parameters | _parameters(now)
        )
        return int(cursor.rowcount)


def _parameters(now: datetime) -> dict[str, Any]:
    return {
        "now": connection.ops.adapt_datetimefield_value(now),
        "scheduled": array_parameter(sorted(SCHEDULED)),
        "prime": deferral.PRIME,
        "early": int(deferral.EARLY.total_seconds()),
        "useful": int(deferral.USEFUL.total_seconds()),
        "spread": int(deferral.SPREAD.total_seconds()),
        "short_spread": int(deferral.SHORT_SPREAD.total_seconds()),
    }


def _with_names(query: QuerySet[Any]) -> tuple[str, dict[str, Any]]:
    """Return a query's SQL with its positional parameters named ``source_0``, ``source_1``, …."""
    select, parameters = query.query.sql_with_params()
    numbers = count()
    named = re.sub(
        "%[%s]",
        lambda match: f"%(source_{next(numbers)})s" if match[0] == "%s" else match[0],
        select,
    )
    return named, {f"source_{number}": value for number, value in enumerate(parameters)}
