"""Derive every session to come again when the tz database has changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import transaction
from django.db.models import DateTimeField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from civiltime import zones
from scheduler.actions.calendar_revisions import SECOND
from scheduler.models import Group, Occurrence, ScheduleChange, Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from django.db.models import QuerySet

BATCH_SIZE: Final = 5_000  # SQLite takes at least 32,766 values
REVISION: Final = Subquery(Group.objects.filter(pk=OuterRef("group")).values("revised_at"))


class Stale(NamedTuple):
    """A session to come whose instants were derived under another release."""

    pk: int
    group: int
    series: int | None
    starts_local: datetime
    tz: ZoneInfo
    starts_at: datetime
    tz_version: str


@dataclass(slots=True)
class Retimed:
    """What a new release did.

    Attributes:
        derived: how many sessions were derived again.
        moved: of them, how many moved in each zone, by its name.
        groups: the keys of the groups whose members are affected.
    """

    derived: int = 0
    moved: Counter[str] = field(default_factory=Counter)
    groups: set[int] = field(default_factory=set)


@transaction.atomic
def retime(*, now: datetime) -> Retimed:
    """Derive each session that has not begun under the present release of the tz database.

    The wall clock stays. A session whose instant moves gets a higher sequence, a later revision
    and a ``ScheduleChange`` by nobody, from which its members are told. The same call again
    changes nothing, for what is derived bears the release's name. 100,000 sessions take seconds.
    """
    stale = Occurrence.objects.filter(starts_at__gt=now).exclude(tz_version=zones.TZ_VERSION)
    found = [session for session, _ in _moved(stale)]
    read = [session.pk for session in found]
    _revise_groups({session.group for session in found}, now)  # and lock them, before their rows
    moved = [
        one
        for some in _batches(read)
        # Only these are locked, and looked at once more under the lock.
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
    """Yield each session whose wall clock is another instant now, and how much later."""
    for session in map(Stale._make, stale.values_list(*Stale._fields)):
        shift = zones.resolve_local(session.starts_local, session.tz) - session.starts_at
        if shift:
            yield session, shift


def _revise_groups(groups: Iterable[int], now: datetime) -> None:
    """Give each group its next revision, as ``next_revision`` does for one."""
    present = Value(now.replace(microsecond=0), output_field=DateTimeField())
    later = Greatest(present, Coalesce(F("revised_at") + SECOND, present))
    for some in _batches(groups):
        rows = Group.objects.filter(pk__in=some)
        list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values("pk"))
        rows.update(revised_at=later)


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    """Yield primary keys in order, as many at a time as a statement takes."""
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
    """Let the window of these zones overlap by a day: its end is an instant, and that moved too."""
    Series.objects.filter(tz__in=[zones.zone(name) for name in moved]).update(
        filled_until=F("filled_until") - timedelta(days=1)
    )
