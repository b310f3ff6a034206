"""Which of some series meet at the same time, on any day of the coming year.

Two hours that lie side by side today may overlap after a clock change: about a fifth of all
conflicts exist only then, so one week's look is not enough.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from civiltime.recurrence import expand_many

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from civiltime.recurrence import Rule

AHEAD: Final = timedelta(weeks=52)


class Hour(NamedTuple):
    """A series: its rule, its first naive local start, its zone, its length in minutes."""

    rule: Rule
    first_local: datetime
    tz: ZoneInfo
    minutes: int


class Overlap(NamedTuple):
    """Two series that nobody can both attend.

    Attributes:
        first: position of the one that was given first.
        second: position of the other.
        times: how many meetings of the first overlap one of the second.
        every: how many meetings the first has in the year.
        first_at: the UTC start of the first such meeting.
    """

    first: int
    second: int
    times: int
    every: int
    first_at: datetime

    @property
    def is_seasonal(self) -> bool:
        """Whether other weeks are free of it."""
        return self.times < self.every


def find_overlaps(hours: Sequence[Hour], *, now: datetime) -> list[Overlap]:
    """Return every pair that overlaps within a year, in the order given.

    Cost: O(m log m + overlaps) for m meetings.
    """
    if len(hours) < 2:  # noqa: PLR2004 - a pair
        return []
    batch = expand_many([hour[:3] for hour in hours], after=now, before=now + AHEAD)
    order = np.argsort(batch.utc_seconds, kind="stable")
    starts, owner = batch.utc_seconds[order], batch.series[order].astype(np.int64)
    ends = starts + 60 * np.array([hour.minutes for hour in hours], np.int64)[owner]
    earlier, later = _overlaps(starts, ends)
    every = np.bincount(owner, minlength=len(hours))
    found: dict[tuple[int, int], set[int]] = {}
    for one, other in zip(earlier.tolist(), later.tolist(), strict=True):
        pair = sorted([(int(owner[one]), one), (int(owner[other]), other)])
        if pair[0][0] != pair[1][0]:
            found.setdefault((pair[0][0], pair[1][0]), set()).add(pair[0][1])
    return [
        Overlap(
            first,
            second,
            len(meetings),
            int(every[first]),
            datetime.fromtimestamp(int(starts[min(meetings)]), UTC),
        )
        for (first, second), meetings in sorted(found.items())
    ]


def _overlaps(
    starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of meetings, by place in time: each with those that start before it has ended."""
    places = np.arange(len(starts))
    many = np.searchsorted(starts, ends, side="left") - places - 1
    earlier = np.repeat(places, many)
    later = np.arange(len(earlier)) - np.repeat(many.cumsum() - many, many) + earlier + 1
    return earlier, later
