"""When somebody can come: windows of her own local week, painted one over the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from optimizer.errors import NoWeekday
from optimizer.grid import DAY, WEEK, cell_of, time_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import time

EVERY_DAY: Final = frozenset(range(7))
AS_USUAL: Final = 255
"""Beyond every level: what a season does not paint."""
NOBODY_ASKED: Final = bytes([AS_USUAL]) * WEEK


class Level(IntEnum):
    """How well an hour suits somebody, best first."""

    PREFER = 0
    FINE = 1
    IF_NEEDED = 2
    NO = 3


@dataclass(frozen=True, slots=True)
class Window:
    """The same hours on some days of a local week, Monday is 0.

    A window that ends at or before its start runs into the next day, so 22:00-06:00 is a
    night and 00:00-00:00 a whole day. ``reason`` is private: no result repeats it.

    Raises:
        NoWeekday: no days, or days outside 0 to 6.
        OffGridTime: the start or the end is not a quarter hour.
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
        """First quarter hour of the day, and the one after the last: past 96 after midnight."""
        first, last = cell_of(self.start), cell_of(self.end)
        return first, last if last > first else last + DAY


def levels_from_windows(windows: Iterable[Window], over: bytes | None = None) -> bytes:
    """Return the level of each of the 672 quarter hours of a local week.

    Windows are painted in order and a later one covers an earlier one: put what is not
    possible (quiet hours, prayer, school) last. What nobody painted is ``NO``, or as it was in
    the week that is painted ``over``.
    """
    week = bytearray([Level.NO]) * WEEK if over is None else bytearray(over)
    for window in windows:
        first, last = window.cells
        stroke = bytes([window.level]) * (last - first)
        for day in window.days:
            start, end = day * DAY + first, day * DAY + last
            week[start : min(end, WEEK)] = stroke[: WEEK - start]
            if end > WEEK:
                week[: end - WEEK] = stroke[WEEK - start :]
    return bytes(week)


def windows_from_levels(week: bytes, *, bare: int = Level.NO) -> tuple[Window, ...]:
    """Return the fewest windows, each within one day, that paint a week; ``bare`` needs none."""
    return tuple(
        Window(frozenset([day]), time_of(first), time_of(last), Level(level))
        for day, first, last, level in runs(week)
        if level != bare
    )


def runs(week: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield weekday, first quarter hour, the one after the last, and value of each run in a day."""
    for weekday in range(7):
        day = week[weekday * DAY : (weekday + 1) * DAY]
        cuts = [0, *(at for at in range(1, DAY) if day[at] != day[at - 1]), DAY]
        for first, last in pairwise(cuts):
            yield weekday, first, last, day[first]
