"""Local times of series that differ because clocks change, by zone and not by person."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from civiltime.drift import DriftWindow, HourChange
from civiltime.recurrence import Rule
from scheduler.models.groups import Membership
from scheduler.models.schedule import Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from django.db.models import QuerySet

    from scheduler.models.groups import Group
    from scheduler.queries.member_time_zones import MemberTimeZones


class UpcomingClockChange(NamedTuple):
    """A series whose local time in a zone will differ."""

    series: Series
    tz: ZoneInfo
    change: HourChange

    @property
    def key(self) -> str:
        """Return a key that is the same whenever this change is read."""
        return f"{self.series.pk}:{self.tz.key}:{self.change.first:%Y-%m-%d}"


class ZoneClockChange(NamedTuple):
    """How many people of one zone a change concerns, for facilitators.

    Attributes:
        tz: None for all zones together that too few people live in to be named.
    """

    tz: ZoneInfo | None
    people: int
    changes: list[HourChange]


def upcoming_clock_changes(*, now: datetime) -> Iterator[UpcomingClockChange]:
    """Yield the changes of the next eight weeks for each zone of each group's members.

    One expansion of all series serves every zone. A change concerns the active members of
    ``series.group`` who live in ``tz``.
    """
    series = list(_agreed().filter(group__closed_at=None))
    drift_window = _drift_window(series, now)
    for tz, groups in _groups_by_zone().items():
        for change in drift_window.changes_in(tz):
            if series[change.series].group_id in groups:
                yield UpcomingClockChange(series[change.series], tz, change)


def clock_changes_in_zone(
    tz: ZoneInfo, groups: Iterable[Group], *, now: datetime
) -> list[UpcomingClockChange]:
    """Return the changes of the next eight weeks in one zone, for some groups."""
    series = list(_agreed().filter(group__in=groups).select_related("group"))
    return [
        UpcomingClockChange(series[change.series], tz, change)
        for change in _drift_window(series, now).changes_in(tz)
    ]


def clock_changes_by_zone(
    group: Group, member_zones: MemberTimeZones, *, now: datetime
) -> list[ZoneClockChange]:
    """Return the changes of the next eight weeks for a group's members, as counts by zone."""
    drift_window = _drift_window(_agreed().filter(group=group), now)
    named = [
        ZoneClockChange(tz, count, drift_window.changes_in(tz)) for tz, count in member_zones.named
    ]
    shown = [upcoming for upcoming in named if upcoming.changes]
    elsewhere = sum(
        count for tz, count in member_zones.unnamed.items() if drift_window.changes_in(tz)
    )
    return [*shown, ZoneClockChange(None, elsewhere, [])] if elsewhere else shown


def _agreed() -> QuerySet[Series]:
    return Series.objects.filter(ended_at=None).order_by("pk")


def _drift_window(series: Iterable[Series], now: datetime) -> DriftWindow:
    return DriftWindow.of(
        [(Rule.parse(one.rule), one.first_local, one.tz) for one in series], now=now
    )


def _groups_by_zone() -> dict[ZoneInfo, set[int]]:
    pairs = Membership.objects.active().values_list("person__tz", "group").distinct()
    groups: dict[ZoneInfo, set[int]] = defaultdict(set)
    for tz, group in pairs:
        groups[tz].add(group)
    return groups
