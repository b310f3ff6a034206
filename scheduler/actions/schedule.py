"""Found a series, keep its sessions coming, move, cancel and restore one of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from scheduler import zones
from scheduler.actions.groups import require_facilitator
from scheduler.actions.standing import seat_regulars
from scheduler.errors import CommonhourError
from scheduler.models import Group, Occurrence, Person, ScheduleChange, Series
from scheduler.recurrence import Rule, Start, expand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

ROLLING_WINDOW: Final = timedelta(weeks=26)
TOP_UP_MARGIN: Final = timedelta(weeks=1)
Kind = ScheduleChange.Kind


class AlreadyStarted(CommonhourError):
    """What has begun is not rescheduled."""

    code = "already_started"

    def __init__(self) -> None:
        super().__init__(_("This session has begun. Change the next one instead."))


class InThePast(CommonhourError):
    """A session would start before now."""

    code = "in_the_past"

    def __init__(self) -> None:
        super().__init__(_("That moment has passed. Choose a later one."))


@transaction.atomic
def found_series(
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
    """
    require_facilitator(by, group)
    if zones.resolve_local(first_local, group.tz) <= now:
        raise InThePast
    return write_series(
        by=by,
        group=group,
        first_local=first_local,
        rule=rule,
        duration_minutes=duration_minutes,
        now=now,
    )


@transaction.atomic
def write_series(
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
    )
    _record(series, Kind.FOUNDED, by=by, now=now, after={"rule": series.rule})
    fill(series, now=now)
    return series


@transaction.atomic
def end_series(*, by: Person, series: Series, now: datetime) -> None:
    """Stop a series: its sessions to come are cancelled, the past stays.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
    """
    require_facilitator(by, series.group)
    call_off_series(by=by, series=series, now=now)


@transaction.atomic
def call_off_series(*, by: Person | None, series: Series, now: datetime) -> None:
    """Stop a series, for a verb that has asked who may; ``by`` is None for the operator."""
    Series.objects.filter(pk=series.pk).update(ended_at=now)
    to_come = series.occurrences.filter(starts_at__gt=now, cancelled_at=None)
    for occurrence in to_come.select_for_update():
        _cancel(occurrence, by=by, reason="", now=now)


def top_up(*, now: datetime) -> int:
    """Fill every series whose window has run short; return how many sessions were made.

    Idempotent, and after a month of silence it catches up with the future alone.
    """
    short = Q(filled_until=None) | Q(filled_until__lt=now + ROLLING_WINDOW - TOP_UP_MARGIN)
    waiting = Series.objects.filter(short, ended_at=None, group__closed_at=None)
    return sum(fill(series, now=now) for series in waiting.select_related("group").iterator())


@transaction.atomic
def fill(series: Series, *, now: datetime) -> int:
    """Make the sessions of one series up to the end of the rolling window."""
    until = now + ROLLING_WINDOW
    made = Occurrence.objects.bulk_create(
        [_occurrence(series, start, now) for start in _starts(series, now, until)],
        ignore_conflicts=True,
    )
    Series.objects.filter(pk=series.pk).update(filled_until=until)
    seat_regulars(series=series, now=now)
    return len(made)


def _starts(series: Series, now: datetime, until: datetime) -> Iterator[Start]:
    return expand(
        Rule.parse(series.rule),
        first_local=series.first_local,
        tz=series.tz,
        after=max(series.filled_until or now, now),
        before=until,
    )


def _occurrence(series: Series, start: Start, now: datetime) -> Occurrence:
    return Occurrence(
        group_id=series.group_id,
        series=series,
        original_local=start.local,
        starts_local=start.local,
        tz=series.tz,
        starts_at=start.at,
        ends_at=start.at + timedelta(minutes=series.duration_minutes),
        tz_version=zones.TZ_VERSION,
        created_at=now,
        revised_at=now,
    )


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
    """Move one session to another wall-clock time; it stays the same session everywhere.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        AlreadyStarted: it has begun.
        InThePast: the new start has passed.
    """
    locked = _lock_for_change(by, occurrence, now)
    starts_at = zones.resolve_local(starts_local, tz)
    if starts_at <= now:
        raise InThePast
    before = _shape(locked)
    locked.starts_local, locked.tz, locked.starts_at = starts_local, tz, starts_at
    locked.ends_at = starts_at + timedelta(minutes=duration_minutes)
    locked.tz_version, locked.moved_at = zones.TZ_VERSION, now
    _revise(locked, now)
    _record(locked, Kind.MOVED, by=by, now=now, before=before, after=_shape(locked), reason=reason)
    return locked


@transaction.atomic
def cancel_occurrence(*, by: Person, occurrence: Occurrence, reason: str, now: datetime) -> None:
    """Cancel one session; a second call changes nothing.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        AlreadyStarted: it has begun.
    """
    locked = _lock_for_change(by, occurrence, now)
    if not locked.is_cancelled:
        _cancel(locked, by=by, reason=reason, now=now)


def _cancel(locked: Occurrence, *, by: Person | None, reason: str, now: datetime) -> None:
    locked.cancelled_at = now
    _revise(locked, now)
    _record(locked, Kind.CANCELLED, by=by, now=now, reason=reason)


@transaction.atomic
def restore_occurrence(*, by: Person, occurrence: Occurrence, now: datetime) -> None:
    """Let a cancelled session take place after all; a second call changes nothing.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        AlreadyStarted: its hour has come.
    """
    locked = _lock_for_change(by, occurrence, now)
    if not locked.is_cancelled:
        return
    locked.cancelled_at = None
    _revise(locked, now)
    _record(locked, Kind.RESTORED, by=by, now=now)


def _lock_for_change(by: Person, occurrence: Occurrence, now: datetime) -> Occurrence:
    locked = Occurrence.objects.select_for_update(of=("self",)).get(pk=occurrence.pk)
    require_facilitator(by, locked.group)
    if locked.starts_at <= now:
        raise AlreadyStarted
    return locked


def _revise(occurrence: Occurrence, now: datetime) -> None:
    """Save a change that calendars must see: a higher SEQUENCE, a later LAST-MODIFIED."""
    occurrence.sequence += 1
    # To the second, as calendars write it, and rising even when two changes share one.
    occurrence.revised_at = max(now, occurrence.revised_at + timedelta(seconds=1))
    occurrence.save()


def _shape(occurrence: Occurrence) -> dict[str, str | int]:
    return {
        "starts_local": occurrence.starts_local.isoformat(timespec="minutes"),
        "tz": occurrence.tz.key,
        "starts_at": occurrence.starts_at.isoformat(),
        "minutes": int((occurrence.ends_at - occurrence.starts_at).total_seconds() // 60),
    }


def _record(
    subject: Series | Occurrence,
    kind: str,
    *,
    by: Person | None,
    now: datetime,
    before: dict[str, str | int] | None = None,
    after: dict[str, str | int] | None = None,
    reason: str = "",
) -> None:
    ScheduleChange.objects.create(
        group_id=subject.group_id,
        series=subject if isinstance(subject, Series) else subject.series,
        occurrence=None if isinstance(subject, Series) else subject,
        kind=kind,
        by=by,
        at=now,
        before=before or {},
        after=after or {},
        reason=reason,
    )
