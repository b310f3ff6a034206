"""Seasons: dates on which other weekly windows apply, such as holidays or a month of fasting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from optimizer.errors import SeasonEndsBefore
from optimizer.weekly_availability import levels_from_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optimizer.weekly_availability import Window

LONGEST_SEASON: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Season:
    """Windows that replace parts of the usual week from one local date to another, both included.

    A yearly season recurs on the same dates; 29 February becomes 28 February in common years. Times
    that its windows leave unset are those of the usual week.

    Raises:
        SeasonEndsBefore: the last date is before the first, or more than a year after it.
    """

    first: date
    last: date
    windows: tuple[Window, ...]
    yearly: bool = False

    def __post_init__(self) -> None:
        if not self.first <= self.last < self.first + LONGEST_SEASON:
            raise SeasonEndsBefore(self.first, self.last)

    def applied_to(self, usual: bytes) -> bytes:
        """Return the level of each of the 672 quarter hours of a local week within this season."""
        return levels_from_windows(self.windows, usual)

    def dates_within(self, start: date, end: date) -> Iterator[tuple[date, date]]:
        """Yield the first and last local date of each occurrence in ``[start, end)``, in order."""
        years = range(start.year - 2 - self.first.year, end.year + 1 - self.first.year)
        for later in years if self.yearly else (0,):
            first, last = _in_later_year(self.first, later), _in_later_year(self.last, later)
            if first < end and last >= start:
                yield max(first, start), min(last, end - timedelta(days=1))


def _in_later_year(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)
