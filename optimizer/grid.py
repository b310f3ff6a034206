"""The grid everything stands on: quarter hours of a local week that begins on Monday at 00:00.

Every zone of the tz database has been a whole number of quarter hours from UTC since the
eighties, so a week of 672 cells loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final, Self

from civiltime import zones
from optimizer.errors import OffGridTime, OutOfRange, UnsupportedDuration

QUARTER: Final = timedelta(minutes=15)
HOUR: Final = 4
DAY: Final = 96
WEEK: Final = 672
MAX_CADENCE_WEEKS: Final = 4


def cell_of(at: time) -> int:
    """Return the quarter hour of the day, 0 to 95, at which a time stands.

    Raises:
        OffGridTime: it stands between two.
    """
    if at.minute % 15 or at.second or at.microsecond:
        raise OffGridTime(at)
    return at.hour * HOUR + at.minute // 15


def time_of(cell: int) -> time:
    """Return the time of day of a quarter hour, counted from any midnight."""
    hour, quarter = divmod(cell % DAY, HOUR)
    return time(hour, quarter * 15)


def steps_of(duration: timedelta) -> int:
    """Return a length in quarter hours.

    Raises:
        UnsupportedDuration: it is no whole number of them, or not between one and a day.
    """
    steps, rest = divmod(duration, QUARTER)
    if rest or not 1 <= steps <= DAY:
        raise UnsupportedDuration(duration)
    return steps


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly hour: a wall-clock time in an anchor zone, Monday is weekday 0.

    ``week`` tells the phase of a cadence longer than a week: 0 is the first week of the horizon.

    Raises:
        UnknownZone: the tz database has no such anchor.
        OffGridTime: the time is not a quarter hour.
        OutOfRange: there is no such weekday or week.
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
        """Return the slot that starts ``cell`` quarter hours after the horizon's first midnight."""
        week, in_week = divmod(cell, WEEK)
        weekday, in_day = divmod(in_week, DAY)
        return cls(anchor, weekday, time_of(in_day), week)

    @property
    def cell(self) -> int:
        """Quarter hours after Monday 00:00 of the horizon's first week, in the anchor zone."""
        return self.week * WEEK + self.weekday * DAY + cell_of(self.time)
