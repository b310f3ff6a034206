"""A rule set out from its first session: which days it meets, without walking there."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple, Self, TypeAlias

from civiltime.recurrence.errors import FirstDayOffRule, UnsupportedRule
from civiltime.recurrence.progressions import (
    EPOCH,
    LAST_DAY,
    MONTH_STARTS,
    DayProgression,
    MonthProgression,
    month_day_progression,
    month_of,
    month_session,
    progressions,
    round_opening,
)
from civiltime.recurrence.rule import LAST_SURE_MONTH_DAY
from civiltime.transitions import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civiltime.recurrence.rule import Rule

Progressions: TypeAlias = tuple[DayProgression, ...] | tuple[MonthProgression, ...]

MOST_DAYS_AHEAD: Final = 5 * 365 + 2


class SeriesDays(NamedTuple):
    """The days of one series, counted from 1 January 1970.

    Attributes:
        threads: the strands of its rule.
        origin: the day, or for a monthly rule the month, in which round 0 opens.
        first: the day of the first session.
        last: no session is later; the end of 2099 for an open rule.
    """

    threads: Progressions
    origin: int
    first: int
    last: int = LAST_DAY

    @classmethod
    def of(cls, rule: Rule, first_local: datetime) -> Self:
        """Return the course of a rule that begins with a given session.

        Raises:
            FirstDayOffRule: the rule does not meet on the first session's date.
            UnsupportedRule: the first session's date or time cannot begin this rule.
        """
        _check_first(first_local)
        first = first_local.toordinal() - EPOCH
        _check_until(rule, first)
        endless = cls._endless(rule, first)
        if not endless.meets_first():
            offer = next(day for day in count(first) if cls._endless(rule, day).meets_first())
            raise FirstDayOffRule(first_local.date(), date.fromordinal(offer + EPOCH))
        return endless if rule.is_open else endless._replace(last=endless.last_day(rule))

    @classmethod
    def _endless(cls, rule: Rule, first: int) -> Self:
        threads = progressions_of(rule, first)
        head = threads[0]
        if isinstance(head, MonthProgression):
            return cls(threads, month_of(first), first)
        return cls(threads, round_opening(first, head.week_start), first)

    def meets_first(self) -> bool:
        """Say whether the first day is one of the rule's own."""
        return self.first in self.round_days(0)

    def round_days(self, number: int) -> tuple[int, ...]:
        """Return the days of a round, in order, also those before the first session."""
        return _round_days(self.threads, self.origin + number * self.threads[0].step)

    def days(self, start: int, stop: int) -> Sequence[int]:
        """Return the days of sessions from ``start`` to ``stop``, both included, in order."""
        start, stop = max(start, self.first), min(stop, self.last)
        head = self.threads[0]
        if len(self.threads) == 1 and isinstance(head, DayProgression):
            base = self.origin + head.offset
            return range(start + (base - start) % head.step, stop + 1, head.step)
        rounds = range(self._round_at(start), self._round_at(stop) + 1)
        return [day for number in rounds for day in self.round_days(number) if start <= day <= stop]

    def last_session(self) -> int:
        """Return the day of the last session; for an open rule, of the last before 2100."""
        return next(
            day
            for number in count(self._round_at(self.last), -1)
            for day in reversed(self.round_days(number))
            if day <= self.last
        )

    def _round_at(self, day: int) -> int:
        head = self.threads[0]
        here = month_of(day) if isinstance(head, MonthProgression) else day
        return (here - self.origin) // head.step

    def last_day(self, rule: Rule) -> int:
        """Return the day after which the rule's end allows no session."""
        if rule.until_local is not None:
            return min(LAST_DAY, rule.until_local.toordinal() - EPOCH)
        if rule.count is None:
            return LAST_DAY
        before_first = self.round_days(0).index(self.first)
        number, place = divmod(before_first + rule.count - 1, len(self.threads))
        if number > self._round_at(LAST_DAY):
            return LAST_DAY
        return min(LAST_DAY, self.round_days(number)[place])


@lru_cache(maxsize=4096)
def _round_days(threads: Progressions, opening: int) -> tuple[int, ...]:
    """Return the days of the round that opens on a day or in a month; many series share it."""
    return tuple(
        sorted(
            month_session(MONTH_STARTS, opening, *strand[1:])
            if isinstance(strand, MonthProgression)
            else opening + strand.offset
            for strand in threads
        )
    )


def progressions_of(rule: Rule, first: int) -> Progressions:
    """Return a rule's strands, with the first session's month day where the rule leaves it open.

    Raises:
        UnsupportedRule: that month day is one which some months lack.
    """
    return progressions(rule) or (_same_month_day(rule, first),)


def _same_month_day(rule: Rule, first: int) -> MonthProgression:
    month_day = first - MONTH_STARTS[month_of(first)] + 1
    if month_day > LAST_SURE_MONTH_DAY:
        raise UnsupportedRule(
            "BYMONTHDAY",
            f"Not every month has a day {month_day}. Choose a day up to {LAST_SURE_MONTH_DAY}, "
            "or a weekday such as the last Friday.",
        )
    return month_day_progression(rule.interval, month_day)


def can_begin(first_local: datetime) -> bool:
    """Say whether any series can begin at a wall-clock time: a whole minute in 1970 to 2099."""
    return (
        FIRST_YEAR <= first_local.year < LAST_YEAR
        and not (first_local.second or first_local.microsecond)
        and first_local.tzinfo is None
    )


def _check_first(first_local: datetime) -> None:
    if first_local.tzinfo is not None:
        raise ValueError("first_local is a wall-clock time and carries no zone")
    if not can_begin(first_local):
        raise UnsupportedRule(
            "DTSTART", f"A series begins on a whole minute from {FIRST_YEAR} to {LAST_YEAR - 1}."
        )


def _check_until(rule: Rule, first: int) -> None:
    if rule.until_local is None:
        return
    ahead = rule.until_local.toordinal() - EPOCH - first
    if ahead < 0:
        raise UnsupportedRule("UNTIL", "The series ends before its first session.")
    if ahead > MOST_DAYS_AHEAD:
        raise UnsupportedRule("UNTIL", "UNTIL lies at most five years after the first session.")
