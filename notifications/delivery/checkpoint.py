"""The checkpoint between two messages: one statement in one transaction.

It settles the message that was accepted and marks the next one as handed over, before that is
sent. A process that dies therefore leaves at most one message that may have been sent, and no
message is sent twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import psycopg
from django.db import connection

from notifications.kinds.registry import ABOUT_CANCELLATION
from notifications.models import Notice
from notifications.sql_functions import array_parameter, translate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from notifications.delivery.leases import Claim

# Written by hand because it runs once for each message: building it from the ORM took longer than
# sending a mail. Of what ``validity.reason_to_drop`` checks when a batch is read, it checks again
# what may change in the seconds since: a test compares the two.
STATEMENT: Final = """
UPDATE notifications_notice AS notice SET
    state = CASE WHEN state = 'claimed' THEN 'handed' ELSE 'done' END,
    handed_at = CASE WHEN state = 'claimed' THEN %(now)s ELSE handed_at END,
    message_key = CASE WHEN state = 'claimed' THEN %(message_key)s ELSE message_key END,
    done_at = CASE WHEN state = 'claimed' THEN done_at ELSE %(now)s END
WHERE notice.lease_token = %(token)s AND (
    (IS_IN(notice.id, %(accepted)s) AND notice.state IN ('handed', 'unconfirmed'))
    OR (
        IS_IN(notice.id, %(following)s)
        AND notice.state = 'claimed'
        AND notice.lease_until > %(now)s
        AND notice.expires_at > %(now)s
        AND (notice.occurrence_id IS NULL OR EXISTS (
            SELECT 1 FROM scheduler_occurrence AS session
            JOIN scheduler_group AS meeting ON meeting.id = session.group_id
            WHERE session.id = notice.occurrence_id
            AND session.sequence = notice.version
            AND session.starts_at > %(now)s
            AND (session.cancelled_at IS NOT NULL) = IS_IN(notice.kind, %(about_cancellation)s)
            AND meeting.closed_at IS NULL
        ))
        AND (notice.group_id IS NULL OR EXISTS (
            SELECT 1 FROM scheduler_group AS meeting
            WHERE meeting.id = notice.group_id AND meeting.closed_at IS NULL
        ))
    )
)
RETURNING id, state
"""
# The reasons to drop a notice that this statement checks. A withdrawn consent is one of them
# because ``withdraw`` drops claimed notices itself.
CHECKED_AGAIN: Final = frozenset(
    {
        Notice.Reason.CANCELLED,
        Notice.Reason.MOVED,
        Notice.Reason.TOO_LATE,
        Notice.Reason.WITHDRAWN,
    }
)
NO_ROW: Final = (0,)  # no row has this id


def advance(
    claim: Claim,
    *,
    accepted: Sequence[int],
    following: Sequence[int],
    message_key: UUID,
    now: datetime,
) -> list[int]:
    """Settle the notices that were accepted and mark those that follow as handed over.

    Rows that are no longer valid, or no longer held by the claim, are left as they are.

    Args:
        claim: the claim that holds them.
        accepted: the ids of the notices in the message that was accepted; may be empty.
        following: the ids of the notices in the next message.
        message_key: the key of the next message.
        now: the time of the handover.

    Returns:
        The ids among ``following`` that were marked.
    """
    values = {
        "now": connection.ops.adapt_datetimefield_value(now),
        "message_key": Notice.message_key.field.get_db_prep_value(message_key, connection),
        "token": claim.token,
        "accepted": array_parameter(accepted or NO_ROW),
        "following": array_parameter(following or NO_ROW),
        "about_cancellation": array_parameter(sorted(ABOUT_CANCELLATION)),
    }
    return [pk for pk, state in _execute(values) if state == Notice.State.HANDED]


def _execute(values: dict[str, Any]) -> list[tuple[int, str]]:
    """Run the statement, on PostgreSQL as a prepared one: planning took as long as writing."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(translate(STATEMENT), values)
            return list(cursor.fetchall())
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as prepared:
        return list(prepared.execute(translate(STATEMENT), values, prepare=True).fetchall())
