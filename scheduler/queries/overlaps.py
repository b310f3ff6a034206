"""Groups of one person that meet at the same time, shown to that person only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from civiltime.overlaps import Overlap, SeriesSchedule, find_overlaps
from civiltime.recurrence import Rule
from scheduler.models.groups import Group
from scheduler.models.schedule import Series

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models.person import Person


class GroupOverlap(NamedTuple):
    """Two groups of one person, and when they overlap."""

    first: Group
    second: Group
    overlap: Overlap


def overlaps_of(person: Person, *, now: datetime) -> list[GroupOverlap]:
    """Return the overlaps of a person's groups in the coming year, in one query."""
    series = list(
        Series.objects.filter(group__in=Group.objects.joined_by(person), ended_at=None)
        .select_related("group")
        .order_by("group__name", "pk")
    )
    schedules = [
        SeriesSchedule(Rule.parse(one.rule), one.first_local, one.tz, one.duration_minutes)
        for one in series
    ]
    return [
        GroupOverlap(series[overlap.first].group, series[overlap.second].group, overlap)
        for overlap in find_overlaps(schedules, now=now)
    ]
