"""Changes of a series' local time for people in other zones, around changes of clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from civiltime.recurrence import expand_many
from civiltime.transitions import transitions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from civiltime.recurrence import Batch, Rule

    Series = tuple[Rule, datetime, ZoneInfo]

LOOKAHEAD: Final = timedelta(weeks=8)
# Two zones with different dates of clock changes agree again within five weeks: nine weeks reach
# back to the usual local time before, even for a monthly series.
LOOKBACK: Final = timedelta(weeks=9)


class HourChange(NamedTuple):
    """From one session on, a series has another local time than usual for the people of a zone.

    Attributes:
        series: index of the series in the input.
        first: UTC start of the first session at that time.
        last: UTC start of the last one, if the usual time returns; None if it does not within eight
            weeks.
        shift: how much later than usual the local time is; negative if it is earlier.
    """

    series: int
    first: datetime
    last: datetime | None
    shift: timedelta


class _Run(NamedTuple):
    """Consecutive sessions with one difference between two wall clocks; all values in seconds.

    ``difference`` is the reader's wall clock less the rule's, ``first`` and ``last`` are UTC
    starts.
    """

    difference: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class DriftWindow:
    """The sessions of many series from nine weeks before ``now`` to eight weeks after it."""

    batch: Batch
    now: datetime

    @classmethod
    def of(cls, series: Sequence[Series], *, now: datetime) -> DriftWindow:
        """Return the window of some series, each a (rule, naive first local start, zone).

        ``now`` is aware.

        Raises:
            UnsupportedRule: as :func:`~civiltime.recurrence.expand`.
        """
        return cls(expand_many(series, after=now - LOOKBACK, before=now + LOOKAHEAD), now)

    def changes_in(self, tz: ZoneInfo) -> list[HourChange]:
        """Return the changes to come for one zone, by series and then by time, in UTC.

        Only the starts named by the rules count, not sessions that were moved. A thousand series
        take about a millisecond.
        """
        differences = self._wall_differences(tz)
        changes: list[HourChange] = []
        for index in self._series_with_changes(differences):
            rows = slice(*np.searchsorted(self.batch.series, [index, index + 1]))
            runs = _runs(differences[rows].tolist(), self.batch.utc_seconds[rows].tolist())
            changes += _changes(int(index), runs, self.now)
        return changes

    def _wall_differences(self, tz: ZoneInfo) -> NDArray[np.int64]:
        """Return the zone's wall clock less the rule's at each session, ``(n,) int64`` seconds."""
        starts = self.batch.utc_seconds
        changes = transitions(tz)
        offsets = np.array(changes.offsets, dtype=np.int64)
        reader_wall = starts + offsets[np.searchsorted(changes.utc_seconds, starts, side="right")]
        return reader_wall - self.batch.local_minutes * 60

    def _series_with_changes(self, differences: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the series with consecutive sessions of different differences, ``(k,) int32``."""
        owner = self.batch.series
        moves = (owner[1:] == owner[:-1]) & (differences[1:] != differences[:-1])
        return np.unique(owner[1:][moves])


def hour_changes(series: Sequence[Series], tz: ZoneInfo, *, now: datetime) -> list[HourChange]:
    """Return the changes of local time of some series for one zone in eight weeks from ``now``.

    By series and then by time, with UTC starts; ``now`` is aware.

    Raises:
        UnsupportedRule: as :func:`~civiltime.recurrence.expand`.
    """
    return DriftWindow.of(series, now=now).changes_in(tz)


def _runs(differences: list[int], starts: list[int]) -> list[_Run]:
    """Return the runs of equal differences, in order."""
    runs = []
    for difference, sessions in groupby(
        zip(differences, starts, strict=True), key=lambda pair: pair[0]
    ):
        times = [start for _, start in sessions]
        runs.append(_Run(difference, times[0], times[-1]))
    return runs


def _changes(index: int, runs: list[_Run], now: datetime) -> Iterator[HourChange]:
    """Yield runs off the usual difference that are not over; a lasting one becomes the usual."""
    usual = runs[0].difference
    for number, run in enumerate(runs):
        if run.difference == usual:
            continue
        shift = timedelta(seconds=run.difference - usual)
        is_temporary = any(later.difference == usual for later in runs[number + 1 :])
        if not is_temporary:
            usual = run.difference
        is_to_come = (run.last if is_temporary else run.first) >= now.timestamp()
        if is_to_come:
            last = _utc(run.last) if is_temporary else None
            yield HourChange(index, _utc(run.first), last, shift)


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
