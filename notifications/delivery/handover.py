"""The mark between two messages: one statement, one commit, on which all promises rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from notifications.delivery.leases import Claim

# Written by hand because it runs once for each message: building it from objects took longer than
# sending. It says the same as ``checks.reason_to_drop`` about what can change in the last second.
ADVANCE: Final = """
UPDATE notifications_notice SET
    state = CASE WHEN state = 'claimed' THEN 'handed' ELSE 'done' END,
    handed_at = CASE WHEN state = 'claimed' THEN %s ELSE handed_at END,
    message_key = CASE WHEN state = 'claimed' THEN %s ELSE message_key END,
    done_at = CASE WHEN state = 'claimed' THEN done_at ELSE %s END
WHERE lease_token = %s AND (
    (id {accepted} AND state IN ('handed', 'unconfirmed'))
    OR (
        id {going} AND state = 'claimed' AND expires_at > %s AND lease_until > %s
        AND (occurrence_id IS NULL OR EXISTS (
            SELECT 1 FROM scheduler_occurrence session
            WHERE session.id = occurrence_id AND session.sequence = version
            AND (session.cancelled_at IS NOT NULL) = (kind = 'cancelled')
        ))
    )
)
RETURNING id, state
"""
NOBODY: Final = (0,)  # no row has this id


def advance(
    claim: Claim,
    *,
    accepted: Sequence[int],
    going: Sequence[int],
    message_key: UUID,
    now: datetime,
) -> list[int]:
    """Settle what was accepted and mark what goes next, at once; return which of it may go.

    ``message_key`` names the message in which it goes.

    Whatever is no longer true, or no longer ours, is left as it is.
    """
    settled, marked = accepted or NOBODY, going or NOBODY
    if connection.vendor == "postgresql":
        rows = _on_postgresql(claim, settled, marked, message_key, now)
    else:
        rows = _elsewhere(claim, settled, marked, message_key, now)
    return [pk for pk, state in rows if state == "handed"]


def _on_postgresql(
    claim: Claim, settled: Sequence[int], marked: Sequence[int], message_key: UUID, now: datetime
) -> list[tuple[int, str]]:
    """Run it prepared on the server: planning it anew for each message took as long as writing."""
    sql = ADVANCE.format(accepted="= ANY(%s)", going="= ANY(%s)")
    values = [now, message_key, now, claim.token, list(settled), list(marked), now, now]
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return list(cursor.execute(sql, values, prepare=True).fetchall())


def _elsewhere(
    claim: Claim, settled: Sequence[int], marked: Sequence[int], message_key: UUID, now: datetime
) -> list[tuple[int, str]]:
    at = connection.ops.adapt_datetimefield_value(now)
    sql = ADVANCE.format(accepted=_places(settled), going=_places(marked))
    values = [at, message_key.hex, at, claim.token, *settled, *marked, at, at]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _places(values: Sequence[int]) -> str:
    return f"IN ({', '.join(['%s'] * len(values))})"
