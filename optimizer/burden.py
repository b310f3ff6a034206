"""What a year of one slot costs each person: the matrices of small groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.clock_offsets import clock_offsets, shifts
from optimizer.grid import WEEK
from optimizer.objective import ABSENCE_BIT, PRICE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.clock_classes import ClockClasses
    from optimizer.clock_offsets import Straddles
    from optimizer.rhythm import Rhythm
    from optimizer.tz_table import Segments


class Burdens(NamedTuple):
    """A year of each chosen slot.

    ``burden``: summed cost ``(people, columns) int32``; ``absences``: occurrences at "no"
    ``(people, columns) int32``; ``drift``: person-occurrences off the usual hour
    ``(columns,) int64``.
    """

    burden: NDArray[np.int32]
    absences: NDArray[np.int32]
    drift: NDArray[np.int64]


def burdens(
    people: ClockClasses,
    clocks: range,
    anchor: Segments,
    rhythm: Rhythm,
    columns: NDArray[np.int64],
) -> Burdens:
    """Return the burdens of the rows of some clock classes, in class order, at some slots."""
    first, last = people.bounds[clocks.start], people.bounds[clocks.stop]
    price = np.zeros((last - first, len(columns)), np.int32)
    drift = np.zeros(len(columns), np.int64)
    column_of = np.full(rhythm.slots, -1)
    column_of[columns] = np.arange(len(columns))
    for clock in clocks:
        rows = people.rows(clock)
        here = price[rows.start - first : rows.stop - first]
        runs, straddles = clock_offsets(anchor, people.classes[clock], rhythm.span, rhythm.steps)
        year = shifts(runs, rhythm.slots, rhythm.occurrences)
        drift += year.drift[columns] * len(here)
        for shift, times in zip(year.shifts, year.times, strict=True):
            here += _prices(people, rows, columns + shift) * times[columns]
        if len(straddles.starts):
            _correct(here, people, clock, straddles, column_of[straddles.starts % rhythm.slots])
    return Burdens(price & (1 << ABSENCE_BIT) - 1, price >> ABSENCE_BIT, drift)


def _prices(people: ClockClasses, rows: slice, cells: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the price of meetings at some local cells, of some rows."""
    whole_week = len(cells) == WEEK and cells[-1] - cells[0] == WEEK - 1
    if whole_week:
        return people.rolled_price(rows, int(cells[0]))
    return PRICE[people.meeting[rows][:, cells % WEEK]]


def _correct(
    price: NDArray[np.int32],
    people: ClockClasses,
    clock: int,
    straddles: Straddles,
    column: NDArray[np.int64],
) -> None:
    """Replace what first cells say by what is so, at meetings during which the clock jumps.

    ``column`` tells where in ``price`` each straddling meeting stands, -1 if nobody asked.
    """
    asked = column >= 0
    really = people.straddled(clock, straddles)[:, asked]
    at_first = people.meeting[people.rows(clock)][:, straddles.first_cells[asked]]
    np.add.at(price.T, column[asked], (PRICE[really] - PRICE[at_first]).T)
