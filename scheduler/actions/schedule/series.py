"""Create and end a series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civiltime import zones
from scheduler.actions.calendar_revisions import next_revision, revise_series
from scheduler.actions.groups import require_facilitator
from scheduler.actions.schedule.change_log import record_change
from scheduler.actions.schedule.errors import InThePast
from scheduler.actions.schedule.occurrences import cancel_locked_occurrence
from scheduler.actions.schedule.window import fill
from scheduler.models import Group, ScheduleChange, Series

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person
    from civiltime.recurrence import Rule

Kind = ScheduleChange.Kind


@transaction.atomic
def create_series(
    *,
    by: Person,
    group: Group,
    first_local: datetime,
    rule: Rule,
    duration_minutes: int,
    now: datetime,
) -> Series:
    """Create a series in the group's anchor zone and its sessions of the rolling window.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        InThePast: the first session would have started.
        UnsupportedRule: the rule does not meet on the first day, or is outside the allow-list.
    """
    require_facilitator(by, group)
    if zones.resolve_local(first_local, group.tz) <= now:
        raise InThePast
    return insert_series(
        by=by,
        group=group,
        first_local=first_local,
        rule=rule,
        duration_minutes=duration_minutes,
        now=now,
    )


@transaction.atomic
def insert_series(
    *,
    by: Person | None,
    group: Group,
    first_local: datetime,
    rule: Rule,
    duration_minutes: int,
    now: datetime,
) -> Series:
    """Insert a series and its sessions. The caller has checked permissions.

    ``by`` is None for the operator.
    """
    series = Series.objects.create(
        group=group,
        tz=group.tz,
        first_local=first_local,
        rule=str(rule),
        duration_minutes=duration_minutes,
        created_at=now,
        revised_at=now,
    )
    record_change(series, Kind.CREATED, by=by, now=now, after={"rule": series.rule})
    fill(series, now=now)
    return series


@transaction.atomic
def end_series(*, by: Person, series: Series, now: datetime) -> None:
    """End a series and cancel its upcoming sessions.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
    """
    require_facilitator(by, series.group)
    cancel_series(by=by, series=series, now=now)


@transaction.atomic
def cancel_series(
    *,
    by: Person | None,
    series: Series,
    now: datetime,
    part_of: ScheduleChange | None = None,
) -> None:
    """End a series. The caller has checked permissions; ``by`` is None for the operator."""
    revision = next_revision(series.group_id, now)
    locked = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
    if locked.ended_at is not None:
        return
    locked.ended_at = now
    locked.save(update_fields=["ended_at"])
    revise_series(locked.pk, revision)
    change = record_change(
        locked, Kind.ENDED, by=by, now=now, before={"rule": locked.rule}, part_of=part_of
    )
    to_come = locked.occurrences.filter(starts_at__gt=now, cancelled_at=None)
    for occurrence in to_come.select_for_update(of=("self",)):
        cancel_locked_occurrence(occurrence, by=by, now=now, revision=revision, part_of=change)
