"""A week of availability as text: in rows of words, as one string, and by the hour."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from optimizer import Level
from optimizer.grid import QUARTERS_PER_DAY, QUARTERS_PER_HOUR, QUARTERS_PER_WEEK
from optimizer.weekly_availability import UNSET_LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.models import AvailabilityWindow

LEVELS: Final = {
    Level.PREFER: gettext_lazy("works best"),
    Level.FINE: gettext_lazy("OK"),
    Level.IF_NEEDED: gettext_lazy("if needed"),
    Level.NO: gettext_lazy("not available"),
}
MIXED: Final = "m"
UNSET: Final = "-"
MIN_DAYS_IN_RANGE: Final = 3
VALUES: Final = {str(int(level)): int(level) for level in Level} | {UNSET: UNSET_LEVEL}
INVALID_LEVEL: Final = 254


@dataclass(frozen=True, slots=True)
class AvailabilityRow:
    """The same hours on some days; ``windows`` are primary keys."""

    days: str
    starts: str
    ends: str
    level: Level
    windows: tuple[int, ...]

    @property
    def value(self) -> str:
        """Return the level as text."""
        return str(LEVELS[self.level])


def availability_rows(rows: Iterable[AvailabilityWindow]) -> list[AvailabilityRow]:
    """Group the windows of a week by their hours: “Monday to Friday, 18:00 to 22:00, OK”."""
    same: dict[tuple[int, int, int], list[AvailabilityWindow]] = defaultdict(list)
    for row in rows:
        same[row.starts_minute, row.ends_minute, row.level].append(row)
    found = [
        AvailabilityRow(
            days_in_words([row.weekday for row in windows]),
            clock_of(starts),
            clock_of(ends),
            Level(level),
            tuple(row.pk for row in windows),
        )
        for (starts, ends, level), windows in same.items()
    ]
    return sorted(found, key=lambda line: (line.level, line.starts, line.windows))


def days_in_words(days: Sequence[int]) -> str:
    """Return “every day”, “Monday to Friday” or the names of some days; Monday is 0."""
    days = sorted(set(days))
    if len(days) == len(WEEKDAYS):
        return _("every day")
    if len(days) >= MIN_DAYS_IN_RANGE and days[-1] - days[0] == len(days) - 1:
        return _("{first} to {last}").format(first=WEEKDAYS[days[0]], last=WEEKDAYS[days[-1]])
    return ", ".join(str(WEEKDAYS[day]) for day in days)


def clock_of(minute: int) -> str:
    """Return a minute of the day as ``HH:MM``; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def encode_cells(cells: bytes) -> str:
    """Return a week as 672 characters: 0 to 3 for the levels, a dash for “as usual”."""
    return "".join(UNSET if cell == UNSET_LEVEL else str(cell) for cell in cells)


def decode_cells(text: str) -> bytes:
    """Return the week of an encoded string; an unknown character becomes an invalid level."""
    return bytes(VALUES.get(sign, INVALID_LEVEL) for sign in text[: QUARTERS_PER_WEEK + 1])


def hourly_cells(cells: bytes) -> list[tuple[str, list[str]]]:
    """Return the 24 hours, each with the seven days' values of that hour; ``m`` means mixed."""
    week = encode_cells(cells)
    return [(f"{hour:02}", [_hour_of(week, day, hour) for day in range(7)]) for hour in range(24)]


def _hour_of(week: str, day: int, hour: int) -> str:
    first = day * QUARTERS_PER_DAY + hour * QUARTERS_PER_HOUR
    values = set(week[first : first + QUARTERS_PER_HOUR])
    return values.pop() if len(values) == 1 else MIXED


def weekday_names() -> list[tuple[str, str]]:
    """Return the short and the full name of each weekday, Monday first."""
    return [(str(WEEKDAYS_ABBR[day]), str(WEEKDAYS[day])) for day in range(7)]
