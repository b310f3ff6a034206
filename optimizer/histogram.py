"""Histograms of burdens by slot for large populations.

For each clock class and each pattern of shifts, people are counted once by their combination of
levels at the shifted local times; every anchor derives its bands from these counts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from optimizer.burden import burdens
from optimizer.clock_classes import ROWS_AT_ONCE
from optimizer.clock_offsets import clock_offsets, shifts
from optimizer.grid import QUARTERS_PER_WEEK
from optimizer.objective import BANDS, COST, band_table
from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.clock_classes import ClockClasses
    from optimizer.clock_offsets import Shifts
    from optimizer.horizon import Horizon
    from optimizer.tz_table import Segments

LEVELS: Final = len(Level)
# 4 levels at 4 shifts are 256 combinations; beyond that counting person by person is faster.
MAX_SHIFTS: Final = 4


class Histograms(NamedTuple):
    """Counts over all people for the requested slots.

    Attributes:
        people_by_band: people by band, ``(columns, 65) int64``.
        unserved: people with more absences than tolerated, ``(columns,) int64``.
        weighted_sum: burdens times weights, ``(columns,) int64``.
        drift: person-occurrences off the usual local time, ``(columns,) int64``.
    """

    people_by_band: NDArray[np.int64]
    unserved: NDArray[np.int64]
    weighted_sum: NDArray[np.int64]
    drift: NDArray[np.int64]


class SlotQuery(NamedTuple):
    """Which slots of an anchor to evaluate.

    Attributes:
        anchor: offsets of the anchor zone.
        columns: anchor-local quarter hours of the horizon, ``(columns,) int64``.
        tolerated: how many absences still count as served.
    """

    anchor: Segments
    columns: NDArray[np.int64]
    tolerated: int

    def at(self, chosen: NDArray[np.bool_]) -> SlotQuery:
        """Return the query of some of its columns, by a mask ``(columns,) bool``."""
        return self._replace(columns=self.columns[chosen])


class Histogrammer:
    """Counts people by band for any anchor; keeps counts of combinations between anchors."""

    def __init__(self, people: ClockClasses, horizon: Horizon) -> None:
        self.people = people
        self.horizon = horizon
        self._combined: dict[tuple[int, tuple[int, ...]], NDArray[np.int64]] = {}

    def count(self, query: SlotQuery) -> Histograms:
        """Return the histograms ``(columns, …)`` of the requested slots, in the order of the query."""
        total = self._zeros(len(query.columns))
        for clock in range(len(self.people.classes)):
            year, straddling = self._year(clock, query)
            total.drift[:] += year.drift[query.columns] * len(
                self.people.week[self.people.rows(clock)]
            )
            for chosen, count in (
                (~straddling, self._count_combined),
                (straddling, self._count_people),
            ):
                if chosen.any():
                    for whole, part in zip(
                        total, count(clock, year, query.at(chosen)), strict=True
                    ):
                        whole[chosen] += part
        return total

    def _year(self, clock: int, query: SlotQuery) -> tuple[Shifts, NDArray[np.bool_]]:
        """Return a class's shifts, and a mask ``(columns,)`` of slots to count person by person."""
        member = self.people.classes[clock]
        runs, straddles = clock_offsets(query.anchor, member, self.horizon.span, self.horizon.steps)
        year = shifts(runs, self.horizon.slots, self.horizon.occurrences)
        if len(year.shifts) > MAX_SHIFTS:
            return year, np.ones(len(query.columns), bool)
        return year, np.isin(query.columns, straddles.starts % self.horizon.slots)

    def _count_combined(self, clock: int, year: Shifts, query: SlotQuery) -> Histograms:
        """Count a class at slots without an offset change during a meeting."""
        columns, first = query.columns, year.shifts[0]
        times = year.times[:, columns].astype(np.int64)
        relative = tuple((shift - first) % QUARTERS_PER_WEEK for shift in year.shifts)
        people = self._combinations(clock, relative)[:, (columns + first) % QUARTERS_PER_WEEK]
        present = people.any(axis=1)
        people, levels = people[present], _level_combinations(len(relative))[present]
        counted = self._zeros(len(columns))
        bands = band_table(self.horizon.occurrences)[COST.astype(np.int64)[levels] @ times]
        counted.people_by_band[:] = count_by_band(bands, people)
        absences = (levels == Level.NO).astype(np.int64) @ times
        counted.unserved[:] = (people * (absences > query.tolerated)).sum(axis=0)
        for shift, often in zip(year.shifts, times, strict=True):
            cost = self.people.weighted_cost[clock, (columns + shift) % QUARTERS_PER_WEEK]
            counted.weighted_sum[:] += cost * often
        return counted

    def _count_people(self, clock: int, _year: Shifts, query: SlotQuery) -> Histograms:
        """Count a class person by person, for slots with an offset change during a meeting."""
        only = range(clock, clock + 1)
        year = burdens(self.people, only, query.anchor, self.horizon, query.columns)
        burden = year.burden.astype(np.int64)
        counted = self._zeros(len(query.columns))
        bands = band_table(self.horizon.occurrences)[burden]
        counted.people_by_band[:] = count_by_band(bands)
        counted.unserved[:] = (year.absences > query.tolerated).sum(axis=0)
        counted.weighted_sum[:] = self.people.weight[self.people.rows(clock)] @ burden
        return counted

    @staticmethod
    def _zeros(columns: int) -> Histograms:
        """Return empty histograms for a number of columns."""
        by_band = np.zeros((columns, BANDS), np.int64)
        return Histograms(by_band, *(np.zeros(columns, np.int64) for _ in range(3)))

    def _combinations(self, clock: int, relative: tuple[int, ...]) -> NDArray[np.int64]:
        """Return a class's people by levels at several relative shifts ``(4^m, 672)``, cached."""
        key = (clock, relative)
        if key not in self._combined:
            self._combined[key] = self._combine(clock, relative)
        return self._combined[key]

    def _combine(self, clock: int, relative: tuple[int, ...]) -> NDArray[np.int64]:
        """Count a class's people by levels at several relative shifts, ``(4^m, 672) int64``."""
        combinations = LEVELS ** len(relative)
        counted = np.zeros(combinations * QUARTERS_PER_WEEK, np.int64)
        rows = self.people.rows(clock)
        for first in range(rows.start, rows.stop, ROWS_AT_ONCE):
            block = self.people.meeting[first : min(first + ROWS_AT_ONCE, rows.stop)]
            code = block.astype(np.int32)
            for position, shift in enumerate(relative[1:], start=1):
                code += np.roll(block, -shift, axis=1).astype(np.int32) * LEVELS**position
            cells = code * QUARTERS_PER_WEEK + np.arange(QUARTERS_PER_WEEK)
            counted += np.bincount(cells.ravel(), minlength=len(counted))
        return counted.reshape(combinations, QUARTERS_PER_WEEK)


@lru_cache(maxsize=MAX_SHIFTS)
def _level_combinations(positions: int) -> NDArray[np.int64]:
    """Return the level ``(4^positions, positions)`` at each position of every combination."""
    numbers = np.arange(LEVELS**positions)
    return np.stack([numbers >> 2 * position & 3 for position in range(positions)], axis=1)


def count_by_band(
    bands: NDArray[np.uint8], people: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return people by band and column, ``(columns, 65) int64``.

    ``bands`` is ``(n, columns) uint8``; ``people`` ``(n, columns) int64`` weights each entry, 1 by
    default.
    """
    columns = bands.shape[1]
    flat = (bands + np.arange(columns) * BANDS).ravel()
    # bincount takes float64 weights, exact for integers below 2**53.
    weights = None if people is None else people.ravel().astype(float)
    counted: NDArray[np.int64] = np.bincount(flat, weights, columns * BANDS).astype(np.int64)
    return counted.reshape(columns, BANDS)
