"""Record a change: the session's new revision, and a row with who, what and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from civiltime import zones
from scheduler.actions.calendar_revisions import lock_group, revise_series
from scheduler.actions.groups import require_facilitator
from scheduler.actions.schedule.errors import AlreadyStarted
from scheduler.models import Occurrence, ScheduleChange, Series

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from accounts.models import Person

Snapshot: TypeAlias = "dict[str, str | int | None]"


def lock_for_change(by: Person, occurrence: Occurrence, now: datetime) -> Occurrence:
    """Lock one session for a change by a facilitator, and its group before it.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        AlreadyStarted: it has begun.
    """
    lock_group(occurrence.group_id)
    locked = Occurrence.objects.select_for_update(of=("self",)).get(pk=occurrence.pk)
    require_facilitator(by, locked.group)
    if locked.starts_at <= now:
        raise AlreadyStarted
    return locked


def set_time(occurrence: Occurrence, local: datetime, tz: ZoneInfo, duration: timedelta) -> None:
    """Set a session's wall-clock time and length; its instants follow from the tz database."""
    occurrence.starts_local, occurrence.tz = local, tz
    occurrence.starts_at = zones.resolve_local(local, tz)
    occurrence.ends_at = occurrence.starts_at + duration
    occurrence.tz_version = zones.TZ_VERSION


def revise(occurrence: Occurrence, revision: datetime) -> None:
    """Save a change that calendars must see: a higher SEQUENCE, a later LAST-MODIFIED.

    ``revision`` is the moment that ``next_revision`` gave to the whole change; what a series
    shows of its session changes with it.
    """
    occurrence.sequence += 1
    occurrence.revised_at = revision
    occurrence.save()
    revise_series(occurrence.series_id, revision)


def snapshot(occurrence: Occurrence) -> Snapshot:
    """Return everything that a change of one session can change, as JSON values."""
    return {
        "series": occurrence.series_id,
        "original_local": format_local(occurrence.original_local),
        "starts_local": format_local(occurrence.starts_local),
        "tz": occurrence.tz.key,
        "starts_at": occurrence.starts_at.isoformat(),
        "minutes": occurrence.minutes,
        "moved_at": occurrence.moved_at.isoformat() if occurrence.moved_at else None,
        "substitute": occurrence.substitute_id,
    }


def format_local(local: datetime) -> str:
    """Return a wall-clock time to the minute, in ISO 8601."""
    return local.isoformat(timespec="minutes")


def record_change(
    subject: Series | Occurrence,
    kind: str,
    *,
    by: Person | None,
    now: datetime,
    before: Mapping[str, str | int | None] | None = None,
    after: Mapping[str, str | int | None] | None = None,
    reason: str = "",
    part_of: ScheduleChange | None = None,
) -> ScheduleChange:
    """Insert a change; ``by`` is None for the operator."""
    return ScheduleChange.objects.create(
        group_id=subject.group_id,
        series=subject if isinstance(subject, Series) else subject.series,
        occurrence=None if isinstance(subject, Series) else subject,
        kind=kind,
        by=by,
        at=now,
        before=before or {},
        after=after or {},
        reason=reason,
        part_of=part_of,
    )
