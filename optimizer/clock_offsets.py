"""The mapping of an anchor's wall clock to a member's: runs of one shift, and exceptions.

Between two offset changes the shift between two zones is constant, so a year of meetings is a few
runs instead of 52 × 672 conversions. Only a meeting during which the member's offset changes needs
each of its quarter hours converted.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.grid import QUARTERS_PER_WEEK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.tz_table import Segments


class Run(NamedTuple):
    """Anchor-local quarter hours ``[first, last)`` with the member's clock ``shift`` ahead."""

    first: int
    last: int
    shift: int


class Straddles(NamedTuple):
    """Meetings during which the member's offset changes, in order of their starts.

    Attributes:
        starts: anchor-local quarter hours of the horizon, ``(k,) int64``.
        first_cells: the member's local quarter hour of the week at the start, ``(k,) int64``.
        cells: the same for each quarter hour of the meeting, ``(k, steps) int64``.
    """

    starts: NDArray[np.int64]
    first_cells: NDArray[np.int64]
    cells: NDArray[np.int64]


class ClockOffsets(NamedTuple):
    """The mapping of one anchor clock to one member clock over a horizon.

    Attributes:
        runs: consecutive runs that cover ``[0, span)``.
        straddles: meetings to which no single shift applies.
    """

    runs: tuple[Run, ...]
    straddles: Straddles


class Shifts(NamedTuple):
    """How many occurrences of each slot fall under each shift.

    Attributes:
        shifts: distinct shifts in quarter hours modulo a week, by first appearance.
        times: occurrences, ``(shifts, slots) int16``.
        drift: occurrences off the most frequent local time, ``(slots,) int64``.
    """

    shifts: tuple[int, ...]
    times: NDArray[np.int16]
    drift: NDArray[np.int64]


@lru_cache(maxsize=1 << 14)
def clock_offsets(anchor: Segments, member: Segments, span: int, steps: int) -> ClockOffsets:
    """Return the runs that cover ``[0, span)`` in order, and the meetings that straddle a change.

    ``span`` and ``steps`` (the length of a meeting) are in quarter hours. Cached by arguments.
    """
    runs: list[Run] = []
    starts: list[int] = []
    cells: list[list[int]] = []
    bounds = (0, *anchor.wall_transitions, span)
    for offset, (low, high) in zip(anchor.offsets, pairwise(bounds), strict=True):
        first, last = max(low, 0), min(high, span)
        if first < last:
            _add_runs(runs, member, offset, first, last)
            for start in _straddling(member, offset, range(first, last), steps):
                instants = range(start - offset, start - offset + steps)
                starts.append(start)
                cells.append(
                    [(instant + member.at(instant)) % QUARTERS_PER_WEEK for instant in instants]
                )
    by_step = np.array(cells, np.int64).reshape(-1, steps)
    return ClockOffsets(tuple(runs), Straddles(np.array(starts, np.int64), by_step[:, 0], by_step))


@lru_cache(maxsize=1 << 14)
def shifts(runs: tuple[Run, ...], slots: int, occurrences: int) -> Shifts:
    """Count, for each slot, the occurrences that fall into the runs of each shift.

    ``slots`` is the number of slots ``(slots,)`` of one anchor, ``occurrences`` how many each has.
    Cached by arguments.
    """
    times: dict[int, NDArray[np.int16]] = {}
    for first, last, shift in runs:
        count = times.setdefault(shift % QUARTERS_PER_WEEK, np.zeros(slots, np.int16))
        (whole_before, rest_before), (whole, rest) = divmod(first, slots), divmod(last, slots)
        count += whole - whole_before
        count[:rest] += 1
        count[:rest_before] -= 1
    stacked = np.stack(list(times.values()))
    return Shifts(tuple(times), stacked, (occurrences - stacked.max(0)).astype(np.int64))


def _add_runs(runs: list[Run], member: Segments, offset: int, first: int, last: int) -> None:
    """Append the runs of anchor-local quarter hours ``[first, last)`` under one anchor offset."""
    changes = [at + offset for at in member.transitions if first < at + offset < last]
    cuts = [first, *changes, last]
    for begin, end in pairwise(cuts):
        shift = member.at(begin - offset) - offset
        if runs and runs[-1].shift == shift:
            runs[-1] = Run(runs[-1].first, end, shift)
        else:
            runs.append(Run(begin, end, shift))


def _straddling(member: Segments, offset: int, within: range, steps: int) -> list[int]:
    """Return anchor-local starts, ascending, of meetings with a transition strictly inside."""
    starts = {
        start
        for at in member.transitions
        for start in range(at + offset - steps + 1, at + offset)
        if start in within
    }
    return sorted(starts)
