"""A day of 24 hours as bars of night, early light, day and evening, for a place in any zone.

A strip is 96 units wide, a quarter of an hour each, and begins at midnight of one table zone. In a
place ``o`` hours ahead of it the night begins at ``(21 - o) * 4``, modulo 96.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH: Final = 96
NIGHT_BEGINS: Final = 21 * 4
PARTS: Final = (("night", 32), ("early", 12), ("day", 40), ("evening", 12))
MIN_WIDTH: Final = 2  # of a meeting that would be too narrow to see


class Bar(NamedTuple):
    """A part of the strip: what it is, where it begins, how wide it is. It may hang over an edge."""

    part: str
    x: int
    width: int


def sky_bars(minutes_ahead: int) -> list[Bar]:
    """Return the parts of the day of a place that is this many minutes ahead of the table's zone."""
    bars: list[Bar] = []
    begins = NIGHT_BEGINS - minutes_ahead // 15
    for part, width in PARTS:
        bars += _wrapped(part, begins, width)
        begins += width
    return bars


def meeting_bars(minute: int, minutes: int) -> list[Bar]:
    """Return the bars of a meeting that begins at a minute of the table's day."""
    return list(_wrapped("meeting", minute // 15, max(minutes // 15, MIN_WIDTH)))


def _wrapped(part: str, begins: int, width: int) -> Iterator[Bar]:
    """Yield a bar whole, and once more on the other side if it hangs over the end of the day.

    Each is drawn whole, so that the shades of early light and evening do not begin anew.
    """
    x = begins % WIDTH
    yield Bar(part, x, width)
    if x + width > WIDTH:
        yield Bar(part, x - WIDTH, width)
