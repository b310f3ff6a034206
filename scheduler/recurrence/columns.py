"""Many series as columns of integers, each checked like a single one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from scheduler.recurrence.course import Course, can_begin, threads_of
from scheduler.recurrence.strands import EPOCH, LAST_DAY, MonthStrand

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.recurrence.rule import Rule

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What n series ask for.

    Attributes:
        firsts: (n,) int64, day of the first session since 1970.
        lasts: (n,) int64, no session is later.
        minutes: (n,) int64, minutes after local midnight.
        zone_places: (n,) int64, position in ``zones``.
        zones: the zones in use, each once.
        day_strands: (p, 4) int64, series and the fields of its ``DayStrand``.
        month_strands: (q, 5) int64, series and the fields of its ``MonthStrand``.
    """

    firsts: Ints
    lasts: Ints
    minutes: Ints
    zone_places: Ints
    zones: tuple[ZoneInfo, ...]
    day_strands: Ints
    month_strands: Ints

    @classmethod
    def of(cls, series: Sequence[tuple[Rule, datetime, ZoneInfo]]) -> Self:
        """Return the columns of some series.

        Raises:
            UnsupportedRule: a series is at fault in itself; whether its first session lies on
                its rule is for the sweep to find.
        """
        firsts = [first.toordinal() - EPOCH for _, first, _ in series]
        places: dict[ZoneInfo, int] = {}
        zone_places = [places.setdefault(tz, len(places)) for _, _, tz in series]
        lasts = [_last(rule, first) for rule, first, _ in series]
        day_strands: list[tuple[int, ...]] = []
        month_strands: list[tuple[int, ...]] = []
        for place, (rule, _, _) in enumerate(series):
            for strand in threads_of(rule, firsts[place]):
                rows = month_strands if isinstance(strand, MonthStrand) else day_strands
                rows.append((place, *strand))
        return cls(
            firsts=np.array(firsts, dtype=np.int64),
            lasts=np.array(lasts, dtype=np.int64),
            minutes=np.array(
                [first.hour * 60 + first.minute for _, first, _ in series], dtype=np.int64
            ),
            zone_places=np.array(zone_places, dtype=np.int64),
            zones=tuple(places),
            day_strands=np.array(day_strands, dtype=np.int64).reshape(-1, 4),
            month_strands=np.array(month_strands, dtype=np.int64).reshape(-1, 5),
        )


def _last(rule: Rule, first_local: datetime) -> int:
    if rule.is_open and can_begin(first_local):
        return LAST_DAY
    return Course.of(rule, first_local).last
