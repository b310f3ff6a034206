"""What the operator found out about a message that nobody else could tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.delivery.unconfirmed import SENT_AGAIN
from notifications.models import Notice

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


def settle_unconfirmed(*, message_key: UUID, arrived: bool, now: datetime) -> int:
    """Note that a message arrived, or send it again if it is not too late; return how many notices.

    Someone else may have settled it meanwhile: then this changes nothing.
    """
    doubtful = Notice.objects.filter(message_key=message_key, state=Notice.State.UNCERTAIN)
    if arrived:
        return doubtful.update(state=Notice.State.DONE, done_at=now)
    again = doubtful.filter(expires_at__gt=now).update(**SENT_AGAIN, next_try_at=now)
    late = doubtful.update(state=Notice.State.DROPPED, reason=Notice.Reason.TOO_LATE, done_at=now)
    return again + late
