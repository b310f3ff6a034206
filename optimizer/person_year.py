"""What a slot means for one person over the horizon: totals, and occurrences off the usual time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, time

    from optimizer.weekly_availability import Level


@dataclass(frozen=True, slots=True)
class DriftWeek:
    """One meeting at another local time than the person's usual one.

    Attributes:
        occurrence: its number, from 0.
        local: local start, aware, with the offset of that day.
        level: the person's worst level during it.
        is_worse: whether the level is worse than at the usual time.
    """

    occurrence: int
    local: datetime
    level: Level
    is_worse: bool


@dataclass(frozen=True, slots=True)
class PersonYear:
    """One person's totals over the horizon at one slot. Private: reveals zone and availability.

    Attributes:
        id: the person's id.
        zone: their zone.
        weekday: weekday of the usual local start, Monday is 0.
        time: naive local time of the usual start; the earliest of equally frequent ones.
        burden: summed cost of all occurrences.
        band: the burden as a band from 0 to 64, the value that leximin compares.
        absences: occurrences at level "no".
        drift: occurrences at another local time, in order.
    """

    id: str
    zone: str
    weekday: int
    time: time
    burden: int
    band: int
    absences: int
    drift: tuple[DriftWeek, ...]
