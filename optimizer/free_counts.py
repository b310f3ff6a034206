"""How many people are free at each moment of a year: sums alone, in which nobody can be found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.clock_classes import ClockClasses
from optimizer.grid import DAY, WEEK
from optimizer.meetings import instants_of, local_of
from optimizer.tz_table import TzTable, installed
from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from optimizer.grid import Slot
    from optimizer.people import Attendee
    from optimizer.rhythm import Rhythm

# A local week reaches up to 14 hours beyond the same week in UTC, and a meeting lasts up to a day.
PADDING: Final = 2 * DAY


def free_people(
    people: Sequence[Attendee], rhythm: Rhythm, *, fewest: int, tz: TzTable | None = None
) -> NDArray[np.uint16]:
    """Return how many people are free at each quarter hour in UTC ``(weeks × 672 + padding,)``.

    Numbers below ``fewest`` come out as 0, so that whoever holds the sums cannot show them.
    """
    tz = tz or installed()
    population = ClockClasses(people, rhythm, tz)
    instants = np.arange(-PADDING, rhythm.weeks * WEEK + PADDING)
    free = np.zeros(len(instants), np.uint16)
    for clock, segments in enumerate(population.classes):
        levels = population.levels_at(population.rows(clock), local_of(segments, instants))
        free += (levels < Level.NO).sum(axis=0, dtype=np.uint16)
    return np.where(free < fewest, 0, free).astype(np.uint16)


def fewest_by_cell(
    free: NDArray[np.uint16], zone: str, rhythm: Rhythm, *, tz: TzTable | None = None
) -> NDArray[np.uint16]:
    """Return, for each quarter hour of a zone's week, how many are free in its worst week ``(672,)``."""
    segments = (tz or installed()).segments(zone, rhythm)
    weekly = [free[instants_of(segments, rhythm, cell) + PADDING].min() for cell in range(WEEK)]
    return np.array(weekly, np.uint16)


def fewest_during(
    free: NDArray[np.uint16], slot: Slot, rhythm: Rhythm, *, tz: TzTable | None = None
) -> int:
    """Return how many are free at the emptiest moment of all meetings of a slot."""
    segments = (tz or installed()).segments(slot.anchor, rhythm)
    starts = instants_of(segments, rhythm, slot.cell) + PADDING
    return int(free[starts[:, None] + np.arange(rhythm.steps)].min())
