"""What a slot means for one person in a year, as values: totals, and the weeks off the usual time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, time

    from optimizer.weekly_availability import Level


@dataclass(frozen=True, slots=True)
class DriftWeek:
    """One meeting at another local hour than usual.

    Attributes:
        occurrence: its number, from 0.
        local: when it starts there, aware, at the offset of that day.
        level: how it suits.
        worse: whether it suits less than the usual hour.
    """

    occurrence: int
    local: datetime
    level: Level
    worse: bool


@dataclass(frozen=True, slots=True)
class PersonYear:
    """One person's year at an hour. Private: it tells where she lives and when she sleeps.

    ``weekday`` (Monday is 0) and ``time`` are her usual local start, the earliest in the year if
    two are equally usual. ``burden`` is the summed cost, ``band`` what leximin compares.
    """

    id: str
    zone: str
    weekday: int
    time: time
    burden: int
    band: int
    absences: int
    drift: tuple[DriftWeek, ...]
