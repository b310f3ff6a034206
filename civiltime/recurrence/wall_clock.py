"""A local time of day in a zone: its UTC instant on each day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civiltime.transitions import Transitions

SECONDS_PER_DAY: Final = 86_400


class WallClock(NamedTuple):
    """One time of day in one zone; days are counted from 1 January 1970.

    Attributes:
        transitions: the zone's transitions.
        seconds_of_day: seconds after local midnight.
    """

    transitions: Transitions
    seconds_of_day: int

    def offset(self, day: int) -> int:
        """Return the offset of this local time on a day, in seconds east of UTC."""
        return self.transitions.offsets[self._period_index(day)]

    def first_day_from(self, instant: datetime) -> int:
        """Return the first day since 1970 with this local time no earlier than an aware instant.

        Raises:
            ValueError: the instant is naive.
        """
        if instant.tzinfo is None:
            raise ValueError("a window is bounded by instants, and this one has no zone")
        seconds = instant.timestamp()
        day = int((seconds - self.seconds_of_day) // SECONDS_PER_DAY) - 1
        while day * SECONDS_PER_DAY + self.seconds_of_day - self.offset(day) < seconds:
            day += 1
        return day

    def in_utc(self, steps: list[timedelta], days: Sequence[int]) -> list[timedelta]:
        """Return the differences in UTC between consecutive days, given their local differences.

        ``days`` are the n + 1 days since 1970 between which the n ``steps`` lie, in order.
        """
        first, last = self._period_index(days[0]), self._period_index(days[-1])
        if first == last:
            return steps
        steps = steps.copy()
        for index in range(first, last):
            begins = -(
                (self.seconds_of_day - self.transitions.wall_seconds[index]) // SECONDS_PER_DAY
            )
            moved = self.transitions.offsets[index + 1] - self.transitions.offsets[index]
            steps[bisect_left(days, begins) - 1] -= timedelta(seconds=moved)
        return steps

    def _period_index(self, day: int) -> int:
        """Return the index of the offset period that applies to this local time on a day."""
        return bisect_right(
            self.transitions.wall_seconds, day * SECONDS_PER_DAY + self.seconds_of_day
        )
