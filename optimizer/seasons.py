"""Parts of the year in which another week holds: holidays, a month of fasting, harvest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from optimizer.errors import SeasonEndsBefore
from optimizer.weekly_availability import levels_from_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optimizer.weekly_availability import Window

A_YEAR: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Season:
    """Windows that are painted over somebody's usual week from one local date to another.

    Both days belong to it. A yearly season comes back on the same days of each year, the 29th of
    February on the 28th where there is none. What it does not paint is as usual.

    Raises:
        SeasonEndsBefore: the last day lies before the first, or a year after it.
    """

    first: date
    last: date
    windows: tuple[Window, ...]
    yearly: bool = False

    def __post_init__(self) -> None:
        if not self.first <= self.last < self.first + A_YEAR:
            raise SeasonEndsBefore(self.first, self.last)

    def over(self, usual: bytes) -> bytes:
        """Return the week that holds in this season, given the usual one ``(672,)``."""
        return levels_from_windows(self.windows, usual)

    def within(self, start: date, end: date) -> Iterator[tuple[date, date]]:
        """Yield the first and last day of each time it comes in ``[start, end)``."""
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
