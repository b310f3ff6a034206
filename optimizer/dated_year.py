"""The worth of every slot where weeks change with the seasons: the engine's slow and exact half."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.coverage import Coverage
from optimizer.dated_windows import PADDING
from optimizer.meetings import local_of
from optimizer.objective import PRICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from optimizer.clock_classes import ClockClasses
    from optimizer.coverage import Needs
    from optimizer.rhythm import Rhythm
    from optimizer.tz_table import Segments

ROWS_AT_ONCE: Final = 64


class DatedYear:
    """Answers for every slot of an anchor at once, as the engine does, with seasons in it."""

    def __init__(self, people: ClockClasses, rhythm: Rhythm) -> None:
        self.people = people
        self.rhythm = rhythm
        self._meeting = np.concatenate(
            [self._worst_by_instant(clock) for clock in range(len(people.classes))]
        )

    def coverage(self, anchor: Segments, needs: Needs) -> Coverage:
        """Count the occurrences that fail at each slot of an anchor."""
        support = np.zeros(self.rhythm.span, np.int64)
        for rows, levels in self.levels(anchor):
            support += self.people.support_of(rows, levels)
        failing = needs.unmet(support).reshape(2, -1, self.rhythm.slots).sum(axis=1)
        return Coverage(failing[0], failing[1])

    def price(self, anchor: Segments, columns: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return what each slot costs each row over the horizon, packed ``(people, columns)``."""
        price = np.empty((len(self.people), len(columns)), np.int32)
        for rows, levels in self.levels(anchor):
            by_slot = levels.reshape(len(levels), -1, self.rhythm.slots)[:, :, columns]
            price[rows] = PRICE[by_slot].sum(axis=1, dtype=np.int32)
        return price

    def levels(self, anchor: Segments) -> Iterator[tuple[slice, NDArray[np.uint8]]]:
        """Yield rows with their worst level at each start ``(rows, span)``, some at a time."""
        naive = np.arange(self.rhythm.span)
        part = np.searchsorted(np.array(anchor.wall_cuts, np.int64), naive, side="right")
        instants = naive - np.array(anchor.offsets, np.int64)[part] + PADDING // 2
        for row in range(0, len(self.people), ROWS_AT_ONCE):
            rows = slice(row, min(row + ROWS_AT_ONCE, len(self.people)))
            yield rows, self._meeting[rows][:, instants]

    def _worst_by_instant(self, clock: int) -> NDArray[np.uint8]:
        """Return a class's worst level during a meeting, by its start in UTC, padded by two days."""
        last = self.rhythm.span + PADDING // 2
        instants = np.arange(-PADDING // 2, last + self.rhythm.steps)
        local = local_of(self.people.classes[clock], instants)
        worst = level = self.people.levels_at(self.people.rows(clock), local)
        for step in range(1, self.rhythm.steps):
            worst = np.maximum(worst[:, : level.shape[1] - step], level[:, step:])
        return worst[:, : last + PADDING // 2]
