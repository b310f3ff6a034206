"""A rule as arithmetic progressions: one session in each interval period.

RFC 5545 (3.3.10) calls INTERVAL units of FREQ an interval period. Every rule of the allow-list has
the same number of sessions in each, so each of them is a progression of its own. Days are counted
from 1 January 1970 and months from January 1970. The functions take integers and numpy arrays
alike, so that one series and a thousand use the same formulas.
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

EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
FIRST_DAY: Final = date(FIRST_YEAR, 1, 1).toordinal() - EPOCH_ORDINAL
LAST_DAY: Final = date(LAST_YEAR, 1, 1).toordinal() - EPOCH_ORDINAL - 1
MONTH_STARTS: Final = tuple(
    date(year, month, 1).toordinal() - EPOCH_ORDINAL
    for year in range(FIRST_YEAR, LAST_YEAR + 3)
    for month in range(1, 13)
)
_ANY: Final = -1


class DayProgression(NamedTuple):
    """One session every ``step`` days.

    Attributes:
        step: days from one interval period to the next.
        week_start: weekday on which period 0 begins (Monday is 0), or -1 if it begins with the
            first session.
        offset: days after the start of the period.
    """

    step: int
    week_start: int
    offset: int


class MonthProgression(NamedTuple):
    """One session every ``step`` months.

    Attributes:
        step: months from one interval period to the next.
        month_offset: months from the month of the period to the month from whose start the day is
            counted, 0 or 1.
        shift: days added to the start of that month.
        weekday: the session is on the first such weekday from there on (Monday is 0); -1 for any.
    """

    step: int
    month_offset: int
    shift: int
    weekday: int


@lru_cache(maxsize=4096)
def progressions(rule: Rule) -> tuple[DayProgression, ...] | tuple[MonthProgression, ...]:
    """Return a rule's progressions, by day where the order is the same in every period. Cached.

    Empty for a monthly rule whose day is that of the first session.
    """
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
    """Return the progression of one day of the month, every ``interval`` months."""
    return MonthProgression(interval, 0, month_day - 1, _ANY)


def _nth_weekday_progression(interval: int, day: NthWeekday) -> MonthProgression:
    """Return the progression of the nth weekday of every ``interval``-th month."""
    if day.nth < 0:
        return MonthProgression(interval, 1, 7 * day.nth, day.weekday)
    return MonthProgression(interval, 0, 7 * (day.nth - 1), day.weekday)


def period_start(first_day: Days, week_start: Days) -> Days:
    """Return the day on which period 0 of a series begins, at or before its first session.

    Days since 1970, as integers or arrays ``(n,)``.
    """
    return first_day - (first_day + 3 - week_start) % 7 * (week_start >= 0)


def month_session(
    month_starts: Any, month: Days, month_offset: Days, shift: Days, weekday: Days
) -> Days:
    """Return the day since 1970 of a month progression in a month, as integers or arrays ``(n,)``.

    ``month_starts`` is ``MONTH_STARTS`` for integers and the same as an array for arrays.
    """
    earliest: Days = month_starts[month + month_offset] + shift
    return earliest + (weekday - earliest - 3) % 7 * (weekday >= 0)


def month_of(day: int) -> int:
    """Return the month since January 1970 of a day since 1970."""
    return bisect_right(MONTH_STARTS, day) - 1
