"""Counts of free people at each quarter hour of a horizon; small counts are suppressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.clock_classes import ClockClasses
from optimizer.grid import QUARTERS_PER_DAY, QUARTERS_PER_WEEK
from optimizer.meetings import instants_of, local_of
from optimizer.tz_table import TzTable, installed
from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from optimizer.grid import Slot
    from optimizer.horizon import Horizon
    from optimizer.people import Attendee

# A local week extends up to 14 hours beyond the same week in UTC, and a meeting lasts up to a day.
PADDING_QUARTERS: Final = 2 * QUARTERS_PER_DAY


def free_people(
    people: Sequence[Attendee], horizon: Horizon, *, fewest: int, tz: TzTable | None = None
) -> NDArray[np.uint16]:
    """Return how many people are free at each UTC quarter hour, ``(quarters,) uint16``.

    The horizon's ``weeks × 672`` quarter hours have ``PADDING_QUARTERS`` more on each side. Counts
    below ``fewest`` are 0 (small-cell suppression), so that the stored array cannot show them.
    """
    tz = tz or installed()
    population = ClockClasses(people, horizon, tz)
    instants = np.arange(-PADDING_QUARTERS, horizon.weeks * QUARTERS_PER_WEEK + PADDING_QUARTERS)
    free = np.zeros(len(instants), np.uint16)
    for clock, segments in enumerate(population.classes):
        levels = population.levels_at(population.rows(clock), local_of(segments, instants))
        free += (levels < Level.NO).sum(axis=0, dtype=np.uint16)
    return np.where(free < fewest, 0, free).astype(np.uint16)


def fewest_by_cell(
    free: NDArray[np.uint16], zone: str, horizon: Horizon, *, tz: TzTable | None = None
) -> NDArray[np.uint16]:
    """Return how many are free in the worst week, by quarter hour of a local week ``(672,) uint16``.

    ``free`` ``(quarters,)`` is what :func:`free_people` returned for the same horizon.
    """
    segments = (tz or installed()).segments(zone, horizon)
    weekly = [
        free[instants_of(segments, horizon, cell) + PADDING_QUARTERS].min()
        for cell in range(QUARTERS_PER_WEEK)
    ]
    return np.array(weekly, np.uint16)


def fewest_during(
    free: NDArray[np.uint16], slot: Slot, horizon: Horizon, *, tz: TzTable | None = None
) -> int:
    """Return the smallest count of free people at any quarter hour of any meeting of a slot.

    ``free`` ``(quarters,)`` is what :func:`free_people` returned for the same horizon.
    """
    segments = (tz or installed()).segments(slot.anchor, horizon)
    starts = instants_of(segments, horizon, slot.cell) + PADDING_QUARTERS
    return int(free[starts[:, None] + np.arange(horizon.steps)].min())
