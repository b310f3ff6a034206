"""Derive the instants of upcoming sessions again after an update of the tz database."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import transaction
from django.db.models import DateTimeField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from civiltime import zones
from scheduler.actions.calendar_revisions import REVISION_STEP
from scheduler.models import Group, Occurrence, ScheduleChange, Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from django.db.models import QuerySet

BATCH_SIZE: Final = 5_000  # SQLite takes at least 32,766 values
REVISION: Final = Subquery(Group.objects.filter(pk=OuterRef("group")).values("revised_at"))


class Stale(NamedTuple):
    """An upcoming session whose instants were derived under another release."""

    pk: int
    group: int
    series: int | None
    starts_local: datetime
    tz: ZoneInfo
    starts_at: datetime
    tz_version: str


@dataclass(slots=True)
class Retimed:
    """What an update changed.

    Attributes:
        derived: how many sessions were derived again.
        moved: how many of them moved, by the name of their zone.
        groups: primary keys of the groups with moved sessions.
    """

    derived: int = 0
    moved: Counter[str] = field(default_factory=Counter)
    groups: set[int] = field(default_factory=set)


@transaction.atomic
def retime(*, now: datetime) -> Retimed:
    """Derive each upcoming session under the present release of the tz database.

    Wall-clock times stay. A session whose instant moves gets a higher sequence, a later revision
    and a ``ScheduleChange`` without an author, from which members are notified. Idempotent, as
    derived rows carry the release. 100,000 sessions take seconds.
    """
    stale = Occurrence.objects.filter(starts_at__gt=now).exclude(tz_version=zones.TZ_VERSION)
    result = [session for session, _ in _moved(stale)]
    read = [session.pk for session in result]
    _revise_groups({session.group for session in result}, now)  # locks the groups first
    moved = [
        one
        for some in _batches(read)
        # Only these are locked, and read again under the lock.
        for one in _moved(stale.filter(pk__in=some).select_for_update(of=("self",)).order_by("pk"))
    ]
    by_shift: dict[timedelta, list[int]] = defaultdict(list)
    for session, shift in moved:
        by_shift[shift].append(session.pk)
    for shift, sessions in by_shift.items():
        _shift(sessions, shift)
    for some in _batches({session.series for session, _ in moved if session.series}):
        Series.objects.filter(pk__in=some).update(sequence=F("sequence") + 1, revised_at=REVISION)
    ScheduleChange.objects.bulk_create([_change(*one, now=now) for one in moved])
    zones_moved = Counter(session.tz.key for session, _ in moved)
    _reopen_last_day(zones_moved)
    others = stale.update(tz_version=zones.TZ_VERSION)
    return Retimed(len(moved) + others, zones_moved, {session.group for session, _ in moved})


def _moved(stale: QuerySet[Occurrence]) -> Iterator[tuple[Stale, timedelta]]:
    """Yield each session whose wall-clock time is another instant now, and the difference."""
    for session in map(Stale._make, stale.values_list(*Stale._fields)):
        shift = zones.resolve_local(session.starts_local, session.tz) - session.starts_at
        if shift:
            yield session, shift


def _revise_groups(groups: Iterable[int], now: datetime) -> None:
    """Set each group's next revision, as ``next_revision`` does for one, and lock the groups."""
    present = Value(now.replace(microsecond=0), output_field=DateTimeField())
    later = Greatest(present, Coalesce(F("revised_at") + REVISION_STEP, present))
    for some in _batches(groups):
        rows = Group.objects.filter(pk__in=some)
        list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values("pk"))
        rows.update(revised_at=later)


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    """Yield primary keys in order, in batches of :data:`BATCH_SIZE`."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), BATCH_SIZE):
        yield ordered[start : start + BATCH_SIZE]


def _shift(sessions: list[int], shift: timedelta) -> None:
    for some in _batches(sessions):
        Occurrence.objects.filter(pk__in=some).update(
            starts_at=F("starts_at") + shift,
            ends_at=F("ends_at") + shift,
            sequence=F("sequence") + 1,
            revised_at=REVISION,
            tz_version=zones.TZ_VERSION,
        )


def _change(session: Stale, shift: timedelta, *, now: datetime) -> ScheduleChange:
    return ScheduleChange(
        group_id=session.group,
        series_id=session.series,
        occurrence_id=session.pk,
        kind=ScheduleChange.Kind.RETIMED,
        at=now,
        before={"starts_at": session.starts_at.isoformat(), "tz_version": session.tz_version},
        after={
            "starts_at": (session.starts_at + shift).isoformat(),
            "tz_version": zones.TZ_VERSION,
        },
    )


def _reopen_last_day(moved: Iterable[str]) -> None:
    """Fill the last day of the window again in these zones: its end is an instant and moved, too."""
    Series.objects.filter(tz__in=[zones.zone(name) for name in moved]).update(
        filled_until=F("filled_until") - timedelta(days=1)
    )
