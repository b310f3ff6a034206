"""Every meeting of a slot, in UTC and on everybody's clock.

Nothing here is compressed: each step of each meeting is read on each clock, so that what a person
is told does not rest on the shortcuts that found the hour.
"""

from __future__ import annotations

from datetime import datetime, time, timezone
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.grid import QUARTER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.clock_classes import ClockClasses
    from optimizer.grid import Slot
    from optimizer.rhythm import Rhythm
    from optimizer.tz_table import Segments, TzTable


class Meetings(NamedTuple):
    """Every meeting of a slot as every person lives it, rows as given.

    ``instants``: starts in UTC quarter hours after the horizon's first midnight
    ``(occurrences,)``; ``local``: starts on each clock ``(people, occurrences)``; ``levels``:
    worst level during each meeting ``(people, occurrences)``.
    """

    instants: NDArray[np.int64]
    local: NDArray[np.int64]
    levels: NDArray[np.uint8]


def instants_of(anchor: Segments, rhythm: Rhythm, cell: int) -> NDArray[np.int64]:
    """Return the starts of a slot's occurrences in UTC quarter hours ``(occurrences,) int64``."""
    naive = cell + rhythm.slots * np.arange(rhythm.occurrences)
    part = np.searchsorted(np.array(anchor.wall_cuts, np.int64), naive, side="right")
    return naive - np.array(anchor.offsets, np.int64)[part]


def local_of(clock: Segments, instants: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return instants as quarter hours of local time after the horizon's first midnight."""
    part = np.searchsorted(np.array(clock.transitions, np.int64), instants, side="right")
    return instants + np.array(clock.offsets, np.int64)[part]


def meetings(people: ClockClasses, rhythm: Rhythm, slot: Slot, tz: TzTable) -> Meetings:
    """Return every meeting of a slot as every person lives it."""
    instants = instants_of(tz.segments(slot.anchor, rhythm), rhythm, slot.cell)
    steps = instants[:, None] + np.arange(rhythm.steps)
    local = np.empty((len(people), len(instants)), np.int64)
    levels = np.empty(local.shape, np.uint8)
    for clock, segments in enumerate(people.classes):
        at = local_of(segments, steps)
        rows = people.rows(clock)
        local[rows] = at[:, 0]
        levels[rows] = people.levels_at(rows, at).max(axis=2)
    return Meetings(instants, local[people.inverse], levels[people.inverse])


def moment(rhythm: Rhythm, local: int, offset: int) -> datetime:
    """Return a local quarter hour as a datetime that is aware of that day's offset."""
    midnight = datetime.combine(rhythm.start, time(), _timezone(offset))
    return midnight + local * QUARTER


@cache
def _timezone(offset: int) -> timezone:
    return timezone(offset * QUARTER)
