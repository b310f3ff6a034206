"""A wall-clock time in a zone, day after day: which instant it is on each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civiltime.transitions import Transitions

DAY: Final = 86_400


class WallClock(NamedTuple):
    """One time of day in one zone; days are counted from 1 January 1970.

    Attributes:
        changes: the zone's changes.
        time_of_day: seconds after local midnight.
    """

    changes: Transitions
    time_of_day: int

    def offset(self, day: int) -> int:
        """Return the seconds east of UTC that count for this time on a day."""
        return self.changes.offsets[self._regime(day)]

    def first_day_from(self, instant: datetime) -> int:
        """Return the first day on which this time is no earlier than an instant.

        Raises:
            ValueError: the instant is naive.
        """
        if instant.tzinfo is None:
            raise ValueError("a window is bounded by instants, and this one has no zone")
        seconds = instant.timestamp()
        day = int((seconds - self.time_of_day) // DAY) - 1
        while day * DAY + self.time_of_day - self.offset(day) < seconds:
            day += 1
        return day

    def in_utc(self, steps: list[timedelta], days: Sequence[int]) -> list[timedelta]:
        """Return local steps between days as they are in UTC, across changes of clocks."""
        first, last = self._regime(days[0]), self._regime(days[-1])
        if first == last:
            return steps
        steps = steps.copy()
        for index in range(first, last):
            begins = -((self.time_of_day - self.changes.wall_seconds[index]) // DAY)
            moved = self.changes.offsets[index + 1] - self.changes.offsets[index]
            steps[bisect_left(days, begins) - 1] -= timedelta(seconds=moved)
        return steps

    def _regime(self, day: int) -> int:
        return bisect_right(self.changes.wall_seconds, day * DAY + self.time_of_day)
