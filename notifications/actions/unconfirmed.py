"""What the operator found out about a message that nobody else could tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.delivery.unconfirmed import RESENT
from notifications.models import Notice

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


def settle_unconfirmed(*, message_key: UUID, arrived: bool, now: datetime) -> int:
    """Note that a message arrived, or send it again if it is not too late; return how many notices.

    Someone else may have settled it meanwhile: then this changes nothing.
    """
    unconfirmed = Notice.objects.filter(message_key=message_key, state=Notice.State.UNCONFIRMED)
    if arrived:
        return unconfirmed.update(state=Notice.State.DONE, done_at=now)
    again = unconfirmed.filter(expires_at__gt=now).update(**RESENT, next_try_at=now)
    late = unconfirmed.update(
        state=Notice.State.DROPPED, reason=Notice.Reason.TOO_LATE, done_at=now
    )
    return again + late
