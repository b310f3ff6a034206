"""Weekly availability: windows of a local week, and levels by quarter hour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from optimizer.errors import NoWeekday
from optimizer.grid import QUARTERS_PER_DAY, QUARTERS_PER_WEEK, cell_of, time_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import time

EVERY_DAY: Final = frozenset(range(7))
UNSET_LEVEL: Final = 255
"""In a season's week: the level of the usual week applies."""
UNSET_WEEK: Final = bytes([UNSET_LEVEL]) * QUARTERS_PER_WEEK


class Level(IntEnum):
    """How well a time suits a person, best first."""

    PREFER = 0
    FINE = 1
    IF_NEEDED = 2
    NO = 3


@dataclass(frozen=True, slots=True)
class Window:
    """The same local times on some weekdays, Monday is 0.

    A window that ends at or before its start runs into the next day: 22:00-06:00 is a night,
    00:00-00:00 a whole day. ``reason`` is private: no result and no hash contains it.

    Raises:
        NoWeekday: no days, or days outside 0 to 6.
        OffGridTime: the start or the end is not on a quarter hour.
    """

    days: frozenset[int]
    start: time
    end: time
    level: Level
    reason: str = ""

    def __post_init__(self) -> None:
        if not self.days or not self.days <= EVERY_DAY:
            raise NoWeekday(self.days)
        cell_of(self.start)
        cell_of(self.end)

    @property
    def cells(self) -> tuple[int, int]:
        """First quarter hour of the day, and the end (exclusive), above 96 if past midnight."""
        first, last = cell_of(self.start), cell_of(self.end)
        return first, last if last > first else last + QUARTERS_PER_DAY


def levels_from_windows(windows: Iterable[Window], over: bytes | None = None) -> bytes:
    """Return the level of each of the 672 quarter hours of a local week.

    Windows are applied in order, and a later one replaces an earlier one: times that are impossible
    (quiet hours, prayer, school) come last. Times without a window are ``NO``, or as in the week
    ``over``, 672 levels.
    """
    week = bytearray([Level.NO]) * QUARTERS_PER_WEEK if over is None else bytearray(over)
    for window in windows:
        first, last = window.cells
        levels = bytes([window.level]) * (last - first)
        for day in window.days:
            start, end = day * QUARTERS_PER_DAY + first, day * QUARTERS_PER_DAY + last
            week[start : min(end, QUARTERS_PER_WEEK)] = levels[: QUARTERS_PER_WEEK - start]
            if end > QUARTERS_PER_WEEK:
                week[: end - QUARTERS_PER_WEEK] = levels[QUARTERS_PER_WEEK - start :]
    return bytes(week)


def windows_from_levels(week: bytes, *, unset: int = Level.NO) -> tuple[Window, ...]:
    """Return the fewest windows, each within one local day, for a week of 672 quarter hours.

    Quarter hours at level ``unset`` get no window. The windows are in chronological order.
    """
    return tuple(
        Window(frozenset([day]), time_of(first), time_of(last), Level(level))
        for day, first, last, level in runs(week)
        if level != unset
    )


def runs(week: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield the runs of equal levels within each local day of a week of 672 levels, in order.

    A run is the weekday (Monday is 0), the first quarter hour of the day, the end (exclusive), and
    the level.
    """
    for weekday in range(7):
        day = week[weekday * QUARTERS_PER_DAY : (weekday + 1) * QUARTERS_PER_DAY]
        cuts = [
            0,
            *(at for at in range(1, QUARTERS_PER_DAY) if day[at] != day[at - 1]),
            QUARTERS_PER_DAY,
        ]
        for first, last in pairwise(cuts):
            yield weekday, first, last, day[first]
