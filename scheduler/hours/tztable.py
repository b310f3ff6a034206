"""The clocks of a horizon: when each zone's distance from UTC changes, in quarter hours.

The only file of this package that asks a zone what time it is; everything else is integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from scheduler import zones
from scheduler.hours.errors import HorizonOutsideTzDatabase, OffGridZone
from scheduler.hours.grid import DAY, QUARTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from scheduler.hours.rhythm import Rhythm

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2037
# A meeting may begin up to 14 hours before Monday in UTC and end a day after the last Sunday.
PADDING_DAYS: Final = 3


class Segments(NamedTuple):
    """One zone's clock over a horizon.

    ``offsets[i]`` holds, in quarter hours east of UTC, from ``transitions[i - 1]`` up to but
    excluding ``transitions[i]``; transitions are quarter hours after the horizon's first
    midnight in UTC. There is one more offset than transitions.
    """

    transitions: tuple[int, ...]
    offsets: tuple[int, ...]

    def at(self, instant: int) -> int:
        """Return the offset at an instant."""
        return self.offsets[bisect_right(self.transitions, instant)]

    @property
    def wall_cuts(self) -> tuple[int, ...]:
        """Wall-clock times from which the next offset reads a naive time (RFC 5545, 3.3.5).

        A time in a gap is read with the offset before it, one in an overlap is the first of
        the two: both mean that the old offset lasts until the later of the two readings.
        """
        return tuple(
            at + max(before, after)
            for at, before, after in zip(
                self.transitions, self.offsets, self.offsets[1:], strict=False
            )
        )

    @property
    def signature(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What makes two anchors offer the same schedules: when and how far the clock jumps."""
        return self.transitions, tuple(offset - self.offsets[0] for offset in self.offsets)


class TzTable:
    """One release of the tz database, read once per zone and horizon.

    Args:
        version: the release's name, which every result carries.
        load: gives a zone by name; the installed database by default.
    """

    def __init__(
        self,
        version: str = zones.TZ_VERSION,
        load: Callable[[str], tzinfo] = zones.zone,
    ) -> None:
        self.version = version
        self._load = load
        self._known: dict[tuple[str, date, int], Segments] = {}

    def segments(self, zone: str, rhythm: Rhythm) -> Segments:
        """Return a zone's clock over the horizon, padded by days at both ends.

        Raises:
            UnknownZone: the database has no such zone.
            HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
            OffGridZone: the zone is not on quarter hours in these weeks.
        """
        key = (zone, rhythm.start, rhythm.weeks)
        if key not in self._known:
            self._known[key] = _read(zone, self._load(zone), rhythm.start, rhythm.weeks)
        return self._known[key]

    def classes(self, names: Iterable[str], rhythm: Rhythm) -> dict[Segments, list[str]]:
        """Return the zones that show the same time all along, grouped, in order of appearance."""
        classes: dict[Segments, list[str]] = {}
        for name in dict.fromkeys(names):
            classes.setdefault(self.segments(name, rhythm), []).append(name)
        return classes

    def anchors(self, names: Iterable[str], rhythm: Rhythm) -> tuple[str, ...]:
        """Return one anchor for each way in which these zones' clocks change, commonest first.

        Zones that jump alike offer alike schedules, so one stands for all: the one most
        people live in. A zone that never changes is always among them, UTC if nobody has one.
        """
        chosen: dict[tuple[tuple[int, ...], tuple[int, ...]], str] = {}
        for name, _ in sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])):
            chosen.setdefault(self.segments(name, rhythm).signature, name)
        chosen.setdefault(((), (0,)), "UTC")
        return tuple(chosen.values())

    @cached_property
    def is_installed(self) -> bool:
        """Whether this is the database that the process runs on."""
        return self.version == zones.TZ_VERSION


@lru_cache(maxsize=1)
def installed() -> TzTable:
    """Return the table of the installed tz database, shared by the whole process."""
    return TzTable()


def _read(name: str, tz: tzinfo, start: date, weeks: int) -> Segments:
    """Look at the clock once a day and search each day on which it jumped."""
    if start.year < FIRST_YEAR or start + timedelta(weeks=weeks) > date(LAST_YEAR, 12, 31):
        raise HorizonOutsideTzDatabase(start, weeks)
    midnight = datetime.combine(start, time(), UTC)
    first, last = -PADDING_DAYS * DAY, (7 * weeks + PADDING_DAYS) * DAY

    def offset(quarter: int) -> int:
        distance = (midnight + quarter * QUARTER).astimezone(tz).utcoffset() or timedelta()
        quarters, rest = divmod(distance, QUARTER)
        if rest:
            raise OffGridZone(name)
        return quarters

    transitions: list[int] = []
    offsets = [offset(first)]
    for day in range(first, last, DAY):
        if offset(day + DAY) != offsets[-1]:
            transitions.append(_first_change(offset, day, day + DAY))
            offsets.append(offset(day + DAY))
    return Segments(tuple(transitions), tuple(offsets))


def _first_change(offset: Callable[[int], int], before: int, after: int) -> int:
    old = offset(before)
    while after - before > 1:
        middle = (before + after) // 2
        if offset(middle) == old:
            before = middle
        else:
            after = middle
    return after
