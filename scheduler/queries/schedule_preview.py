"""The next sessions of a rule before it is saved, in the group's zone and in the members' zones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from civiltime.recurrence import GapOrOverlapStart, Rule, Start, expand, next_gap_or_overlap

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from scheduler.queries.member_time_zones import MemberTimeZones

MAX_STARTS: Final = 8
EXPANSION_LIMIT: Final = timedelta(days=366 * 10)  # eight sessions of a rule that meets once a year
CLOCK_CHANGE_HORIZON: Final = timedelta(days=731)
SHIFT_MINUTES: Final = (-60, -30, 30, 60)
NIGHT_ENDS_HOUR: Final = 6


class LocalStart(NamedTuple):
    """The local time of some consecutive sessions in one zone.

    Attributes:
        first: the naive wall-clock time of the first of them.
    """

    first: datetime

    @property
    def is_at_night(self) -> bool:
        """Whether most people sleep then."""
        return self.first.hour < NIGHT_ENDS_HOUR


class TimeInZone(NamedTuple):
    """The next sessions in one zone, and how many members live there."""

    tz: ZoneInfo
    people: int
    local_starts: list[LocalStart]


@dataclass(frozen=True, slots=True)
class Preview:
    """The next eight sessions of a rule that is not saved yet.

    Attributes:
        starts: when they begin.
        zones: their local times in the zones of the group's members.
        elsewhere: how many people live in zones that are not named.
        gap_or_overlap: the first session within two years that falls on a clock change, if any.
        shifts: minutes by which the time can be shifted so that none does.
    """

    starts: list[Start]
    zones: list[TimeInZone]
    elsewhere: int
    gap_or_overlap: GapOrOverlapStart | None
    shifts: list[int]


def preview(
    rule: Rule, *, first_local: datetime, tz: ZoneInfo, member_zones: MemberTimeZones, now: datetime
) -> Preview:
    """Return the next eight sessions of a rule, with their local times in the members' zones.

    Raises:
        UnsupportedRule: the rule does not meet on its first day.
    """
    to_come = expand(rule, first_local=first_local, tz=tz, after=now, before=now + EXPANSION_LIMIT)
    starts = list(islice(to_come, MAX_STARTS))
    gap_or_overlap = gap_or_overlap_ahead(rule, first_local, tz, now)
    return Preview(
        starts=starts,
        zones=[
            TimeInZone(there, people, _local_starts(starts, there))
            for there, people in member_zones.named
        ],
        elsewhere=member_zones.elsewhere,
        gap_or_overlap=gap_or_overlap,
        shifts=_possible_shifts(rule, first_local, tz, now) if gap_or_overlap else [],
    )


def gap_or_overlap_ahead(
    rule: Rule, first_local: datetime, tz: ZoneInfo, now: datetime
) -> GapOrOverlapStart | None:
    """Return the first session of the next two years that falls on a clock change, if any."""
    return next_gap_or_overlap(
        rule, first_local=first_local, tz=tz, after=now, before=now + CLOCK_CHANGE_HORIZON
    )


def _possible_shifts(rule: Rule, first_local: datetime, tz: ZoneInfo, now: datetime) -> list[int]:
    """Return the shifts in minutes that stay on the same day and fall on no clock change."""
    return [
        minutes
        for minutes in SHIFT_MINUTES
        if (later := first_local + timedelta(minutes=minutes)).date() == first_local.date()
        and gap_or_overlap_ahead(rule, later, tz, now) is None
    ]


def _local_starts(starts: Iterable[Start], tz: ZoneInfo) -> list[LocalStart]:
    there = [start.at.astimezone(tz).replace(tzinfo=None) for start in starts]
    return [
        LocalStart(next(same)) for _time, same in groupby(there, key=lambda local: local.time())
    ]
