"""People as arrays, grouped into classes of zones with equal offsets over the horizon."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.dated_levels import PADDING_QUARTERS, dated_levels
from optimizer.grid import QUARTERS_PER_WEEK
from optimizer.objective import COST, PACKED_COST
from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from optimizer.clock_offsets import Straddles
    from optimizer.horizon import Horizon
    from optimizer.people import Attendee
    from optimizer.tz_table import Segments, TzTable

# Support packs three counts into one int64, so that one addition updates all of them: attending
# weight in bits 40 and up, facilitators in bits 20 to 39, missing required people in bits 0 to 19.
# 10,000 people of weight 100 fit.
ATTENDANCE_BIT: Final = 40
FACILITATOR_BIT: Final = 20
FIELD_MASK: Final = (1 << FACILITATOR_BIT) - 1
ROWS_AT_ONCE: Final = 512


class ClockClasses:
    """N people in Z clock classes, prepared for meetings of one length.

    A clock class is an equivalence class of zones that show the same local time throughout the
    horizon: all its people share one mapping of the anchor's clock to theirs. Rows are in class
        order.

    Attributes:
        classes: the offsets of each class, Z of them in order of first appearance.
        bounds: class z has the rows ``bounds[z]:bounds[z + 1]``.
        order: ``(N,) int64``, ``order[i]`` is the given position of row i.
        inverse: ``(N,) int64``, the row of each given position.
        week: level by local quarter hour of a week, ``(N, 672) uint8``.
        dated: level by local quarter hour of the horizon, ``(N, quarters) uint8``; None if nobody
            has a season.
        weight: ``(N,) int64``.
    """

    def __init__(self, people: Sequence[Attendee], horizon: Horizon, tz: TzTable) -> None:
        indexes: dict[Segments, int] = {}
        clocks = np.array(
            [indexes.setdefault(tz.segments(one.zone, horizon), len(indexes)) for one in people]
        )
        self.classes: list[Segments] = list(indexes)
        self.order = np.argsort(clocks, kind="stable")
        self.inverse = np.argsort(self.order)
        self.bounds: list[int] = np.searchsorted(
            clocks[self.order], np.arange(len(indexes) + 1)
        ).tolist()
        rows = [people[i] for i in self.order]
        self.week = np.frombuffer(b"".join(one.week for one in rows), np.uint8).reshape(
            -1, QUARTERS_PER_WEEK
        )
        self.dated = dated_levels(rows, horizon)
        self._steps = horizon.steps
        self.weight = np.array([one.weight for one in rows], np.int64)
        facilitator = np.array([one.facilitator for one in rows], np.int64)
        self._present = (self.weight << ATTENDANCE_BIT) + (facilitator << FACILITATOR_BIT)
        self._missing = np.array([one.required for one in rows], np.int64)

    def __len__(self) -> int:
        return len(self.order)

    def rows(self, clock: int) -> slice:
        """Return the rows of one clock class."""
        return slice(self.bounds[clock], self.bounds[clock + 1])

    def levels_at(self, rows: slice, local: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the levels of some rows at local quarter hours after the horizon's first midnight.

        ``local`` may have any shape; the result is ``(rows, *local.shape) uint8``.
        """
        if self.dated is None:
            return self.week[rows][:, local % QUARTERS_PER_WEEK]
        return self.dated[rows][:, local + PADDING_QUARTERS]

    def straddled(self, clock: int, straddles: Straddles) -> NDArray[np.uint8]:
        """Return the worst level of each row of a class at meetings with an offset change inside.

        Returns:
            ``(rows, k) uint8``, columns in the order of ``straddles.starts``.
        """
        worst: NDArray[np.uint8] = self.week[self.rows(clock)][:, straddles.cells].max(axis=2)
        return worst

    def support_of(self, rows: slice, levels: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the packed support ``(k,) int64`` of some rows at levels ``(rows, k) uint8``."""
        attends = levels < Level.NO
        packed = np.where(attends, self._present[rows, None], self._missing[rows, None])
        summed: NDArray[np.int64] = packed.sum(axis=0)
        return summed

    def weighted_cost_of(self, rows: slice, levels: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the weighted cost ``(k,) int64`` of some rows at levels ``(rows, k) uint8``."""
        return self.weight[rows] @ COST[levels]

    def rolled_support(self, clock: int, shift: int) -> NDArray[np.int64]:
        """Return the packed support of a class by start on an anchor's clock, ``(672,) int64``.

        ``shift`` is how many quarter hours the class's clock is ahead of the anchor's.
        """
        first = shift % QUARTERS_PER_WEEK
        return self._support_twice[clock, first : first + QUARTERS_PER_WEEK]

    def rolled_packed_cost(self, rows: slice, shift: int) -> NDArray[np.int32]:
        """Return the packed cost of meetings by start on an anchor's clock, ``(rows, 672) int32``.

        ``shift`` is how many quarter hours the rows' clock is ahead of the anchor's.
        """
        first = shift % QUARTERS_PER_WEEK
        return self._packed_cost_twice[rows, first : first + QUARTERS_PER_WEEK]

    # Computed on first use: reading the meetings of a single slot needs none of these tables.

    @cached_property
    def meeting(self) -> NDArray[np.uint8]:
        """Worst level during a meeting by its start, a quarter hour of the local week ``(N, 672) uint8``."""
        return _worst_during(self.week, self._steps)

    @property
    def worst_during_meeting(self) -> NDArray[np.uint8]:
        """Worst level during a meeting by its start ``(N, quarters) uint8``, as :attr:`all_levels`."""
        return self.meeting if self.dated is None else _worst_during(self.dated, self._steps)

    @property
    def all_levels(self) -> NDArray[np.uint8]:
        """Levels ``(N, quarters) uint8`` of one week, or of the horizon if somebody has a season."""
        return self.week if self.dated is None else self.dated

    @cached_property
    def support(self) -> NDArray[np.int64]:
        """Packed support by class and local start in quarter hours, ``(Z, 672) int64``."""
        return self._sums_by_class(self.support_of)

    @cached_property
    def weighted_cost(self) -> NDArray[np.int64]:
        """Weighted cost by class and local start in quarter hours, ``(Z, 672) int64``."""
        return self._sums_by_class(self.weighted_cost_of)

    @cached_property
    def _support_twice(self) -> NDArray[np.int64]:
        return np.tile(self.support, 2)

    @cached_property
    def _packed_cost_twice(self) -> NDArray[np.int32]:
        return np.tile(PACKED_COST[self.meeting], 2)

    def _sums_by_class(
        self, of: Callable[[slice, NDArray[np.uint8]], NDArray[np.int64]]
    ) -> NDArray[np.int64]:
        sums = np.zeros((len(self.classes), QUARTERS_PER_WEEK), np.int64)
        for clock in range(len(self.classes)):
            for rows in self._blocks(clock):
                sums[clock] += of(rows, self.meeting[rows])
        return sums

    def _blocks(self, clock: int) -> Iterator[slice]:
        first, last = self.bounds[clock], self.bounds[clock + 1]
        for row in range(first, last, ROWS_AT_ONCE):
            yield slice(row, min(row + ROWS_AT_ONCE, last))


def _worst_during(week: NDArray[np.uint8], steps: int) -> NDArray[np.uint8]:
    """Return the maximum over ``steps`` cells from each cell on, cyclic, in O(log steps) passes."""
    worst = np.concatenate([week, week[:, : steps - 1]], axis=1)
    covered = 1
    while covered < steps:
        step = min(covered, steps - covered)
        worst = np.maximum(worst[:, :-step], worst[:, step:])
        covered += step
    return np.ascontiguousarray(worst)
