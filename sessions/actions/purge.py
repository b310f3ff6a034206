"""Forgets what was only meant for the hour."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Count

from sessions.models import Attendance, AttendanceCount, Report, Room, Ticket
from sessions.models.reports import seal_of
from sessions.room import State

if TYPE_CHECKING:
    from datetime import datetime

WORDS_KEPT: Final = timedelta(minutes=15)
ATTENDANCE_KEPT: Final = timedelta(days=90)
REPORTED_WORDS_KEPT: Final = timedelta(days=90)  # after the decision
REPORTS_KEPT: Final = timedelta(days=730)


def forget(*, now: datetime) -> int:
    """Delete what has had its time; return how many rooms were emptied."""
    Ticket.objects.filter(expires_at__lte=now).delete()
    _count_and_forget_stays(before=now - ATTENDANCE_KEPT)
    _forget_reports(now)
    over = Room.objects.filter(ended_at__lte=now - WORDS_KEPT, emptied_at=None)
    return sum(_empty(room_id, now) for room_id in over.values_list("pk", flat=True))


@transaction.atomic
def _count_and_forget_stays(*, before: datetime) -> None:
    """Put a number in the place of the people who came to long past sessions."""
    old = Attendance.objects.filter(occurrence__ends_at__lt=before)
    counted = (
        old.order_by().values("occurrence").annotate(people=Count("membership", distinct=True))
    )
    AttendanceCount.objects.bulk_create(
        [AttendanceCount(occurrence_id=row["occurrence"], people=row["people"]) for row in counted],
        ignore_conflicts=True,
    )
    old.delete()


@transaction.atomic
def _forget_reports(now: datetime) -> None:
    """Delete the words of reports that were decided long ago, and in the end the reports."""
    Report.objects.filter(at__lte=now - REPORTS_KEPT).delete()
    answered = Report.objects.filter(decided_at__lte=now - REPORTED_WORDS_KEPT, scrubbed_at=None)
    answered.update(lines=[], reason="", note="", seal=seal_of([]), scrubbed_at=now)


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
