"""Give a group its hour, and end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civiltime import zones
from scheduler.actions.calendar_revisions import next_revision, revise_series
from scheduler.actions.groups import require_facilitator
from scheduler.actions.schedule.change_log import record
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
    """Give a group its hour, on the wall clock of its anchor zone, and fill the rolling window.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        InThePast: the first session would be over before it is announced.
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
    """Write down a series and fill its window, for a verb that has asked who may.

    ``by`` is None when the operator does it.
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
    record(series, Kind.CREATED, by=by, now=now, after={"rule": series.rule})
    fill(series, now=now)
    return series


@transaction.atomic
def end_series(*, by: Person, series: Series, now: datetime) -> None:
    """Stop a series: its sessions to come are cancelled, the past stays.

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
    """Stop a series, for a verb that has asked who may; ``by`` is None for the operator."""
    revision = next_revision(series.group_id, now)
    locked = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
    if locked.ended_at is not None:
        return
    locked.ended_at = now
    locked.save(update_fields=["ended_at"])
    revise_series(locked.pk, revision)
    change = record(
        locked, Kind.ENDED, by=by, now=now, before={"rule": locked.rule}, part_of=part_of
    )
    to_come = locked.occurrences.filter(starts_at__gt=now, cancelled_at=None)
    for occurrence in to_come.select_for_update(of=("self",)):
        cancel_locked_occurrence(occurrence, by=by, now=now, revision=revision, part_of=change)
