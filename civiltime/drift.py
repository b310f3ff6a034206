"""Whose hour moves when clocks change in one place and not in the other."""

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

AHEAD: Final = timedelta(weeks=8)
# Clocks that part for a while come together again within five weeks: nine reach back to the hour
# that was usual before, also for a series that meets once a month.
BACK: Final = timedelta(weeks=9)


class HourChange(NamedTuple):
    """From one session on, a series is at another local hour for the people of a zone.

    Attributes:
        series: its position in what was asked.
        first: the UTC start of the first session at that hour.
        last: the UTC start of the last one, when the usual hour comes back; None when it does not
            within eight weeks.
        shift: how much later than usual it is; earlier is negative.
    """

    series: int
    first: datetime
    last: datetime | None
    shift: timedelta


class _Run(NamedTuple):
    """Sessions in a row at one hour: how far the reader's clock is ahead of the rule's, seconds."""

    lead: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """The sessions of many series from nine weeks ago to eight weeks ahead, worked out once."""

    batch: Batch
    now: datetime

    @classmethod
    def of(cls, series: Sequence[Series], *, now: datetime) -> Outlook:
        """Return the outlook of some (rule, first local start, zone).

        Raises:
            UnsupportedRule: as ``expand``.
        """
        return cls(expand_many(series, after=now - BACK, before=now + AHEAD), now)

    def changes_in(self, tz: ZoneInfo) -> list[HourChange]:
        """Return what is still to come for the people of one zone, by series and then by time.

        The sessions that the rules name count, wherever a facilitator has moved one of them: this
        is about clocks. A thousand series take about a millisecond for each zone.
        """
        leads = self._leads(tz)
        changes: list[HourChange] = []
        for place in self._moving(leads):
            mine = slice(*np.searchsorted(self.batch.series, [place, place + 1]))
            runs = _runs(leads[mine].tolist(), self.batch.utc_seconds[mine].tolist())
            changes += _changes(int(place), runs, self.now)
        return changes

    def _leads(self, tz: ZoneInfo) -> NDArray[np.int64]:
        """Return (n,) int64: seconds by which this zone's clock is ahead of the rule's wall."""
        starts = self.batch.utc_seconds
        changes = transitions(tz)
        offsets = np.array(changes.offsets, dtype=np.int64)
        there = starts + offsets[np.searchsorted(changes.utc_seconds, starts, side="right")]
        return there - self.batch.local_minutes * 60

    def _moving(self, leads: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return which series have two neighbouring sessions with different leads."""
        owner = self.batch.series
        moves = (owner[1:] == owner[:-1]) & (leads[1:] != leads[:-1])
        return np.unique(owner[1:][moves])


def hour_changes(series: Sequence[Series], tz: ZoneInfo, *, now: datetime) -> list[HourChange]:
    """Return when the local hour of some series moves for the people of a zone, 8 weeks ahead.

    Raises:
        UnsupportedRule: as ``expand``.
    """
    return Outlook.of(series, now=now).changes_in(tz)


def _runs(leads: list[int], starts: list[int]) -> list[_Run]:
    runs = []
    for lead, sessions in groupby(zip(leads, starts, strict=True), key=lambda pair: pair[0]):
        times = [start for _, start in sessions]
        runs.append(_Run(lead, times[0], times[-1]))
    return runs


def _changes(place: int, runs: list[_Run], now: datetime) -> Iterator[HourChange]:
    """Yield the runs at an unusual hour. One that lasts is the usual hour from then on."""
    usual = runs[0].lead
    for number, run in enumerate(runs):
        if run.lead == usual:
            continue
        shift = timedelta(seconds=run.lead - usual)
        passes = any(later.lead == usual for later in runs[number + 1 :])
        if not passes:
            usual = run.lead
        is_to_come = (run.last if passes else run.first) >= now.timestamp()
        if is_to_come:
            last = _instant(run.last) if passes else None
            yield HourChange(place, _instant(run.first), last, shift)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
