"""The days of one series, computed without iterating from its first session."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple, Self, TypeAlias

from civiltime.recurrence.errors import FirstDayOffRule, UnsupportedRule
from civiltime.recurrence.progressions import (
    EPOCH_ORDINAL,
    LAST_DAY,
    MONTH_STARTS,
    DayProgression,
    MonthProgression,
    month_day_progression,
    month_of,
    month_session,
    period_start,
    progressions,
)
from civiltime.recurrence.rule import MAX_MONTH_DAY
from civiltime.transitions import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civiltime.recurrence.rule import Rule

Progressions: TypeAlias = tuple[DayProgression, ...] | tuple[MonthProgression, ...]

MAX_DAYS_UNTIL: Final = 5 * 365 + 2


class SeriesDays(NamedTuple):
    """The days of one series, counted from 1 January 1970.

    Attributes:
        progressions: those of its rule.
        origin: the day, or for a monthly rule the month, in which interval period 0 begins.
        first: day of the first session.
        last: no session is later; the end of 2099 for an open rule.
    """

    progressions: Progressions
    origin: int
    first: int
    last: int = LAST_DAY

    @classmethod
    def of(cls, rule: Rule, first_local: datetime) -> Self:
        """Return the days of a rule that begins with a given naive local start.

        Raises:
            FirstDayOffRule: the first session's date is not an occurrence of the rule.
            UnsupportedRule: the first session's date or time cannot begin this rule.
            ValueError: ``first_local`` is aware.
        """
        _check_first(first_local)
        first = first_local.toordinal() - EPOCH_ORDINAL
        _check_until(rule, first)
        unbounded = cls._unbounded(rule, first)
        if not unbounded.meets_first():
            next_valid = next(
                day for day in count(first) if cls._unbounded(rule, day).meets_first()
            )
            raise FirstDayOffRule(first_local.date(), date.fromordinal(next_valid + EPOCH_ORDINAL))
        return unbounded if rule.is_open else unbounded._replace(last=unbounded.last_day(rule))

    @classmethod
    def _unbounded(cls, rule: Rule, first: int) -> Self:
        """Return the days of a rule without COUNT and UNTIL."""
        progressions = progressions_of(rule, first)
        first_progression = progressions[0]
        if isinstance(first_progression, MonthProgression):
            return cls(progressions, month_of(first), first)
        return cls(progressions, period_start(first, first_progression.week_start), first)

    def meets_first(self) -> bool:
        """Return whether the first day is an occurrence of the rule."""
        return self.first in self.period_days(0)

    def period_days(self, number: int) -> tuple[int, ...]:
        """Return the days of an interval period in order, also those before the first session."""
        return _period_days(self.progressions, self.origin + number * self.progressions[0].step)

    def days(self, start: int, stop: int) -> Sequence[int]:
        """Return the days since 1970 of sessions from ``start`` to ``stop``, both included."""
        start, stop = max(start, self.first), min(stop, self.last)
        first_progression = self.progressions[0]
        if len(self.progressions) == 1 and isinstance(first_progression, DayProgression):
            base = self.origin + first_progression.offset
            return range(
                start + (base - start) % first_progression.step, stop + 1, first_progression.step
            )
        periods = range(self._period_at(start), self._period_at(stop) + 1)
        return [
            day for number in periods for day in self.period_days(number) if start <= day <= stop
        ]

    def last_session(self) -> int:
        """Return the day since 1970 of the last session; of an open rule, of the last before 2100."""
        return next(
            day
            for number in count(self._period_at(self.last), -1)
            for day in reversed(self.period_days(number))
            if day <= self.last
        )

    def _period_at(self, day: int) -> int:
        """Return the number of the interval period that holds a day."""
        first_progression = self.progressions[0]
        unit = month_of(day) if isinstance(first_progression, MonthProgression) else day
        return (unit - self.origin) // first_progression.step

    def last_day(self, rule: Rule) -> int:
        """Return the day since 1970 after which the rule's COUNT or UNTIL allows no session."""
        if rule.until_local is not None:
            return min(LAST_DAY, rule.until_local.toordinal() - EPOCH_ORDINAL)
        if rule.count is None:
            return LAST_DAY
        before_first = self.period_days(0).index(self.first)
        number, index = divmod(before_first + rule.count - 1, len(self.progressions))
        if number > self._period_at(LAST_DAY):
            return LAST_DAY
        return min(LAST_DAY, self.period_days(number)[index])


@lru_cache(maxsize=4096)
def _period_days(progressions: Progressions, start: int) -> tuple[int, ...]:
    """Return the days of the period that begins on a day or in a month; cached for many series."""
    return tuple(
        sorted(
            month_session(MONTH_STARTS, start, *progression[1:])
            if isinstance(progression, MonthProgression)
            else start + progression.offset
            for progression in progressions
        )
    )


def progressions_of(rule: Rule, first: int) -> Progressions:
    """Return a rule's progressions, by default on the month day of ``first`` (days since 1970).

    Raises:
        UnsupportedRule: that month day does not exist in every month.
    """
    return progressions(rule) or (_same_month_day(rule, first),)


def _same_month_day(rule: Rule, first: int) -> MonthProgression:
    """Return the progression of the first session's month day."""
    month_day = first - MONTH_STARTS[month_of(first)] + 1
    if month_day > MAX_MONTH_DAY:
        raise UnsupportedRule(
            "BYMONTHDAY",
            f"Not every month has a day {month_day}. Choose a day up to {MAX_MONTH_DAY}, "
            "or a weekday such as the last Friday.",
        )
    return month_day_progression(rule.interval, month_day)


def can_begin(first_local: datetime) -> bool:
    """Return whether a series can begin at a naive local time: a whole minute from 1970 to 2099."""
    return (
        FIRST_YEAR <= first_local.year < LAST_YEAR
        and not (first_local.second or first_local.microsecond)
        and first_local.tzinfo is None
    )


def _check_first(first_local: datetime) -> None:
    """Check that a series can begin at a naive local time."""
    if first_local.tzinfo is not None:
        raise ValueError("first_local is a wall-clock time and carries no zone")
    if not can_begin(first_local):
        raise UnsupportedRule(
            "DTSTART", f"A series begins on a whole minute from {FIRST_YEAR} to {LAST_YEAR - 1}."
        )


def _check_until(rule: Rule, first: int) -> None:
    """Check that UNTIL is not before the first session, and within five years after it."""
    if rule.until_local is None:
        return
    ahead = rule.until_local.toordinal() - EPOCH_ORDINAL - first
    if ahead < 0:
        raise UnsupportedRule("UNTIL", "The series ends before its first session.")
    if ahead > MAX_DAYS_UNTIL:
        raise UnsupportedRule("UNTIL", "UNTIL lies at most five years after the first session.")
