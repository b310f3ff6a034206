"""People whose week is not the same all year: every quarter hour of the horizon, one by one.

Whoever has no season is rolled round one week. Where anybody has one, weeks differ, and the year
is laid out as it is: 35,000 quarter hours a person, exact to the day on which a season begins
where she lives.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.errors import TooManyPeople
from optimizer.grid import DAY, WEEK
from optimizer.weekly_availability import AS_USUAL, NOBODY_ASKED, levels_from_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from optimizer.people import Attendee
    from optimizer.rhythm import Rhythm

MOST_DATED: Final = 2_000
# A meeting begins up to 14 hours outside the weeks in UTC, lasts a day and is read elsewhere.
PADDING: Final = 4 * DAY


def dated(people: Sequence[Attendee], rhythm: Rhythm) -> NDArray[np.uint8] | None:
    """Return the level of each local quarter hour of the weeks, padded by four days at both ends.

    ``(people, quarters) uint8``, or None if nobody has a season: then one week says it all.

    Raises:
        TooManyPeople: more than 2,000, some of them with seasons.
    """
    if not any(person.seasons for person in people):
        return None
    if len(people) > MOST_DATED:
        raise TooManyPeople(len(people), MOST_DATED)
    return np.stack([_year(person, rhythm) for person in people])


def _year(person: Attendee, rhythm: Rhythm) -> NDArray[np.uint8]:
    cells = np.arange(-PADDING, rhythm.weeks * WEEK + PADDING) % WEEK
    year = np.frombuffer(person.week, np.uint8)[cells]
    start = rhythm.start - timedelta(days=PADDING // DAY)
    end = start + timedelta(days=len(year) // DAY)
    for season in person.seasons:
        painted = np.frombuffer(levels_from_windows(season.windows, NOBODY_ASKED), np.uint8)[cells]
        for first, last in season.within(start, end):
            days = slice((first - start).days * DAY, ((last - start).days + 1) * DAY)
            year[days] = np.where(painted[days] == AS_USUAL, year[days], painted[days])
    return year
