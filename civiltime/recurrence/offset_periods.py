"""Which offset from UTC counts in which zone, from when to when, as arrays over many zones."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import numpy as np

from civiltime.recurrence.wall_clock import DAY
from civiltime.transitions import transitions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from civiltime.recurrence.rule_arrays import Ints

FAR: Final = 2**40  # seconds; far beyond any wall-clock time that we expand
_ZONE_SHIFT: Final = 33  # wall-clock seconds stay below 2**33 until the year 2242
_WIDEST_OFFSET: Final = DAY  # no zone is further from UTC


class OffsetPeriods(NamedTuple):
    """The offsets of z zones around a window, m in all, ordered by zone and then by time.

    Attributes:
        begins: (z,) int64, where a zone's offsets begin.
        sizes: (z,) int64, how many it has; at least one.
        from_wall: (m,) int64, wall-clock seconds since 1970 from which an offset counts.
        to_wall: (m,) int64, wall-clock seconds at which the next takes over.
        offsets: (m,) int64, seconds east of UTC.
        keys: (m,) int64, zone and ``from_wall`` in one sorted number.
    """

    begins: Ints
    sizes: Ints
    from_wall: Ints
    to_wall: Ints
    offsets: Ints
    keys: Ints

    @classmethod
    def of(cls, zones: Iterable[ZoneInfo], after: int, before: int) -> Self:
        """Return the offsets that count in ``[after, before)``, in seconds since 1970."""
        sizes: list[int] = []
        walls: list[int] = []
        ends: list[int] = []
        offsets: list[int] = []
        for tz in zones:
            changes = transitions(tz)
            low = bisect_right(changes.wall_seconds, after - _WIDEST_OFFSET)
            high = bisect_right(changes.wall_seconds, before + _WIDEST_OFFSET)
            between = changes.wall_seconds[low:high]
            sizes.append(high - low + 1)
            walls += [0, *between]
            ends += [*between, FAR]
            offsets += changes.offsets[low : high + 1]
        counts, from_wall = np.array(sizes, dtype=np.int64), np.array(walls, dtype=np.int64)
        zone_places = np.repeat(np.arange(len(sizes)), counts)
        return cls(
            begins=np.cumsum(counts) - counts,
            sizes=counts,
            from_wall=from_wall,
            to_wall=np.array(ends, dtype=np.int64),
            offsets=np.array(offsets, dtype=np.int64),
            keys=(zone_places << _ZONE_SHIFT) + from_wall,
        )

    def offset_at(self, zone_places: Ints, walls: Ints) -> Ints:
        """Return the offset of each wall-clock second in its zone."""
        asked = (zone_places << _ZONE_SHIFT) + walls
        return self.offsets[np.searchsorted(self.keys, asked, side="right") - 1]
