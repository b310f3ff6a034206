"""Levels by date, for people whose week changes with the seasons.

Without seasons one week describes a year. With a season the horizon is laid out in full, 35,000
quarter hours a person and year, exact to the local date on which a season begins.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.errors import TooManyPeople
from optimizer.grid import QUARTERS_PER_DAY, QUARTERS_PER_WEEK
from optimizer.weekly_availability import UNSET_LEVEL, UNSET_WEEK, levels_from_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from optimizer.horizon import Horizon
    from optimizer.people import Attendee

MAX_PEOPLE_WITH_SEASONS: Final = 2_000
# A meeting starts up to 14 hours outside the weeks in UTC, lasts up to a day, and is read on a clock
# up to 14 hours away.
PADDING_DAYS: Final = 4
PADDING_QUARTERS: Final = PADDING_DAYS * QUARTERS_PER_DAY


def dated_levels(people: Sequence[Attendee], horizon: Horizon) -> NDArray[np.uint8] | None:
    """Return each person's level by local quarter hour of the horizon, padded by four days each side.

    Returns:
        ``(people, weeks × 672 + 2 × PADDING_QUARTERS) uint8``, rows in the order given; None if
        nobody has a season.

    Raises:
        TooManyPeople: more than 2,000 people, some of them with seasons.
    """
    if not any(person.seasons for person in people):
        return None
    if len(people) > MAX_PEOPLE_WITH_SEASONS:
        raise TooManyPeople(len(people), MAX_PEOPLE_WITH_SEASONS)
    return np.stack([_year(person, horizon) for person in people])


def _year(person: Attendee, horizon: Horizon) -> NDArray[np.uint8]:
    """Return one person's levels ``(quarters,) uint8``, on their own clock."""
    cells = (
        np.arange(-PADDING_QUARTERS, horizon.weeks * QUARTERS_PER_WEEK + PADDING_QUARTERS)
        % QUARTERS_PER_WEEK
    )
    year = np.frombuffer(person.week, np.uint8)[cells]
    start = horizon.start - timedelta(days=PADDING_DAYS)
    end = start + timedelta(days=len(year) // QUARTERS_PER_DAY)
    for season in person.seasons:
        season_levels = np.frombuffer(levels_from_windows(season.windows, UNSET_WEEK), np.uint8)[
            cells
        ]
        for first, last in season.dates_within(start, end):
            days = slice(
                (first - start).days * QUARTERS_PER_DAY,
                ((last - start).days + 1) * QUARTERS_PER_DAY,
            )
            year[days] = np.where(
                season_levels[days] == UNSET_LEVEL, year[days], season_levels[days]
            )
    return year
