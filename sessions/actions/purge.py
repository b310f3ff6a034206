"""Forgets what was only meant for the hour."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from sessions.models import Attendance, Room, Ticket
from sessions.room import State

if TYPE_CHECKING:
    from datetime import datetime

WORDS_KEPT: Final = timedelta(minutes=15)
ATTENDANCE_KEPT: Final = timedelta(days=90)


def forget(*, now: datetime) -> int:
    """Delete what has had its time; return how many rooms were emptied."""
    Ticket.objects.filter(expires_at__lte=now).delete()
    Attendance.objects.filter(joined_at__lt=now - ATTENDANCE_KEPT).delete()
    over = Room.objects.filter(ended_at__lte=now - WORDS_KEPT, emptied_at=None)
    return sum(_empty(room_id, now) for room_id in over.values_list("pk", flat=True))


def _empty(room_id: int, now: datetime) -> bool:
    """Delete a room's log, and the names and words in its state."""
    with transaction.atomic():
        room = Room.objects.select_for_update().get(pk=room_id)
        room.events.all().delete()
        state = room.read()
        blank = State(
            starts_at=state.starts_at,
            ends_at=state.ends_at,
            capacity=state.capacity,
            seq=state.seq,
            phase=state.phase,
            ended_at=state.ended_at,
        )
        room.write(blank, tick_at=None)
        room.emptied_at = now
        room.save()
    return True
