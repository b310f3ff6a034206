"""When the room of a session ended: lists show the session as over from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.models import Occurrence

if TYPE_CHECKING:
    from datetime import datetime


def record_end(*, occurrence_id: int, at: datetime) -> None:
    """Note that a session is over, perhaps earlier than planned; the first end counts."""
    Occurrence.objects.filter(pk=occurrence_id, ended_at=None).update(ended_at=at)


def clear_end(*, occurrence_id: int) -> None:
    """Note that a session that was ended goes on."""
    Occurrence.objects.filter(pk=occurrence_id).update(ended_at=None)
