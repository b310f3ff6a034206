"""Coverage and burden where weeks change with the seasons: each occurrence evaluated by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.coverage import Coverage
from optimizer.dated_levels import PADDING_QUARTERS
from optimizer.meetings import local_of
from optimizer.objective import PACKED_COST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from optimizer.clock_classes import ClockClasses
    from optimizer.coverage import AttendanceRequirement
    from optimizer.horizon import Horizon
    from optimizer.tz_table import Segments

ROWS_AT_ONCE: Final = 64


class DatedYear:
    """Evaluates every slot of an anchor for people with seasons.

    Memory: one byte per person and quarter hour of the horizon.
    """

    def __init__(self, people: ClockClasses, horizon: Horizon) -> None:
        self.people = people
        self.horizon = horizon
        self._meeting = np.concatenate(
            [self._worst_by_instant(clock) for clock in range(len(people.classes))]
        )

    def coverage(self, anchor: Segments, requirement: AttendanceRequirement) -> Coverage:
        """Count the occurrences that fail at each slot of an anchor, arrays of ``(slots,)``."""
        support = np.zeros(self.horizon.span, np.int64)
        for rows, levels in self.levels(anchor):
            support += self.people.support_of(rows, levels)
        failing = requirement.unmet(support).reshape(2, -1, self.horizon.slots).sum(axis=1)
        return Coverage(failing[0], failing[1])

    def packed_cost(self, anchor: Segments, columns: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the packed cost of some slots over the horizon, ``(people, columns) int32``.

        Rows are in class order; ``columns`` are anchor-local quarter hours of the horizon.
        """
        packed_cost = np.empty((len(self.people), len(columns)), np.int32)
        for rows, levels in self.levels(anchor):
            by_slot = levels.reshape(len(levels), -1, self.horizon.slots)[:, :, columns]
            packed_cost[rows] = PACKED_COST[by_slot].sum(axis=1, dtype=np.int32)
        return packed_cost

    def levels(self, anchor: Segments) -> Iterator[tuple[slice, NDArray[np.uint8]]]:
        """Yield slices of rows with their worst level during a meeting, ``(rows, span) uint8``.

        Columns are starts in anchor-local quarter hours of the horizon.
        """
        naive = np.arange(self.horizon.span)
        part = np.searchsorted(np.array(anchor.wall_transitions, np.int64), naive, side="right")
        instants = naive - np.array(anchor.offsets, np.int64)[part] + PADDING_QUARTERS // 2
        for row in range(0, len(self.people), ROWS_AT_ONCE):
            rows = slice(row, min(row + ROWS_AT_ONCE, len(self.people)))
            yield rows, self._meeting[rows][:, instants]

    def _worst_by_instant(self, clock: int) -> NDArray[np.uint8]:
        """Return a class's worst level during a meeting by UTC start, padded by two days each side."""
        last = self.horizon.span + PADDING_QUARTERS // 2
        instants = np.arange(-PADDING_QUARTERS // 2, last + self.horizon.steps)
        local = local_of(self.people.classes[clock], instants)
        worst = level = self.people.levels_at(self.people.rows(clock), local)
        for step in range(1, self.horizon.steps):
            worst = np.maximum(worst[:, : level.shape[1] - step], level[:, step:])
        return worst[:, : last + PADDING_QUARTERS // 2]
