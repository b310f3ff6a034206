"""How many people bear how much at each slot: the sums of large populations.

Nobody is looked at twice: for each clock class and each pattern of shifts there is one count of
how many people have which combination of levels at which local hour, and every anchor reads its
bands from those counts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from optimizer.burden import burdens
from optimizer.clock_classes import ROWS_AT_ONCE
from optimizer.clock_offsets import clock_offsets, shifts
from optimizer.grid import WEEK
from optimizer.objective import BANDS, COST, band_table
from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.clock_classes import ClockClasses
    from optimizer.clock_offsets import Shifts
    from optimizer.rhythm import Rhythm
    from optimizer.tz_table import Segments

LEVELS: Final = len(Level)
# 4 levels at 4 shifts are 256 combinations; beyond that people are cheaper than combinations.
MOST_SHIFTS: Final = 4


class Histograms(NamedTuple):
    """A year of each chosen slot over everybody.

    ``people_by_band``: ``(columns, 65) int64``; ``unserved``, ``weighted_sum`` and ``drift``:
    ``(columns,) int64``.
    """

    people_by_band: NDArray[np.int64]
    unserved: NDArray[np.int64]
    weighted_sum: NDArray[np.int64]
    drift: NDArray[np.int64]


class Question(NamedTuple):
    """Which slots of which anchor; up to ``tolerated`` absences still count as served."""

    anchor: Segments
    columns: NDArray[np.int64]
    tolerated: int

    def at(self, chosen: NDArray[np.bool_]) -> Question:
        """Return the same question about some of its columns."""
        return self._replace(columns=self.columns[chosen])


class Histogrammer:
    """Counts people by band for any anchor, remembering combinations between anchors."""

    def __init__(self, people: ClockClasses, rhythm: Rhythm) -> None:
        self.people = people
        self.rhythm = rhythm
        self._combined: dict[tuple[int, tuple[int, ...]], NDArray[np.int64]] = {}

    def count(self, asked: Question) -> Histograms:
        """Return the histograms of the asked slots."""
        total = self._none(len(asked.columns))
        for clock in range(len(self.people.classes)):
            year, odd = self._year(clock, asked)
            total.drift[:] += year.drift[asked.columns] * len(
                self.people.week[self.people.rows(clock)]
            )
            for chosen, count in ((~odd, self._count_combined), (odd, self._count_people)):
                if chosen.any():
                    for whole, part in zip(
                        total, count(clock, year, asked.at(chosen)), strict=True
                    ):
                        whole[chosen] += part
        return total

    def _year(self, clock: int, asked: Question) -> tuple[Shifts, NDArray[np.bool_]]:
        """Return a class's year, and the columns that must be counted person by person."""
        member = self.people.classes[clock]
        runs, straddles = clock_offsets(asked.anchor, member, self.rhythm.span, self.rhythm.steps)
        year = shifts(runs, self.rhythm.slots, self.rhythm.occurrences)
        if len(year.shifts) > MOST_SHIFTS:
            return year, np.ones(len(asked.columns), bool)
        return year, np.isin(asked.columns, straddles.starts % self.rhythm.slots)

    def _count_combined(self, clock: int, year: Shifts, asked: Question) -> Histograms:
        """Count a class whose clock never jumps during these meetings."""
        columns, first = asked.columns, year.shifts[0]
        times = year.times[:, columns].astype(np.int64)
        relative = tuple((shift - first) % WEEK for shift in year.shifts)
        people = self._combinations(clock, relative)[:, (columns + first) % WEEK]
        present = people.any(axis=1)
        people, levels = people[present], _level_combinations(len(relative))[present]
        counted = self._none(len(columns))
        bands = band_table(self.rhythm.occurrences)[COST.astype(np.int64)[levels] @ times]
        counted.people_by_band[:] = count_by_band(bands, people)
        absences = (levels == Level.NO).astype(np.int64) @ times
        counted.unserved[:] = (people * (absences > asked.tolerated)).sum(axis=0)
        for shift, often in zip(year.shifts, times, strict=True):
            cost = self.people.weighted_cost[clock, (columns + shift) % WEEK]
            counted.weighted_sum[:] += cost * often
        return counted

    def _count_people(self, clock: int, _year: Shifts, asked: Question) -> Histograms:
        """Count a class person by person, for the few slots at which its clock jumps."""
        only = range(clock, clock + 1)
        year = burdens(self.people, only, asked.anchor, self.rhythm, asked.columns)
        burden = year.burden.astype(np.int64)
        counted = self._none(len(asked.columns))
        bands = band_table(self.rhythm.occurrences)[burden]
        counted.people_by_band[:] = count_by_band(bands)
        counted.unserved[:] = (year.absences > asked.tolerated).sum(axis=0)
        counted.weighted_sum[:] = self.people.weight[self.people.rows(clock)] @ burden
        return counted

    @staticmethod
    def _none(columns: int) -> Histograms:
        by_band = np.zeros((columns, BANDS), np.int64)
        return Histograms(by_band, *(np.zeros(columns, np.int64) for _ in range(3)))

    def _combinations(self, clock: int, relative: tuple[int, ...]) -> NDArray[np.int64]:
        """Count the people of a class by their levels at several relative hours ``(4^m, 672)``."""
        key = (clock, relative)
        if key not in self._combined:
            self._combined[key] = self._combine(clock, relative)
        return self._combined[key]

    def _combine(self, clock: int, relative: tuple[int, ...]) -> NDArray[np.int64]:
        combinations = LEVELS ** len(relative)
        counted = np.zeros(combinations * WEEK, np.int64)
        rows = self.people.rows(clock)
        for first in range(rows.start, rows.stop, ROWS_AT_ONCE):
            block = self.people.meeting[first : min(first + ROWS_AT_ONCE, rows.stop)]
            code = block.astype(np.int32)
            for place, shift in enumerate(relative[1:], start=1):
                code += np.roll(block, -shift, axis=1).astype(np.int32) * LEVELS**place
            cells = code * WEEK + np.arange(WEEK)
            counted += np.bincount(cells.ravel(), minlength=len(counted))
        return counted.reshape(combinations, WEEK)


@lru_cache(maxsize=MOST_SHIFTS)
def _level_combinations(places: int) -> NDArray[np.int64]:
    """Return the level at each place ``(4^places, places)`` of every combination's number."""
    numbers = np.arange(LEVELS**places)
    return np.stack([numbers >> 2 * place & 3 for place in range(places)], axis=1)


def count_by_band(
    bands: NDArray[np.uint8], people: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Count people by band and column ``(columns, 65)``; both arguments are ``(n, columns)``."""
    columns = bands.shape[1]
    flat = (bands + np.arange(columns) * BANDS).ravel()
    # Weights are doubles, exact for any number of people.
    weights = None if people is None else people.ravel().astype(float)
    counted: NDArray[np.int64] = np.bincount(flat, weights, columns * BANDS).astype(np.int64)
    return counted.reshape(columns, BANDS)
