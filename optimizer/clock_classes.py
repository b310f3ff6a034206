"""People as arrays, gathered by clock: whoever shares a clock is rolled round the week together."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.dated_windows import PADDING, dated
from optimizer.grid import WEEK
from optimizer.objective import COST, PRICE
from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from optimizer.clock_offsets import Straddles
    from optimizer.people import Attendee
    from optimizer.rhythm import Rhythm
    from optimizer.tz_table import Segments, TzTable

# Attendance, facilitators and missing required people share one integer, so that one addition
# moves all three: bits 40 and up, 20 to 39, 0 to 19. 10,000 people of weight 100 fit.
ATTENDANCE_BIT: Final = 40
FACILITATOR_BIT: Final = 20
FIELD: Final = (1 << FACILITATOR_BIT) - 1
ROWS_AT_ONCE: Final = 512


class ClockClasses:
    """N people in Z clock classes, prepared once for meetings of one length.

    Rows stand in class order; ``order[i]`` is the given position of row i and ``inverse`` undoes
    it. ``classes[z]`` has the rows ``bounds[z]:bounds[z + 1]``.

    Attributes:
        week: level by local quarter hour ``(N, 672) uint8``.
        dated: level by local quarter hour of the whole horizon, if anybody has a season.
        weight: ``(N,) int64``.
    """

    def __init__(self, people: Sequence[Attendee], rhythm: Rhythm, tz: TzTable) -> None:
        indexes: dict[Segments, int] = {}
        clocks = np.array(
            [indexes.setdefault(tz.segments(one.zone, rhythm), len(indexes)) for one in people]
        )
        self.classes: list[Segments] = list(indexes)
        self.order = np.argsort(clocks, kind="stable")
        self.inverse = np.argsort(self.order)
        self.bounds: list[int] = np.searchsorted(
            clocks[self.order], np.arange(len(indexes) + 1)
        ).tolist()
        rows = [people[i] for i in self.order]
        self.week = np.frombuffer(b"".join(one.week for one in rows), np.uint8).reshape(-1, WEEK)
        self.dated = dated(rows, rhythm)
        self._steps = rhythm.steps
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
        """Return the levels of some rows at local quarter hours of the horizon ``(rows, …)``."""
        if self.dated is None:
            return self.week[rows][:, local % WEEK]
        return self.dated[rows][:, local + PADDING]

    def straddled(self, clock: int, straddles: Straddles) -> NDArray[np.uint8]:
        """Return levels ``(rows, k)`` of a class at meetings that straddle a jump of its clock."""
        worst: NDArray[np.uint8] = self.week[self.rows(clock)][:, straddles.cells].max(axis=2)
        return worst

    def support_of(self, rows: slice, levels: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the packed attendance ``(k,)`` of some rows at given levels ``(rows, k)``."""
        can = levels < Level.NO
        packed = np.where(can, self._present[rows, None], self._missing[rows, None])
        summed: NDArray[np.int64] = packed.sum(axis=0)
        return summed

    def weighted_cost_of(self, rows: slice, levels: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the weighted cost ``(k,)`` of some rows at given levels ``(rows, k)``."""
        return self.weight[rows] @ COST[levels]

    def rolled_support(self, clock: int, shift: int) -> NDArray[np.int64]:
        """Return the support of a class by the start on an anchor's clock ``(672,)``."""
        first = shift % WEEK
        return self._support_twice[clock, first : first + WEEK]

    def rolled_price(self, rows: slice, shift: int) -> NDArray[np.int32]:
        """Return the price of meetings by the start on an anchor's clock ``(rows, 672)``."""
        first = shift % WEEK
        return self._price_twice[rows, first : first + WEEK]

    # Whoever only reads the meetings of one slot never asks for what follows.

    @cached_property
    def meeting(self) -> NDArray[np.uint8]:
        """Worst level during a meeting that starts at each local quarter hour ``(N, 672)``."""
        return _worst_during(self.week, self._steps)

    @property
    def longest(self) -> NDArray[np.uint8]:
        """Worst level during a meeting that starts at each quarter hour of :attr:`weeks`."""
        return self.meeting if self.dated is None else _worst_during(self.dated, self._steps)

    @property
    def weeks(self) -> NDArray[np.uint8]:
        """Everybody's level in every week there is, seasons included ``(N, quarters)``."""
        return self.week if self.dated is None else self.dated

    @cached_property
    def support(self) -> NDArray[np.int64]:
        """Packed attendance by class and local start ``(Z, 672)``."""
        return self._sums_by_class(self.support_of)

    @cached_property
    def weighted_cost(self) -> NDArray[np.int64]:
        """Weighted cost by class and local start ``(Z, 672)``."""
        return self._sums_by_class(self.weighted_cost_of)

    @cached_property
    def _support_twice(self) -> NDArray[np.int64]:
        return np.tile(self.support, 2)

    @cached_property
    def _price_twice(self) -> NDArray[np.int32]:
        return np.tile(PRICE[self.meeting], 2)

    def _sums_by_class(
        self, of: Callable[[slice, NDArray[np.uint8]], NDArray[np.int64]]
    ) -> NDArray[np.int64]:
        sums = np.zeros((len(self.classes), WEEK), np.int64)
        for clock in range(len(self.classes)):
            for rows in self._blocks(clock):
                sums[clock] += of(rows, self.meeting[rows])
        return sums

    def _blocks(self, clock: int) -> Iterator[slice]:
        first, last = self.bounds[clock], self.bounds[clock + 1]
        for row in range(first, last, ROWS_AT_ONCE):
            yield slice(row, min(row + ROWS_AT_ONCE, last))


def _worst_during(week: NDArray[np.uint8], steps: int) -> NDArray[np.uint8]:
    """Return the maximum over ``steps`` cells from each cell on, by doubling."""
    worst = np.concatenate([week, week[:, : steps - 1]], axis=1)
    reach = 1
    while reach < steps:
        further = min(reach, steps - reach)
        worst = np.maximum(worst[:, :-further], worst[:, further:])
        reach += further
    return np.ascontiguousarray(worst)
