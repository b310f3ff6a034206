"""The POSIX TZ string in the footer of a TZif file: a zone's rule (RFC 9636, 3.3.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Self

_NAME: Final = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)"
_TIME: Final = r"[+-]?[0-9]{1,3}(?::[0-9]{2}){0,2}"
_CHANGE: Final = rf"M(?:[0-9]|1[0-2])\.[1-5]\.[0-6](?:/{_TIME})?"
_FOOTER: Final = re.compile(
    rf"(?P<std>{_NAME})(?P<std_time>{_TIME})"
    rf"(?:(?P<dst>{_NAME})(?P<dst_time>{_TIME})?,(?P<begin>{_CHANGE}),(?P<end>{_CHANGE}))?",
    re.ASCII,
)
_SECONDS_PER_HOUR: Final = 3600
_DEFAULT_CHANGE_TIME: Final = "2"


class YearlyChange(NamedTuple):
    """A change of clocks on the nth weekday of a month, every year.

    Attributes:
        month: 1 to 12.
        nth: 1 to 4, or 5 for the last.
        weekday: 0 is Sunday, as in POSIX.
        wall_seconds: seconds after local midnight on the clock in force before the change; may be
            negative or exceed a day.
    """

    month: int
    nth: int
    weekday: int
    wall_seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the change of a text such as ``M3.5.0/2``: a local date rule and time of day.

        Raises:
            ValueError: the text is not of this form.
        """
        day, _, time = text.partition("/")
        month, nth, weekday = map(int, day.removeprefix("M").split("."))
        return cls(month, nth, weekday, _seconds(time or _DEFAULT_CHANGE_TIME))

    def wall_time(self, year: int) -> int:
        """Return the time of the change in a year, in local seconds since 1970 on the old clock."""
        first = datetime(year, self.month, 1, tzinfo=UTC)
        day = first + timedelta(days=(self.weekday - first.isoweekday()) % 7 + 7 * (self.nth - 1))
        if day.month != self.month:
            day -= timedelta(days=7)
        return int(day.timestamp()) + self.wall_seconds


class Footer(NamedTuple):
    """A zone's rule for all years after its last listed transition.

    Attributes:
        standard_offset: seconds east of UTC in standard time.
        summer_offset: seconds east of UTC in daylight saving time; equal to standard without it.
        begin: when daylight saving time begins; None in a zone without it.
        end: when daylight saving time ends; None in a zone without it.
    """

    standard_offset: int
    summer_offset: int
    begin: YearlyChange | None = None
    end: YearlyChange | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the rule of a POSIX TZ string such as ``CET-1CEST,M3.5.0,M10.5.0/3``.

        Raises:
            ValueError: the text is not of a form that occurs in the tz database.
        """
        match = _FOOTER.fullmatch(text)
        if match is None:
            raise ValueError(f"unreadable POSIX TZ string: {text!r}")
        standard = -_seconds(match["std_time"])
        if match["dst"] is None:
            return cls(standard, standard)
        summer = -_seconds(match["dst_time"]) if match["dst_time"] else standard + _SECONDS_PER_HOUR
        begin, end = YearlyChange.parse(match["begin"]), YearlyChange.parse(match["end"])
        return cls(standard, summer, begin, end)

    def changes(self, year: int) -> list[tuple[int, int]]:
        """Return a year's changes in order, as (UTC seconds since 1970, new offset in seconds)."""
        if self.begin is None or self.end is None:
            return []
        return sorted(
            [
                (self.begin.wall_time(year) - self.standard_offset, self.summer_offset),
                (self.end.wall_time(year) - self.summer_offset, self.standard_offset),
            ]
        )


def _seconds(text: str) -> int:
    """Return the seconds of a time such as ``-3:30``."""
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = (*map(int, text.lstrip("+-").split(":")), 0, 0)[:3]
    return sign * (hours * _SECONDS_PER_HOUR + minutes * 60 + seconds)
