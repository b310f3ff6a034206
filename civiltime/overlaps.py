"""Overlaps between the sessions of several series within a year.

Two series that do not overlap today may overlap after a change of clocks: about a fifth of all
overlaps exist only then, so comparing one week is not enough.
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

LOOKAHEAD: Final = timedelta(weeks=52)


class SeriesSchedule(NamedTuple):
    """A series: its rule, its naive first local start, its zone, and the duration of a session."""

    rule: Rule
    first_local: datetime
    tz: ZoneInfo
    duration_minutes: int


class Overlap(NamedTuple):
    """Two series with sessions at the same time.

    Attributes:
        first: index of the series given first.
        second: index of the other.
        overlapping_meetings: how many sessions of the first overlap one of the second.
        total_meetings: how many sessions the first has within the year.
        first_at: UTC start of the first session of the first series that overlaps.
    """

    first: int
    second: int
    overlapping_meetings: int
    total_meetings: int
    first_at: datetime

    @property
    def is_seasonal(self) -> bool:
        """Whether some sessions of the first series overlap none of the second."""
        return self.overlapping_meetings < self.total_meetings


def find_overlaps(schedules: Sequence[SeriesSchedule], *, now: datetime) -> list[Overlap]:
    """Return each pair of series that overlap within 52 weeks after ``now``, in the order given.

    ``now`` is aware. Cost: O(m log m + overlaps) for m sessions.

    Raises:
        UnsupportedRule: as :func:`~civiltime.recurrence.expand`.
    """
    if len(schedules) < 2:  # noqa: PLR2004 - a pair
        return []
    batch = expand_many([schedule[:3] for schedule in schedules], after=now, before=now + LOOKAHEAD)
    order = np.argsort(batch.utc_seconds, kind="stable")
    starts, owner = batch.utc_seconds[order], batch.series[order].astype(np.int64)
    ends = (
        starts
        + 60 * np.array([schedule.duration_minutes for schedule in schedules], np.int64)[owner]
    )
    earlier, later = _overlaps(starts, ends)
    meetings = np.bincount(owner, minlength=len(schedules))
    by_pair: dict[tuple[int, int], set[int]] = {}
    for one, other in zip(earlier.tolist(), later.tolist(), strict=True):
        pair = sorted([(int(owner[one]), one), (int(owner[other]), other)])
        if pair[0][0] != pair[1][0]:
            by_pair.setdefault((pair[0][0], pair[1][0]), set()).add(pair[0][1])
    return [
        Overlap(
            first,
            second,
            len(overlapping),
            int(meetings[first]),
            datetime.fromtimestamp(int(starts[min(overlapping)]), UTC),
        )
        for (first, second), overlapping in sorted(by_pair.items())
    ]


def _overlaps(
    starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of overlapping sessions as positions by start time, ``(pairs,) int64`` each."""
    positions = np.arange(len(starts))
    counts = np.searchsorted(starts, ends, side="left") - positions - 1
    earlier = np.repeat(positions, counts)
    later = np.arange(len(earlier)) - np.repeat(counts.cumsum() - counts, counts) + earlier + 1
    return earlier, later
