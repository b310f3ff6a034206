"""Deletes data past its term."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Count, Q

from accounts.models import Person
from scheduler.actions.guests import forget_guests
from sessions.actions.room_log import state_columns
from sessions.models import Attendance, AttendanceCount, Report, Room, Ticket
from sessions.models.reports import seal_of
from sessions.room import State

if TYPE_CHECKING:
    from datetime import datetime

TEXT_KEPT: Final = timedelta(minutes=15)  # after the end of the session
ATTENDANCE_KEPT: Final = timedelta(days=90)
REPORT_TEXT_KEPT: Final = timedelta(days=90)  # after the decision
REPORTS_KEPT: Final = timedelta(days=730)


def purge(*, now: datetime) -> int:
    """Delete what is past its term; return how many rooms were emptied."""
    Ticket.objects.filter(expires_at__lte=now).delete()
    _count_and_delete_attendance(before=now - ATTENDANCE_KEPT)
    _purge_reports(now)
    _forget_guests(now)
    ended = Room.objects.filter(ended_at__lte=now - TEXT_KEPT, emptied_at=None)
    room_ids = list(ended.values_list("pk", flat=True))
    for room_id in room_ids:
        _empty_room(room_id, now)
    return len(room_ids)


@transaction.atomic
def _count_and_delete_attendance(*, before: datetime) -> None:
    """Replace the attendance of sessions that ended before a moment by a number of people."""
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
def _purge_reports(now: datetime) -> None:
    """Delete old reports, and the texts of reports decided long enough ago."""
    Report.objects.filter(at__lte=now - REPORTS_KEPT).delete()
    decided = Report.objects.filter(decided_at__lte=now - REPORT_TEXT_KEPT, scrubbed_at=None)
    decided.update(messages=[], reason="", note="", seal=seal_of([]), scrubbed_at=now)


def _forget_guests(now: datetime) -> None:
    """Delete guests of past sessions, but for those in a report that is kept."""
    in_reports = Q(memberships__in=Report.objects.values("about"))
    in_reports |= Q(memberships__in=Report.objects.values("by"))
    forget_guests(now=now, kept=Person.objects.filter(in_reports))


@transaction.atomic
def _empty_room(room_id: int, now: datetime) -> None:
    """Delete a room's events, and names and texts in its state."""
    room = Room.objects.select_for_update().get(pk=room_id)
    room.events.all().delete()
    state = room.read_state()
    blank = State(
        starts_at=state.starts_at,
        ends_at=state.ends_at,
        capacity=state.capacity,
        seq=state.seq,
        phase=state.phase,
        ended_at=state.ended_at,
    )
    columns = state_columns(blank)
    Room.objects.filter(pk=room_id).update(**columns, emptied_at=now)
