"""Every meeting of a slot, in UTC and on each person's clock, converted one by one.

Nothing is compressed here, so that explanations do not depend on the shortcuts of the search.
"""

from __future__ import annotations

from datetime import datetime, time, timezone
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.grid import QUARTER_HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.clock_classes import ClockClasses
    from optimizer.grid import Slot
    from optimizer.horizon import Horizon
    from optimizer.tz_table import Segments, TzTable


class Meetings(NamedTuple):
    """The meetings of a slot for some people, rows in the order given.

    Attributes:
        instants: starts in UTC quarter hours after midnight of the horizon's first date,
            ``(occurrences,) int64``.
        local: starts on each person's clock, in the same unit, ``(people, occurrences) int64``.
        levels: worst level during each meeting, ``(people, occurrences) uint8``.
    """

    instants: NDArray[np.int64]
    local: NDArray[np.int64]
    levels: NDArray[np.uint8]


def instants_of(anchor: Segments, horizon: Horizon, cell: int) -> NDArray[np.int64]:
    """Return the starts of a slot's occurrences in UTC quarter hours, ``(occurrences,) int64``.

    ``cell`` is the slot in quarter hours after the horizon's first midnight on the anchor's clock.
    A start in a gap shifts forward, one in an overlap is the first of the two (RFC 5545, 3.3.5).
    """
    naive = cell + horizon.slots * np.arange(horizon.occurrences)
    part = np.searchsorted(np.array(anchor.wall_transitions, np.int64), naive, side="right")
    return naive - np.array(anchor.offsets, np.int64)[part]


def local_of(clock: Segments, instants: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return UTC instants as local quarter hours after the horizon's first midnight, any shape."""
    part = np.searchsorted(np.array(clock.transitions, np.int64), instants, side="right")
    return instants + np.array(clock.offsets, np.int64)[part]


def meetings(people: ClockClasses, horizon: Horizon, slot: Slot, tz: TzTable) -> Meetings:
    """Return every meeting of a slot for each person, ``(people, occurrences)`` in the order given.

    Raises:
        UnknownZone: the tz database has no such anchor.
        HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
        OffGridZone: the anchor is not on quarter hours in these years.
    """
    instants = instants_of(tz.segments(slot.anchor, horizon), horizon, slot.cell)
    steps = instants[:, None] + np.arange(horizon.steps)
    local = np.empty((len(people), len(instants)), np.int64)
    levels = np.empty(local.shape, np.uint8)
    for clock, segments in enumerate(people.classes):
        at = local_of(segments, steps)
        rows = people.rows(clock)
        local[rows] = at[:, 0]
        levels[rows] = people.levels_at(rows, at).max(axis=2)
    return Meetings(instants, local[people.inverse], levels[people.inverse])


def moment(horizon: Horizon, local: int, offset: int) -> datetime:
    """Return a local quarter hour after the horizon's first midnight as an aware datetime.

    ``offset`` is in quarter hours east of UTC and becomes the datetime's fixed offset.
    """
    midnight = datetime.combine(horizon.start, time(), _timezone(offset))
    return midnight + local * QUARTER_HOUR


@cache
def _timezone(offset: int) -> timezone:
    return timezone(offset * QUARTER_HOUR)
