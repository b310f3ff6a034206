"""Undo the last change of a group's schedule."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from civiltime import zones
from scheduler.actions.calendar_revisions import next_revision, revise_series
from scheduler.actions.groups import require_facilitator
from scheduler.actions.schedule.change_log import (
    lock_for_change,
    record_change,
    revise,
    set_time,
    snapshot,
)
from scheduler.actions.schedule.errors import InThePast, NothingToUndo
from scheduler.actions.schedule.occurrences import (
    cancel_locked_occurrence,
    restore_locked_occurrence,
)
from scheduler.actions.schedule.series import cancel_series
from scheduler.actions.schedule.window import fill
from scheduler.models import Group, Occurrence, ScheduleChange, Series

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.actions.schedule.change_log import Snapshot

Kind = ScheduleChange.Kind
REVERTED_KINDS: Final = {Kind.MOVED, Kind.RESIZED, Kind.CONTINUED}
COMPARED_FIELDS: Final = ("series", "starts_local", "tz", "minutes")


@transaction.atomic
def undo_last_change(*, by: Person, group: Group, now: datetime) -> ScheduleChange:
    """Undo the last change that a person made, before its sessions start; it can be undone once.

    Nothing is deleted: what was added is cancelled, so that calendars show it. Members are
    notified of each session that moves. Undoing is recorded as a change itself.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        NothingToUndo: there is none, it is undone, or something newer overtook it.
        AlreadyStarted: a session that it touched has started.
        InThePast: a session would move to the past.
    """
    revision = next_revision(group.pk, now)
    locked = Group.objects.get(pk=group.pk)
    require_facilitator(by, locked)
    last = locked.schedule_changes.top_level().undoable().last()
    if last is None or last.kind == Kind.UNDONE:
        raise NothingToUndo
    undone = ScheduleChange.objects.create(
        group=locked,
        series=last.series,
        occurrence=last.occurrence,
        kind=Kind.UNDONE,
        undoes=last,
        by=by,
        at=now,
        before=last.after,
        after=last.before,
    )
    _undo(last, by=by, undone=undone, revision=revision)
    return undone


def _undo(
    change: ScheduleChange, *, by: Person, undone: ScheduleChange, revision: datetime
) -> None:
    if change.occurrence is not None:
        _undo_session(change, change.occurrence, by=by, undone=undone, revision=revision)
        return
    for part in change.parts.select_related("occurrence").order_by("-pk"):
        _undo(part, by=by, undone=undone, revision=revision)
    if change.series is None:
        return
    if change.kind == Kind.ENDED:
        _resume_series(change.series, now=undone.at, revision=revision)
    else:
        cancel_series(by=by, series=change.series, now=undone.at, part_of=undone)
    if change.kind == Kind.CONTINUED:
        old = Series.objects.get(pk=change.before["series"])
        _resume_series(old, now=undone.at, revision=revision, rule=change.before["rule"])


def _undo_session(
    change: ScheduleChange,
    occurrence: Occurrence,
    *,
    by: Person,
    undone: ScheduleChange,
    revision: datetime,
) -> None:
    locked = lock_for_change(by, occurrence, undone.at)
    if change.kind in REVERTED_KINDS:
        _revert_occurrence(locked, change, by=by, undone=undone, revision=revision)
    elif change.kind == Kind.CANCELLED:
        restore_locked_occurrence(locked, by=by, now=undone.at, revision=revision, part_of=undone)
    else:
        cancel_locked_occurrence(locked, by=by, now=undone.at, revision=revision, part_of=undone)


def _revert_occurrence(
    locked: Occurrence,
    change: ScheduleChange,
    *,
    by: Person,
    undone: ScheduleChange,
    revision: datetime,
) -> None:
    """Restore a session's former time, length and series; members see only another time or length."""
    here = snapshot(locked)
    if any(here[part] != change.after[part] for part in COMPARED_FIELDS):
        raise NothingToUndo
    then: Snapshot = change.before
    locked.series_id = then["series"]
    locked.original_local = datetime.fromisoformat(str(then["original_local"]))
    locked.moved_at = datetime.fromisoformat(str(then["moved_at"])) if then["moved_at"] else None
    local, tz = datetime.fromisoformat(str(then["starts_local"])), zones.zone(str(then["tz"]))
    set_time(locked, local, tz, timedelta(minutes=int(then["minutes"] or 0)))
    if locked.starts_at <= undone.at:
        raise InThePast
    back = snapshot(locked)
    if any(here[part] != back[part] for part in ("starts_at", "minutes")):
        revise(locked, revision)
    else:
        locked.save()
    record_change(locked, change.kind, by=by, now=undone.at, before=here, after=back,
           part_of=undone)  # fmt: skip


def _resume_series(series: Series, *, now: datetime, revision: datetime, rule: str = "") -> None:
    """Clear the end of a series and create its sessions again."""
    Series.objects.filter(pk=series.pk).update(ended_at=None, rule=rule or series.rule)
    revise_series(series.pk, revision)
    fill(series, now=now)
