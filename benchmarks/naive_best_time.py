"""Objectives computed the plain way: zoneinfo for every week, person and quarter hour.

The baseline of ``bench_best_time.py`` and the reference of the tests. It shares nothing with the
optimizer but the types of the input: levels and costs are implemented again here.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from civiltime import zones
from optimizer import Objective

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimizer import Attendee, GroupSpec, Season, Slot, Window

COST = {0: 0, 1: 1, 2: 4, 3: 16}
NO = 3
QUARTER = timedelta(minutes=15)


def level_at(person: Attendee, local: datetime) -> int:
    """Return a person's level at an aware local quarter hour, by the last window that holds it."""
    windows = list(person.windows)
    for season in person.seasons:
        if is_in_season(season, local.date()):
            windows += season.windows
    return level_in(windows, local)


def is_in_season(season: Season, day: date) -> bool:
    """Return whether a local date belongs to a season, in any year if it is a yearly one."""
    if not season.yearly:
        return season.first <= day <= season.last
    first, last = (each.timetuple()[1:3] for each in (season.first, season.last))
    if first <= last and season.first.year == season.last.year:
        return first <= day.timetuple()[1:3] <= last
    return day.timetuple()[1:3] >= first or day.timetuple()[1:3] <= last


def level_in(windows: list[Window], local: datetime) -> int:
    """Return the level of a local quarter hour in a week of windows."""
    level = NO
    minute = local.hour * 60 + local.minute
    for window in windows:
        start = window.start.hour * 60 + window.start.minute
        end = window.end.hour * 60 + window.end.minute
        today = local.weekday() in window.days
        yesterday = (local.weekday() - 1) % 7 in window.days
        if start < end:
            inside = today and start <= minute < end
        else:
            inside = (today and minute >= start) or (yesterday and minute < end)
        if inside:
            level = int(window.level)
    return level


def starts(spec: GroupSpec, slot: Slot) -> list[datetime]:
    """Return the UTC start of each occurrence, in order."""
    anchor = zones.zone(slot.anchor)
    day = slot.week * 7 + slot.weekday
    first = datetime.combine(spec.start, slot.time) + timedelta(days=day)
    return [
        (first + timedelta(weeks=spec.cadence_weeks * n)).replace(tzinfo=anchor).astimezone(UTC)
        for n in range(spec.weeks // spec.cadence_weeks)
    ]


def table_level_at(person: Attendee, local: datetime) -> int:
    """Return the level of a local quarter hour from a person's table of 672 levels."""
    return person.week[local.weekday() * 96 + local.hour * 4 + local.minute // 15]


def local_meetings(
    spec: GroupSpec,
    slot: Slot,
    person: Attendee,
    level: Callable[[Attendee, datetime], int] = level_at,
) -> list[tuple[tuple[int, time], int]]:
    """Return a person's local weekday, local time and worst level at each occurrence, in order."""
    tz = zones.zone(person.zone)
    steps = spec.duration // QUARTER
    found = []
    for start in starts(spec, slot):
        local = start.astimezone(tz)
        worst = max(level(person, (start + step * QUARTER).astimezone(tz)) for step in range(steps))
        found.append(((local.weekday(), local.time()), worst))
    return found


def objective(
    spec: GroupSpec, slot: Slot, level: Callable[[Attendee, datetime], int] = level_at
) -> Objective:
    """Return the objective of a slot."""
    years = [local_meetings(spec, slot, person, level) for person in spec.people]
    occurrences = spec.weeks // spec.cadence_weeks
    tolerated = int(round(spec.absence_tol * occurrences, 6))
    hard = quorum_fail = 0
    for week in range(occurrences):
        present = [
            person for person, year in zip(spec.people, years, strict=True) if year[week][1] != NO
        ]
        missing = [person for person in spec.people if person.required and person not in present]
        hard += sum(person.facilitator for person in present) < spec.facilitators or bool(missing)
        quorum_fail += sum(person.weight for person in present) < spec.quorum
    burdens = [sum(COST[level] for _, level in year) for year in years]
    return Objective(
        hard,
        quorum_fail,
        sum(sum(level == NO for _, level in year) > tolerated for year in years),
        tuple(sorted((-(-4 * burden // occurrences) for burden in burdens), reverse=True)),
        sum(p.weight * burden for p, burden in zip(spec.people, burdens, strict=True)),
        sum(occurrences - Counter(at for at, _ in year).most_common(1)[0][1] for year in years),
    )
