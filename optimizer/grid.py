"""The time grid: quarter hours of a local week that begins on Monday at 00:00.

Since the 1980s every zone of the tz database has been a whole number of quarter hours from UTC, so
a week of 672 quarter hours loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final, Self

from civiltime import zones
from optimizer.errors import OffGridTime, OutOfRange, UnsupportedDuration

QUARTER_HOUR: Final = timedelta(minutes=15)
QUARTERS_PER_HOUR: Final = 4
QUARTERS_PER_DAY: Final = 96
QUARTERS_PER_WEEK: Final = 672
MAX_CADENCE_WEEKS: Final = 4


def cell_of(at: time) -> int:
    """Return the quarter hour of the day of a naive local time, 0 to 95.

    Raises:
        OffGridTime: the time is not on a quarter hour.
    """
    if at.minute % 15 or at.second or at.microsecond:
        raise OffGridTime(at)
    return at.hour * QUARTERS_PER_HOUR + at.minute // 15


def time_of(cell: int) -> time:
    """Return the naive local time of day of a quarter hour counted from any midnight."""
    hour, quarter = divmod(cell % QUARTERS_PER_DAY, QUARTERS_PER_HOUR)
    return time(hour, quarter * 15)


def steps_of(duration: timedelta) -> int:
    """Return a duration in quarter hours.

    Raises:
        UnsupportedDuration: not a whole number of quarter hours from 1 to 96.
    """
    steps, rest = divmod(duration, QUARTER_HOUR)
    if rest or not 1 <= steps <= QUARTERS_PER_DAY:
        raise UnsupportedDuration(duration)
    return steps


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly meeting time: a naive wall-clock time on a weekday in an anchor zone.

    Attributes:
        anchor: name of the zone whose wall clock holds the meeting.
        weekday: Monday is 0.
        time: naive local start, on a quarter hour.
        week: for a cadence longer than a week, the first week with a meeting; 0 is the first week
            of the horizon.

    Raises:
        UnknownZone: the tz database has no such anchor.
        OffGridTime: the time is not on a quarter hour.
        OutOfRange: the weekday is not 0 to 6, or the week not 0 to 3.
    """

    anchor: str
    weekday: int
    time: time
    week: int = 0

    def __post_init__(self) -> None:
        zones.canonical(self.anchor)
        cell_of(self.time)
        if not 0 <= self.weekday < 7:  # noqa: PLR2004 - days of a week
            raise OutOfRange("weekday", self.weekday, least=0, most=6)
        if not 0 <= self.week < MAX_CADENCE_WEEKS:
            raise OutOfRange("week", self.week, least=0, most=MAX_CADENCE_WEEKS - 1)

    @classmethod
    def at(cls, anchor: str, cell: int) -> Self:
        """Return the slot ``cell`` quarter hours after local midnight of the horizon's start."""
        week, in_week = divmod(cell, QUARTERS_PER_WEEK)
        weekday, in_day = divmod(in_week, QUARTERS_PER_DAY)
        return cls(anchor, weekday, time_of(in_day), week)

    @property
    def cell(self) -> int:
        """Quarter hours from the horizon's first local midnight to the slot's first meeting."""
        return self.week * QUARTERS_PER_WEEK + self.weekday * QUARTERS_PER_DAY + cell_of(self.time)
