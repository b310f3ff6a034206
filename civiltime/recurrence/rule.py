"""A recurrence rule, checked against an allow-list when it is created."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, final

from civiltime.recurrence.errors import UnsupportedRule
from civiltime.recurrence.rrule_text import read_fields
from civiltime.recurrence.rule_parts import Frequency, NthWeekday, Weekday

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

MAX_INTERVAL: Final = 12
MAX_COUNT: Final = 520
MAX_MONTH_DAY: Final = 28
ALLOWED_NTHS: Final = (1, 2, 3, 4, -1)


@final
@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule (RFC 5545, 3.3.10), restricted to what all calendars read alike.

    A daily rule has no days. A weekly rule has weekdays; by default that of the first session. A
    monthly rule has either month days (1 to 28) or nth weekdays (first to fourth, or last); by
    default the month day of the first session. A fifth weekday is refused because most months have
    none; the last one is what people mean. Every interval period therefore has the same number of
    sessions, so that any session can be computed without the earlier ones.

    Equal rules are equal values: days are sorted and unique, and the first day of the week is kept
    only where it changes a date.

    Attributes:
        frequency: the unit of the interval.
        interval: units per interval period, 1 to 12.
        weekdays: days of a weekly rule, or nth weekdays of a monthly one.
        month_days: days of a monthly rule, 1 to 28.
        count: number of sessions, at most 520.
        until_local: the last local date that may have a session, itself included.
        week_start: first day of the week.

    Raises:
        UnsupportedRule: the parts are not a rule of the allow-list.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[Weekday | NthWeekday, ...] = ()
    month_days: tuple[int, ...] = ()
    count: int | None = None
    until_local: date | None = None
    week_start: Weekday = Weekday.MO

    def __post_init__(self) -> None:
        _check_numbers(self)
        _check_days(self)
        weekdays = tuple(sorted(set(self.weekdays), key=_day_order))
        object.__setattr__(self, "weekdays", weekdays)
        object.__setattr__(self, "month_days", tuple(sorted(set(self.month_days))))
        if not (self.is_weekly and self.interval > 1 and len(weekdays) > 1):
            object.__setattr__(self, "week_start", Weekday.MO)

    @staticmethod
    def parse(
        text: str, *, first_local: datetime | None = None, tz: ZoneInfo | None = None
    ) -> Rule:
        """Return the rule of a text such as ``FREQ=WEEKLY;BYDAY=TU``. Cached.

        UNTIL is a local date. A text from another calendar may have a UTC or local time instead,
        which is converted to a date with the series' first start, naive and local to ``tz``.

        Raises:
            UnsupportedRule: the text is malformed or outside the allow-list.
        """
        return _parse(text, first_local, tz)

    def __str__(self) -> str:
        return self.text()

    def text(self, *, until: str | None = None) -> str:
        """Return the rule's canonical text; ``until`` replaces the date written as UNTIL."""
        if self.until_local is not None:
            until = until or self.until_local.isoformat().replace("-", "")
        parts = {
            "FREQ": self.frequency.value,
            "UNTIL": until,
            "COUNT": self.count,
            "INTERVAL": self.interval if self.interval > 1 else None,
            "BYDAY": ",".join(map(str, self.weekdays)),
            "BYMONTHDAY": ",".join(map(str, self.month_days)),
            "WKST": self.week_start if self.is_weekly and self.interval > 1 else None,
        }
        return ";".join(
            f"{name}={value}" for name, value in parts.items() if value not in {None, ""}
        )

    @property
    def is_open(self) -> bool:
        """Whether the series has no end."""
        return self.count is None and self.until_local is None

    @property
    def is_weekly(self) -> bool:
        """Whether the rule's frequency is weekly."""
        return self.frequency is Frequency.WEEKLY


@lru_cache(maxsize=4096)
def _parse(text: str, first_local: datetime | None, tz: ZoneInfo | None) -> Rule:
    """Return one shared value per text: thousands of series use a few dozen rules."""
    return Rule(**read_fields(text, first_local=first_local, tz=tz))


def _check_numbers(rule: Rule) -> None:
    if not 1 <= rule.interval <= MAX_INTERVAL:
        raise UnsupportedRule("INTERVAL", f"INTERVAL goes from 1 to {MAX_INTERVAL}.")
    if rule.count is not None and not 1 <= rule.count <= MAX_COUNT:
        raise UnsupportedRule(
            "COUNT", f"COUNT goes from 1 to {MAX_COUNT}; leave it out for no end."
        )
    if rule.count is not None and rule.until_local is not None:
        raise UnsupportedRule("UNTIL", "End a series by COUNT or by UNTIL, not by both.")


def _check_days(rule: Rule) -> None:
    if rule.frequency is not Frequency.MONTHLY and rule.month_days:
        raise UnsupportedRule("BYMONTHDAY", "BYMONTHDAY belongs to a MONTHLY rule.")
    if not all(1 <= day <= MAX_MONTH_DAY for day in rule.month_days):
        raise UnsupportedRule(
            "BYMONTHDAY", f"BYMONTHDAY goes from 1 to {MAX_MONTH_DAY}, which every month has."
        )
    if rule.frequency is Frequency.DAILY and rule.weekdays:
        raise UnsupportedRule("BYDAY", "For chosen weekdays use FREQ=WEEKLY.")
    if rule.is_weekly and any(isinstance(day, NthWeekday) for day in rule.weekdays):
        raise UnsupportedRule("BYDAY", "A WEEKLY rule takes plain weekdays such as TU.")
    if rule.frequency is Frequency.MONTHLY and rule.weekdays:
        _check_nth_weekdays(rule)


def _check_nth_weekdays(rule: Rule) -> None:
    if rule.month_days:
        raise UnsupportedRule("BYDAY", "A MONTHLY rule takes BYDAY or BYMONTHDAY, not both.")
    if not all(isinstance(day, NthWeekday) and day.nth in ALLOWED_NTHS for day in rule.weekdays):
        raise UnsupportedRule(
            "BYDAY",
            "A MONTHLY rule takes the first to fourth weekday, 1TU to 4TU, or the last, -1TU.",
        )
    if any((4, weekday) in rule.weekdays and (-1, weekday) in rule.weekdays for weekday in Weekday):
        raise UnsupportedRule(
            "BYDAY", "The fourth and the last weekday are often the same day; choose one of them."
        )


def _day_order(day: Weekday | NthWeekday) -> tuple[bool, int, int]:
    """Return the sort key of a day within an interval period: the last weekdays come last."""
    if isinstance(day, NthWeekday):
        return day.nth < 0, day.nth, day.weekday
    return False, 0, day
