"""Whose agreed hours move when clocks change, read from the tables for zones, not for people."""

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
    """An agreed hour that will be at another local time for the people of one zone."""

    series: Series
    tz: ZoneInfo
    change: HourChange

    @property
    def key(self) -> str:
        """Return what this news is known by, however often it is read."""
        return f"{self.series.pk}:{self.tz.key}:{self.change.first:%Y-%m-%d}"


class ZoneClockChange(NamedTuple):
    """What a facilitator may know of it: how many people of a zone it concerns.

    Attributes:
        tz: None for all the zones together in which too few people live to name them.
    """

    tz: ZoneInfo | None
    people: int
    changes: list[HourChange]


def upcoming_clock_changes(*, now: datetime) -> Iterator[UpcomingClockChange]:
    """Yield what the next eight weeks bring to each zone of each group's members.

    One expansion of all series serves every zone; who is concerned are the active members of
    ``news.series.group`` who live in ``news.tz``.
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
    """Return what the next eight weeks bring to someone in a zone, for some groups."""
    series = list(_agreed().filter(group__in=groups).select_related("group"))
    return [
        UpcomingClockChange(series[change.series], tz, change)
        for change in _drift_window(series, now).changes_in(tz)
    ]


def clock_changes_by_zone(
    group: Group, places: MemberTimeZones, *, now: datetime
) -> list[ZoneClockChange]:
    """Return what the next eight weeks bring to a group's members, as counts for zones."""
    drift_window = _drift_window(_agreed().filter(group=group), now)
    named = [ZoneClockChange(tz, count, drift_window.changes_in(tz)) for tz, count in places.named]
    shown = [news for news in named if news.changes]
    elsewhere = sum(count for tz, count in places.unnamed.items() if drift_window.changes_in(tz))
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
