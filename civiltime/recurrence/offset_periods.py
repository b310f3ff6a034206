"""Periods of constant offset from UTC, as arrays over many zones."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import numpy as np

from civiltime.recurrence.wall_clock import SECONDS_PER_DAY
from civiltime.transitions import transitions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from civiltime.recurrence.rule_arrays import Int64Array

FAR_SECONDS: Final = 2**40  # later than any wall-clock time that is expanded
_ZONE_BIT: Final = 33  # wall-clock seconds are below 2**33 until the year 2242
_WIDEST_OFFSET_SECONDS: Final = SECONDS_PER_DAY  # more than any zone's offset from UTC


class OffsetPeriods(NamedTuple):
    """The periods of z zones around a window, m in all, ordered by zone and then by time.

    Attributes:
        begins: index of each zone's first period, ``(z,) int64``.
        sizes: number of periods of each zone, at least one, ``(z,) int64``.
        from_wall: naive local seconds since 1970 from which an offset applies, ``(m,) int64``.
        to_wall: naive local seconds at which the next one applies, ``(m,) int64``.
        offsets: seconds east of UTC, ``(m,) int64``.
        keys: zone index and ``from_wall`` in one ascending number, ``(m,) int64``.
    """

    begins: Int64Array
    sizes: Int64Array
    from_wall: Int64Array
    to_wall: Int64Array
    offsets: Int64Array
    keys: Int64Array

    @classmethod
    def of(cls, zones: Iterable[ZoneInfo], after: int, before: int) -> Self:
        """Return the periods that intersect ``[after, before)``, in UTC seconds since 1970."""
        sizes: list[int] = []
        walls: list[int] = []
        ends: list[int] = []
        offsets: list[int] = []
        for tz in zones:
            changes = transitions(tz)
            low = bisect_right(changes.wall_seconds, after - _WIDEST_OFFSET_SECONDS)
            high = bisect_right(changes.wall_seconds, before + _WIDEST_OFFSET_SECONDS)
            between = changes.wall_seconds[low:high]
            sizes.append(high - low + 1)
            walls += [0, *between]
            ends += [*between, FAR_SECONDS]
            offsets += changes.offsets[low : high + 1]
        counts, from_wall = np.array(sizes, dtype=np.int64), np.array(walls, dtype=np.int64)
        zone_indexes = np.repeat(np.arange(len(sizes)), counts)
        return cls(
            begins=np.cumsum(counts) - counts,
            sizes=counts,
            from_wall=from_wall,
            to_wall=np.array(ends, dtype=np.int64),
            offsets=np.array(offsets, dtype=np.int64),
            keys=(zone_indexes << _ZONE_BIT) + from_wall,
        )

    def offset_at(self, zone_indexes: Int64Array, walls: Int64Array) -> Int64Array:
        """Return the offset of each naive local time in its zone, ``(n,)`` seconds east of UTC.

        ``zone_indexes`` and ``walls`` are ``(n,) int64``, the latter in seconds since 1970.
        """
        keys = (zone_indexes << _ZONE_BIT) + walls
        return self.offsets[np.searchsorted(self.keys, keys, side="right") - 1]
