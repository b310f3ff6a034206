"""Change one session: move, resize, cancel, restore, add."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from scheduler.actions.calendar_revisions import next_revision
from scheduler.actions.groups import require_facilitator
from scheduler.actions.schedule.change_log import (
    lock_for_change,
    record_change,
    revise,
    set_time,
    snapshot,
)
from scheduler.actions.schedule.errors import InThePast, TimeIsTaken
from scheduler.models import Group, Occurrence, ScheduleChange

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from accounts.models import Person

Kind = ScheduleChange.Kind


@transaction.atomic
def move_occurrence(
    *,
    by: Person,
    occurrence: Occurrence,
    starts_local: datetime,
    tz: ZoneInfo,
    duration_minutes: int,
    reason: str,
    now: datetime,
) -> Occurrence:
    """Move one session to another wall-clock time; it keeps its identity in calendars.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        AlreadyStarted: it has started.
        InThePast: the new start is in the past.
    """
    locked = lock_for_change(by, occurrence, now)
    before = snapshot(locked)
    set_time(locked, starts_local, tz, timedelta(minutes=duration_minutes))
    if locked.starts_at <= now:
        raise InThePast
    locked.moved_at = now
    revise(locked, next_revision(locked.group_id, now))
    record_change(
        locked, Kind.MOVED, by=by, now=now, before=before, after=snapshot(locked), reason=reason
    )
    return locked


@transaction.atomic
def resize_occurrence(
    *, by: Person, occurrence: Occurrence, duration_minutes: int, reason: str, now: datetime
) -> Occurrence:
    """Change the length of one session; its start stays. The same length does nothing.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        AlreadyStarted: it has started.
    """
    locked = lock_for_change(by, occurrence, now)
    if locked.minutes == duration_minutes:
        return locked
    before = snapshot(locked)
    locked.ends_at = locked.starts_at + timedelta(minutes=duration_minutes)
    revise(locked, next_revision(locked.group_id, now))
    record_change(
        locked, Kind.RESIZED, by=by, now=now, before=before, after=snapshot(locked), reason=reason
    )
    return locked


@transaction.atomic
def cancel_occurrence(*, by: Person, occurrence: Occurrence, reason: str, now: datetime) -> None:
    """Cancel one session; a second call changes nothing.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        AlreadyStarted: it has begun.
    """
    locked = lock_for_change(by, occurrence, now)
    if not locked.is_cancelled:
        revision = next_revision(locked.group_id, now)
        cancel_locked_occurrence(locked, by=by, now=now, revision=revision, reason=reason)


def cancel_locked_occurrence(
    locked: Occurrence,
    *,
    by: Person | None,
    now: datetime,
    revision: datetime,
    reason: str = "",
    part_of: ScheduleChange | None = None,
) -> None:
    """Cancel a session that the caller has locked. The caller has checked permissions."""
    before = snapshot(locked)
    locked.cancelled_at = now
    revise(locked, revision)
    record_change(
        locked, Kind.CANCELLED, by=by, now=now, before=before, reason=reason, part_of=part_of
    )


@transaction.atomic
def restore_occurrence(*, by: Person, occurrence: Occurrence, now: datetime) -> None:
    """Restore a cancelled session; a second call does nothing.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        AlreadyStarted: its start has passed.
    """
    locked = lock_for_change(by, occurrence, now)
    if locked.is_cancelled:
        restore_locked_occurrence(
            locked, by=by, now=now, revision=next_revision(locked.group_id, now)
        )


def restore_locked_occurrence(
    locked: Occurrence,
    *,
    by: Person,
    now: datetime,
    revision: datetime,
    part_of: ScheduleChange | None = None,
) -> None:
    """Restore a session that the caller has locked. The caller has checked permissions."""
    locked.cancelled_at = None
    revise(locked, revision)
    record_change(locked, Kind.RESTORED, by=by, now=now, after=snapshot(locked), part_of=part_of)


@transaction.atomic
def add_occurrence(
    *,
    by: Person,
    group: Group,
    starts_local: datetime,
    duration_minutes: int,
    reason: str,
    now: datetime,
) -> Occurrence:
    """Add one session outside every series, at a wall-clock time of the group's anchor zone.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        InThePast: its start is in the past.
        TimeIsTaken: the group has a session at that moment already.
    """
    revision = next_revision(group.pk, now)
    locked = Group.objects.get(pk=group.pk)
    require_facilitator(by, locked)
    added = Occurrence(
        group=locked, original_local=starts_local, created_at=now, revised_at=revision
    )
    set_time(added, starts_local, locked.tz, timedelta(minutes=duration_minutes))
    if added.starts_at <= now:
        raise InThePast
    if locked.occurrences.taking_place().filter(starts_at=added.starts_at).exists():
        raise TimeIsTaken
    added.save()
    record_change(added, Kind.ADDED, by=by, now=now, after=snapshot(added), reason=reason)
    return added
