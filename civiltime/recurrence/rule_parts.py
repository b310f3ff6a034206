"""The words of a recurrence rule, spelt as RFC 5545 spells them."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple


class Frequency(StrEnum):
    """How often a series comes round."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class Weekday(IntEnum):
    """A day of the week; the numbers are those of ``date.weekday()``."""

    MO = 0
    TU = 1
    WE = 2
    TH = 3
    FR = 4
    SA = 5
    SU = 6

    def __str__(self) -> str:
        return self.name


class NthWeekday(NamedTuple):
    """One weekday of each month, counted from its beginning (1 to 4) or its last (-1)."""

    nth: int
    weekday: Weekday

    def __str__(self) -> str:
        return f"{self.nth}{self.weekday}"
