"""A painted week as its owner reads it: in lines of words, and as a picture of hours."""

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
    Level.PREFER: gettext_lazy("prefer"),
    Level.FINE: gettext_lazy("fine"),
    Level.IF_NEEDED: gettext_lazy("if needed"),
    Level.NO: gettext_lazy("no"),
}
MIXED: Final = "m"
UNPAINTED: Final = "-"
FEWEST_IN_A_SPAN: Final = 3
VALUES: Final = {str(int(level)): int(level) for level in Level} | {UNPAINTED: UNSET_LEVEL}
UNFIT: Final = 254


@dataclass(frozen=True, slots=True)
class Line:
    """The same hours on some days, as one line of the list; ``windows`` are the rows behind it."""

    days: str
    starts: str
    ends: str
    level: Level
    windows: tuple[int, ...]

    @property
    def value(self) -> str:
        """Return how these hours suit."""
        return str(LEVELS[self.level])


def lines_of(rows: Iterable[AvailabilityWindow]) -> list[Line]:
    """Gather the windows of a week by their hours: “Monday to Friday, 18:00 to 22:00, fine”."""
    same: dict[tuple[int, int, int], list[AvailabilityWindow]] = defaultdict(list)
    for row in rows:
        same[row.starts_minute, row.ends_minute, row.level].append(row)
    found = [
        Line(
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
    if len(days) >= FEWEST_IN_A_SPAN and days[-1] - days[0] == len(days) - 1:
        return _("{first} to {last}").format(first=WEEKDAYS[days[0]], last=WEEKDAYS[days[-1]])
    return ", ".join(str(WEEKDAYS[day]) for day in days)


def clock_of(minute: int) -> str:
    """Return a minute of the day as a clock shows it; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def written(cells: bytes) -> str:
    """Return a week as 672 characters: 0 to 3 for the levels, a dash for “as usual”."""
    return "".join(UNPAINTED if cell == UNSET_LEVEL else str(cell) for cell in cells)


def read(text: str) -> bytes:
    """Return the week that 672 characters write; a character that means nothing makes it unfit."""
    return bytes(VALUES.get(sign, UNFIT) for sign in text[: QUARTERS_PER_WEEK + 1])


def picture(cells: bytes) -> list[tuple[str, list[str]]]:
    """Return the 24 hours of a week, each with the value of its seven cells; ``m`` is mixed."""
    week = written(cells)
    return [(f"{hour:02}", [_hour_of(week, day, hour) for day in range(7)]) for hour in range(24)]


def _hour_of(week: str, day: int, hour: int) -> str:
    first = day * QUARTERS_PER_DAY + hour * QUARTERS_PER_HOUR
    values = set(week[first : first + QUARTERS_PER_HOUR])
    return values.pop() if len(values) == 1 else MIXED


def days_of_the_week() -> list[tuple[str, str]]:
    """Return the short and the whole name of each day, Monday first."""
    return [(str(WEEKDAYS_ABBR[day]), str(WEEKDAYS[day])) for day in range(7)]
