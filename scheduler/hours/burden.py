"""What a year of one slot costs each person: the matrices of small groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from scheduler.hours.grid import WEEK
from scheduler.hours.key import COST
from scheduler.hours.regimes import regimes, shifts
from scheduler.hours.windows import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scheduler.hours.population import Population
    from scheduler.hours.regimes import Straddles
    from scheduler.hours.rhythm import Rhythm
    from scheduler.hours.tztable import Segments


NO: Final = int(Level.NO)


class Burdens(NamedTuple):
    """A year of each chosen slot.

    ``burden``: summed cost ``(people, columns) int16``; ``absences``: occurrences at "no"
    ``(people, columns) int16``; ``drift``: person-occurrences off the usual hour
    ``(columns,) int64``.
    """

    burden: NDArray[np.int16]
    absences: NDArray[np.int16]
    drift: NDArray[np.int64]


def burdens(
    people: Population,
    clocks: range,
    anchor: Segments,
    rhythm: Rhythm,
    columns: NDArray[np.int64],
) -> Burdens:
    """Return the burdens of the rows of some clock classes, in class order, at some slots."""
    first, last = people.bounds[clocks.start], people.bounds[clocks.stop]
    burden = np.zeros((last - first, len(columns)), np.int16)
    absences = np.zeros_like(burden)
    drift = np.zeros(len(columns), np.int64)
    for clock in clocks:
        rows = people.rows(clock)
        here = slice(rows.start - first, rows.stop - first)
        runs, straddles = regimes(anchor, people.classes[clock], rhythm.span, rhythm.steps)
        year = shifts(runs, rhythm.slots, rhythm.occurrences)
        drift += year.drift[columns] * (rows.stop - rows.start)
        for shift, times in zip(year.shifts, year.times, strict=True):
            levels = people.meeting[rows][:, (columns + shift) % WEEK]
            burden[here] += COST[levels] * times[columns]
            absences[here] += (levels == NO) * times[columns]
        if len(straddles.starts):
            really, at_first, column = _at_jumps(people, clock, straddles, columns, rhythm.slots)
            np.add.at(burden[here].T, column, (COST[really] - COST[at_first]).T)
            more = (really == NO).astype(np.int16) - (at_first == NO)
            np.add.at(absences[here].T, column, more.T)
    return Burdens(burden, absences, drift)


def _at_jumps(
    people: Population,
    clock: int,
    straddles: Straddles,
    columns: NDArray[np.int64],
    slots: int,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int64]]:
    """Return, for meetings during which the clock jumps: real levels, first-cell levels, columns."""
    column_of = np.full(slots, -1)
    column_of[columns] = np.arange(len(columns))
    column = column_of[straddles.starts % slots]
    chosen = column >= 0
    really = people.straddled(clock, straddles)[:, chosen]
    first = people.meeting[people.rows(clock)][:, straddles.first_cells[chosen]]
    return really, first, column[chosen]
