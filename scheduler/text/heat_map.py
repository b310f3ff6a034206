"""The map of how many members can come, as rows of hours, and in one sentence."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from scheduler.models.availability import MIN_COUNTED_PEOPLE


class HeatCell(NamedTuple):
    """How many can come in one hour, 0 for fewer than five; ``level`` is 1 for five, 5 for all."""

    people: int
    level: int
    is_best: bool


class HeatRow(NamedTuple):
    """One hour with its seven days, or a run of hours in which no number may be shown."""

    label: str
    cells: list[HeatCell]


def heat_rows(by_hour: list[list[int]], people: int) -> list[HeatRow]:
    """Return the rows of a map of 24 hours by 7 days, runs of hours without a number as one."""
    most = max(map(max, by_hour))
    rows: list[HeatRow] = []
    for has_numbers, run in groupby(enumerate(by_hour), key=lambda pair: any(pair[1])):
        hours = list(run)
        if has_numbers:
            rows += [HeatRow(f"{hour:02}", _cells(row, people, most)) for hour, row in hours]
        else:
            first, last = hours[0][0], hours[-1][0]
            rows.append(HeatRow(f"{first:02}" if first == last else f"{first:02}–{last:02}", []))
    return rows


def busiest_in_words(by_hour: list[list[int]]) -> str:
    """Return “Most people: Saturday 13:00–15:00, 9.”, or an empty string without a number."""
    most = max(map(max, by_hour))
    if not most:
        return ""
    day = next(day for day in range(7) if any(row[day] == most for row in by_hour))
    first = next(hour for hour in range(24) if by_hour[hour][day] == most)
    end = next((hour for hour in range(first, 24) if by_hour[hour][day] != most), 24)
    return _("Most people: {weekday} {first}–{end}, {number}.").format(
        weekday=WEEKDAYS[day], first=f"{first:02}:00", end=f"{end:02}:00", number=most
    )


def _cells(row: list[int], people: int, most: int) -> list[HeatCell]:
    return [HeatCell(free, _level(free, people), free == most) for free in row]


def _level(free: int, people: int) -> int:
    more_than_fewest = people - MIN_COUNTED_PEOPLE
    return 1 + 4 * (free - MIN_COUNTED_PEOPLE) // more_than_fewest if more_than_fewest > 0 else 5
