"""The offsets of zones over a horizon: when each zone's offset from UTC changes, in quarter hours.

The only module of this package that uses tzinfo objects; all others use integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from civiltime import zones
from optimizer.errors import HorizonOutsideTzDatabase, OffGridZone
from optimizer.grid import QUARTER_HOUR, QUARTERS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import tzinfo

    from optimizer.horizon import Horizon

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2037
EPOCH_DATE: Final = date(1970, 1, 1)
EPOCH_UTC: Final = datetime(1970, 1, 1, tzinfo=UTC)
# A meeting starts up to 14 hours before Monday in UTC and ends up to a day after the last Sunday.
PADDING_DAYS: Final = 3

# A UTC instant in quarter hours since 1970, and the offset in quarter hours from then on.
Change = tuple[int, int]


class Segments(NamedTuple):
    """One zone's piecewise constant offset over a horizon.

    Attributes:
        transitions: UTC quarter hours after midnight of the horizon's first date, ascending.
        offsets: quarter hours east of UTC, one more than transitions; ``offsets[i]`` holds from
            ``transitions[i - 1]`` up to but excluding ``transitions[i]``.
    """

    transitions: tuple[int, ...]
    offsets: tuple[int, ...]

    def at(self, instant: int) -> int:
        """Return the offset at a UTC instant, both in quarter hours."""
        return self.offsets[bisect_right(self.transitions, instant)]

    @property
    def wall_transitions(self) -> tuple[int, ...]:
        """Local quarter hours from which the next offset applies to a naive time (RFC 5545, 3.3.5).

        A time in a gap is read with the offset before it, one in an overlap is the first of the
        two: in both cases the old offset applies until the later of the two readings of the
        transition.
        """
        return tuple(
            at + max(before, after)
            for at, before, after in zip(
                self.transitions, self.offsets, self.offsets[1:], strict=False
            )
        )

    @property
    def signature(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What determines an anchor's schedules: when its offset changes, and by how much."""
        return self.transitions, tuple(offset - self.offsets[0] for offset in self.offsets)


class TzTable:
    """The offsets of one release of the tz database; each zone is read once a year.

    Args:
        version: name of the release.
        load: returns a zone by name; the installed database by default.
    """

    def __init__(
        self,
        version: str = zones.TZ_VERSION,
        load: Callable[[str], tzinfo] = zones.zone,
    ) -> None:
        self.version = version
        self._load = load
        self._years: dict[tuple[str, int], list[Change]] = {}
        self._segments: dict[tuple[str, date, int], Segments] = {}

    @classmethod
    def from_segments(
        cls, version: str, clocks: Mapping[str, Segments], horizon: Horizon
    ) -> TzTable:
        """Return a table of some zones over one horizon, as an earlier release had them."""
        table = cls(version, zones.zone)
        for zone, segments in clocks.items():
            table._segments[zone, horizon.start, horizon.weeks] = segments
        return table

    def segments(self, zone: str, horizon: Horizon) -> Segments:
        """Return a zone's offsets over a horizon and three days on both sides, in quarter hours.

        Raises:
            UnknownZone: the database has no such zone.
            HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
            OffGridZone: the zone is not on quarter hours in these years.
        """
        key = (zone, horizon.start, horizon.weeks)
        if key not in self._segments:
            self._segments[key] = self._segments_over(zone, horizon.start, horizon.weeks)
        return self._segments[key]

    def classes(self, names: Iterable[str], horizon: Horizon) -> dict[Segments, list[str]]:
        """Return the names grouped by equal offsets over the horizon, in order of appearance.

        Raises:
            UnknownZone: the database has no such zone.
        """
        classes: dict[Segments, list[str]] = {}
        for name in dict.fromkeys(names):
            classes.setdefault(self.segments(name, horizon), []).append(name)
        return classes

    def anchors(self, names: Iterable[str], horizon: Horizon) -> tuple[str, ...]:
        """Return one anchor for each pattern of clock changes among some zones, most common first.

        Zones whose clocks change alike have the same possible schedules, so the most frequent of
        them represents all. A zone without clock changes is always included, UTC if nobody has one.

        Raises:
            UnknownZone: the database has no such zone.
        """
        chosen: dict[tuple[tuple[int, ...], tuple[int, ...]], str] = {}
        for name, _ in sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])):
            chosen.setdefault(self.segments(name, horizon).signature, name)
        chosen.setdefault(((), (0,)), "UTC")
        return tuple(chosen.values())

    def _segments_over(self, zone: str, start: date, weeks: int) -> Segments:
        """Return a zone's offsets over some weeks, as :meth:`segments`."""
        end = start + timedelta(weeks=weeks)
        if start.year < FIRST_YEAR or end.year > LAST_YEAR:
            raise HorizonOutsideTzDatabase(start, weeks)
        midnight = (start - EPOCH_DATE).days * QUARTERS_PER_DAY
        first, last = (
            midnight - PADDING_DAYS * QUARTERS_PER_DAY,
            (end - EPOCH_DATE).days * QUARTERS_PER_DAY + PADDING_DAYS * QUARTERS_PER_DAY,
        )
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
        """Return a zone's offset changes in a year, cached."""
        key = (zone, year)
        if key not in self._years:
            self._years[key] = _read_year(zone, self._load(zone), year)
        return self._years[key]


@lru_cache(maxsize=1)
def installed() -> TzTable:
    """Return the table of the installed tz database, shared by the whole process."""
    return TzTable()


def _read_year(name: str, tz: tzinfo, year: int) -> list[Change]:
    """Return a zone's offset at the start of a year and each change in it; samples each midnight."""

    def offset(quarter: int) -> int:
        distance = (EPOCH_UTC + quarter * QUARTER_HOUR).astimezone(tz).utcoffset() or timedelta()
        quarters, rest = divmod(distance, QUARTER_HOUR)
        if rest:
            raise OffGridZone(name)
        return quarters

    first, last = (
        (date(each, 1, 1) - EPOCH_DATE).days * QUARTERS_PER_DAY for each in (year, year + 1)
    )
    changes = [(first, offset(first))]
    for day in range(first, last, QUARTERS_PER_DAY):
        after = offset(day + QUARTERS_PER_DAY)
        if after != changes[-1][1]:
            changes.append((_bisect_change(offset, day, day + QUARTERS_PER_DAY), after))
    return changes


def _bisect_change(offset: Callable[[int], int], before: int, after: int) -> int:
    """Return the first quarter hour with another offset than ``before``, up to ``after``."""
    old = offset(before)
    while after - before > 1:
        middle = (before + after) // 2
        if offset(middle) == old:
            before = middle
        else:
            after = middle
    return after
