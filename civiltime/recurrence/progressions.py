"""A rule taken apart into strands: one session of each round, by arithmetic alone.

Days are counted from 1 January 1970 and months from January 1970. The functions below take plain
integers and numpy arrays alike, so that one series and a thousand follow the same formulas.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from civiltime.recurrence.rule_parts import Frequency, NthWeekday, Weekday
from civiltime.transitions import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from civiltime.recurrence.rule import Rule

Days = TypeVar("Days", "int", "NDArray[np.int64]")

EPOCH: Final = date(1970, 1, 1).toordinal()
FIRST_DAY: Final = date(FIRST_YEAR, 1, 1).toordinal() - EPOCH
LAST_DAY: Final = date(LAST_YEAR, 1, 1).toordinal() - EPOCH - 1
MONTH_STARTS: Final = tuple(
    date(year, month, 1).toordinal() - EPOCH
    for year in range(FIRST_YEAR, LAST_YEAR + 3)
    for month in range(1, 13)
)
_ANY: Final = -1


class DayProgression(NamedTuple):
    """One session every so many days.

    Attributes:
        step: days from round to round.
        week_start: the weekday that opens round 0, or -1 if the first session does.
        offset: days into the round.
    """

    step: int
    week_start: int
    offset: int


class MonthProgression(NamedTuple):
    """One session every so many months.

    Attributes:
        step: months from round to round.
        of_next: 1 to count from the start of the month after, 0 from the month's own.
        shift: days added to that start.
        weekday: the session is on the first such weekday from there on; -1 for any.
    """

    step: int
    of_next: int
    shift: int
    weekday: int


@lru_cache(maxsize=4096)
def progressions(rule: Rule) -> tuple[DayProgression, ...] | tuple[MonthProgression, ...]:
    """Return a rule's strands, in the order of their days where that is the same in every round; empty for a monthly rule that leaves its day to the first session."""
    if rule.frequency is Frequency.DAILY:
        return (DayProgression(rule.interval, _ANY, 0),)
    if rule.frequency is Frequency.WEEKLY:
        opening = rule.week_start
        offsets = sorted((day - opening) % 7 for day in rule.weekdays if isinstance(day, Weekday))
        step = 7 * rule.interval
        return tuple(DayProgression(step, opening, offset) for offset in offsets) or (
            DayProgression(step, _ANY, 0),
        )
    return tuple(month_day_progression(rule.interval, day) for day in rule.month_days) + tuple(
        _nth_weekday_progression(rule.interval, day)
        for day in rule.weekdays
        if isinstance(day, NthWeekday)
    )


def month_day_progression(interval: int, month_day: int) -> MonthProgression:
    """Return the strand of one day of the month."""
    return MonthProgression(interval, 0, month_day - 1, _ANY)


def _nth_weekday_progression(interval: int, day: NthWeekday) -> MonthProgression:
    if day.nth < 0:
        return MonthProgression(interval, 1, 7 * day.nth, day.weekday)
    return MonthProgression(interval, 0, 7 * (day.nth - 1), day.weekday)


def round_opening(first_day: Days, week_start: Days) -> Days:
    """Return the day on which a series' round 0 opens, at or before its first session."""
    return first_day - (first_day + 3 - week_start) % 7 * (week_start >= 0)


def month_session(
    month_starts: Any, month: Days, of_next: Days, shift: Days, weekday: Days
) -> Days:
    """Return a month strand's day in a month.

    ``month_starts`` is ``MONTH_STARTS`` for integers and the same as an array for arrays.
    """
    earliest: Days = month_starts[month + of_next] + shift
    return earliest + (weekday - earliest - 3) % 7 * (weekday >= 0)


def month_of(day: int) -> int:
    """Return the month in which a day lies."""
    return bisect_right(MONTH_STARTS, day) - 1
