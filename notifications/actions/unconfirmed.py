"""The operator's decision about one unconfirmed message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.models import Notice

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


def settle_unconfirmed(*, message_key: UUID, arrived: bool, now: datetime) -> int:
    """Mark a message as done, or requeue it unless it has expired; return how many notices it had.

    That is 0 if somebody else settled it meanwhile.
    """
    unconfirmed = Notice.objects.unconfirmed().filter(message_key=message_key)
    if arrived:
        return unconfirmed.update(state=Notice.State.DONE, done_at=now)
    requeued = unconfirmed.filter(expires_at__gt=now).requeue(next_try_at=now)
    expired = unconfirmed.update(
        state=Notice.State.DROPPED, reason=Notice.Reason.TOO_LATE, done_at=now
    )
    return requeued + expired
