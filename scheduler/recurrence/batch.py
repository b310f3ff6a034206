"""When the sessions of many series start, all at once."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from scheduler.recurrence.clock import DAY
from scheduler.recurrence.columns import Columns
from scheduler.recurrence.course import Course
from scheduler.recurrence.strands import FIRST_DAY, LAST_DAY
from scheduler.recurrence.sweep import begins_on_rule, sweep
from scheduler.transitions import transitions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.recurrence.columns import Ints
    from scheduler.recurrence.rule import Rule

_WIDEST_OFFSET_DAYS: Final = 2  # no zone was ever that far from UTC
_ZONE_SHIFT: Final = 33  # wall-clock seconds stay below 2**33 until the year 2242


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The starts of many series, ordered by series and then by time; n of them in all.

    Attributes:
        series: (n,) int64, the position of the series in what was asked.
        local_minutes: (n,) int64, naive wall-clock minutes since 1970; the session's identity.
        utc_seconds: (n,) int64, the instant, seconds since 1970.
    """

    series: Ints
    local_minutes: Ints
    utc_seconds: Ints


def expand_many(
    series: Sequence[tuple[Rule, datetime, ZoneInfo]], *, after: datetime, before: datetime
) -> Batch:
    """Return the starts in ``[after, before)`` of each (rule, first local start, zone).

    They are the starts that ``expand`` gives one series at a time.

    Raises:
        UnsupportedRule: as ``expand``, for a series at fault.
    """
    start = max(FIRST_DAY, int(after.timestamp() // DAY) - _WIDEST_OFFSET_DAYS)
    stop = min(LAST_DAY, int(before.timestamp() // DAY) + _WIDEST_OFFSET_DAYS)
    columns = Columns.of(series)
    for place in np.flatnonzero(~begins_on_rule(columns)).tolist():
        Course.of(*series[place][:2])  # says what is wrong with it
    owners, days = sweep(columns, start, stop)
    local_minutes = days * 1440 + columns.minutes[owners]
    wall_seconds = local_minutes * 60
    keys, offsets = _regimes(columns.zones, start * DAY, (stop + 1) * DAY)
    asked = (columns.zone_places[owners] << _ZONE_SHIFT) + wall_seconds
    utc_seconds = wall_seconds - offsets[np.searchsorted(keys, asked, side="right") - 1]
    inside = (utc_seconds >= after.timestamp()) & (utc_seconds < before.timestamp())
    return Batch(owners[inside], local_minutes[inside], utc_seconds[inside])


def _regimes(zones: Iterable[ZoneInfo], start: int, stop: int) -> tuple[Ints, Ints]:
    """Return (m,) sorted keys of (zone, wall-clock second) and the offset that counts from each."""
    keys: list[int] = []
    offsets: list[int] = []
    for place, tz in enumerate(zones):
        changes = transitions(tz)
        low = bisect_right(changes.wall_seconds, start)
        high = bisect_right(changes.wall_seconds, stop)
        base = place << _ZONE_SHIFT
        keys += [base, *(base + wall for wall in changes.wall_seconds[low:high])]
        offsets += changes.offsets[low : high + 1]
    return np.array(keys, dtype=np.int64), np.array(offsets, dtype=np.int64)
