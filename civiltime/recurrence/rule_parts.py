"""Parts of a recurrence rule, with the names of RFC 5545."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple


class Frequency(StrEnum):
    """The unit of a rule's interval."""

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
    """A weekday of each month, counted from its beginning (1 to 4), or the last (-1)."""

    nth: int
    weekday: Weekday

    def __str__(self) -> str:
        return f"{self.nth}{self.weekday}"
