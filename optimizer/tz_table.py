"""The clocks of a horizon: when each zone's distance from UTC changes, in quarter hours.

The only file of this package that asks a zone what time it is; everything else is integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from civiltime import zones
from optimizer.errors import HorizonOutsideTzDatabase, OffGridZone
from optimizer.grid import DAY, QUARTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import tzinfo

    from optimizer.rhythm import Rhythm

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2037
EPOCH: Final = date(1970, 1, 1)
MIDNIGHT: Final = datetime(1970, 1, 1, tzinfo=UTC)
# A meeting may begin up to 14 hours before Monday in UTC and end a day after the last Sunday.
PADDING_DAYS: Final = 3

# An instant in quarter hours after 1970 in UTC, and the offset from there on.
Change = tuple[int, int]


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
    """One release of the tz database, each zone read once a year.

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
        self._years: dict[tuple[str, int], list[Change]] = {}
        self._known: dict[tuple[str, date, int], Segments] = {}

    @classmethod
    def remembered(cls, version: str, clocks: Mapping[str, Segments], rhythm: Rhythm) -> TzTable:
        """Return what an earlier release said about some zones in the weeks of a rhythm."""
        table = cls(version, zones.zone)
        for zone, segments in clocks.items():
            table._known[zone, rhythm.start, rhythm.weeks] = segments
        return table

    def segments(self, zone: str, rhythm: Rhythm) -> Segments:
        """Return a zone's clock over the horizon, padded by days at both ends.

        Raises:
            UnknownZone: the database has no such zone.
            HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
            OffGridZone: the zone is not on quarter hours in these years.
        """
        key = (zone, rhythm.start, rhythm.weeks)
        if key not in self._known:
            self._known[key] = self._cut(zone, rhythm.start, rhythm.weeks)
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

    def _cut(self, zone: str, start: date, weeks: int) -> Segments:
        end = start + timedelta(weeks=weeks)
        if start.year < FIRST_YEAR or end.year > LAST_YEAR:
            raise HorizonOutsideTzDatabase(start, weeks)
        midnight = (start - EPOCH).days * DAY
        first, last = midnight - PADDING_DAYS * DAY, (end - EPOCH).days * DAY + PADDING_DAYS * DAY
        changes = [
            change
            for year in range(start.year - 1, end.year + 2)
            for change in self._year(zone, year)
        ]
        offsets = [offset for at, offset in changes if at <= first][-1:]
        transitions = []
        for at, offset in changes:
            if first < at <= last and offset != offsets[-1]:
                transitions.append(at - midnight)
                offsets.append(offset)
        return Segments(tuple(transitions), tuple(offsets))

    def _year(self, zone: str, year: int) -> list[Change]:
        key = (zone, year)
        if key not in self._years:
            self._years[key] = _read_year(zone, self._load(zone), year)
        return self._years[key]


@lru_cache(maxsize=1)
def installed() -> TzTable:
    """Return the table of the installed tz database, shared by the whole process."""
    return TzTable()


def _read_year(name: str, tz: tzinfo, year: int) -> list[Change]:
    """Look at the clock once a day and search each day on which it jumped."""

    def offset(quarter: int) -> int:
        distance = (MIDNIGHT + quarter * QUARTER).astimezone(tz).utcoffset() or timedelta()
        quarters, rest = divmod(distance, QUARTER)
        if rest:
            raise OffGridZone(name)
        return quarters

    first, last = ((date(each, 1, 1) - EPOCH).days * DAY for each in (year, year + 1))
    changes = [(first, offset(first))]
    for day in range(first, last, DAY):
        after = offset(day + DAY)
        if after != changes[-1][1]:
            changes.append((_first_change(offset, day, day + DAY), after))
    return changes


def _first_change(offset: Callable[[int], int], before: int, after: int) -> int:
    old = offset(before)
    while after - before > 1:
        middle = (before + after) // 2
        if offset(middle) == old:
            before = middle
        else:
            after = middle
    return after
