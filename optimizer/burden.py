"""The yearly cost of slots for each person, as matrices of people and slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.clock_offsets import clock_offsets, shifts
from optimizer.grid import QUARTERS_PER_WEEK
from optimizer.objective import ABSENCE_BIT, PACKED_COST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.clock_classes import ClockClasses
    from optimizer.clock_offsets import Straddles
    from optimizer.horizon import Horizon
    from optimizer.tz_table import Segments


class Burdens(NamedTuple):
    """Costs of some slots over the horizon.

    Attributes:
        burden: summed cost, ``(people, columns) int32``.
        absences: occurrences at level "no", ``(people, columns) int32``.
        drift: person-occurrences off that person's usual local time, ``(columns,) int64``.
    """

    burden: NDArray[np.int32]
    absences: NDArray[np.int32]
    drift: NDArray[np.int64]


def burdens(
    people: ClockClasses,
    clocks: range,
    anchor: Segments,
    horizon: Horizon,
    columns: NDArray[np.int64],
) -> Burdens:
    """Return the burdens of the rows of some clock classes at some slots.

    Args:
        people: the population.
        clocks: range of clock classes; rows of the result are their rows, in class order.
        anchor: offsets of the anchor zone over the horizon.
        horizon: when meetings recur.
        columns: slots as anchor-local quarter hours of the horizon, ``(columns,) int64``.

    Returns:
        Arrays of shape ``(people, columns)``; columns in the order given.
    """
    first, last = people.bounds[clocks.start], people.bounds[clocks.stop]
    packed_cost = np.zeros((last - first, len(columns)), np.int32)
    drift = np.zeros(len(columns), np.int64)
    column_of = np.full(horizon.slots, -1)
    column_of[columns] = np.arange(len(columns))
    for clock in clocks:
        rows = people.rows(clock)
        block = packed_cost[rows.start - first : rows.stop - first]
        runs, straddles = clock_offsets(anchor, people.classes[clock], horizon.span, horizon.steps)
        shift_counts = shifts(runs, horizon.slots, horizon.occurrences)
        drift += shift_counts.drift[columns] * len(block)
        for shift, times in zip(shift_counts.shifts, shift_counts.times, strict=True):
            block += _packed_costs(people, rows, columns + shift) * times[columns]
        if len(straddles.starts):
            _correct_straddles(
                block, people, clock, straddles, column_of[straddles.starts % horizon.slots]
            )
    return Burdens(packed_cost & (1 << ABSENCE_BIT) - 1, packed_cost >> ABSENCE_BIT, drift)


def _packed_costs(people: ClockClasses, rows: slice, cells: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the packed cost ``(rows, cells) int32`` of meetings that start at local quarter hours."""
    whole_week = len(cells) == QUARTERS_PER_WEEK and cells[-1] - cells[0] == QUARTERS_PER_WEEK - 1
    if whole_week:
        return people.rolled_packed_cost(rows, int(cells[0]))
    return PACKED_COST[people.meeting[rows][:, cells % QUARTERS_PER_WEEK]]


def _correct_straddles(
    packed_cost: NDArray[np.int32],
    people: ClockClasses,
    clock: int,
    straddles: Straddles,
    column: NDArray[np.int64],
) -> None:
    """Replace, in place, the cost of meetings during which the member's offset changes.

    ``packed_cost`` is ``(rows, columns) int32`` and assumes the level of the first local quarter
    hour; ``column`` ``(k,)`` is the column of each straddling meeting, -1 if it was not requested.
    """
    requested = column >= 0
    actual_levels = people.straddled(clock, straddles)[:, requested]
    first_levels = people.meeting[people.rows(clock)][:, straddles.first_cells[requested]]
    np.add.at(
        packed_cost.T, column[requested], (PACKED_COST[actual_levels] - PACKED_COST[first_levels]).T
    )
