"""What can be wrong with a question about hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from datetime import date, time, timedelta


class OptimizerError(CommonhourError):
    """The base of everything that makes a question about hours unanswerable."""

    code = "hours_refused"


class NoPeople(OptimizerError):
    """A group without anybody in it."""

    code = "no_people"

    def __init__(self) -> None:
        super().__init__("Nobody is in this group yet. Add at least one person, then look again.")


class TooManyPeople(OptimizerError):
    """More people than one search is built for.

    Attributes:
        count: how many came.
        limit: how many fit.
    """

    code = "too_many_people"

    def __init__(self, count: int, limit: int) -> None:
        self.count = count
        self.limit = limit
        super().__init__(
            f"{count} people are more than one search holds. Ask for {limit} or fewer."
        )


class SameIdTwice(OptimizerError):
    """Two people, sessions or groups of one question with the same id.

    Attributes:
        id: what came twice.
    """

    code = "same_id_twice"

    def __init__(self, id_: str) -> None:
        self.id = id_
        super().__init__(f"“{id_}” is listed twice. Keep one of the two.")


class OffGridTime(OptimizerError):
    """A time of day that is not a whole quarter of an hour.

    Attributes:
        at: the time that was given.
    """

    code = "off_grid_time"

    def __init__(self, at: time) -> None:
        self.at = at
        super().__init__(
            f"{at} is not a quarter hour. Choose a time that ends in 00, 15, 30 or 45."
        )


class NoWeekday(OptimizerError):
    """Days that are not days of the week, or none at all.

    Attributes:
        days: what was given, Monday is 0.
    """

    code = "no_weekday"

    def __init__(self, days: frozenset[int]) -> None:
        self.days = days
        super().__init__("Choose at least one day, Monday to Sunday.")


class UnsupportedDuration(OptimizerError):
    """A meeting that is not made of whole quarter hours, or is longer than a day.

    Attributes:
        duration: what was asked for.
    """

    code = "unsupported_duration"

    def __init__(self, duration: timedelta) -> None:
        self.duration = duration
        super().__init__("Choose a length of 15 minutes to 24 hours, in steps of 15 minutes.")


class OutOfRange(OptimizerError):
    """A number outside what makes sense for it.

    Attributes:
        name: which number.
        value: what was given.
        least: the smallest that fits.
        most: the largest that fits.
    """

    code = "out_of_range"

    def __init__(self, name: str, value: float, *, least: float, most: float) -> None:
        self.name = name
        self.value = value
        self.least = least
        self.most = most
        super().__init__(f"{name} is {value}. Choose a number from {least} to {most}.")


class NotAMonday(OptimizerError):
    """A horizon that does not start with a week.

    Attributes:
        start: the day that was given.
    """

    code = "not_a_monday"

    def __init__(self, start: date) -> None:
        self.start = start
        super().__init__(f"{start} is not a Monday. Start with the Monday of that week.")


class HorizonOutsideTzDatabase(OptimizerError):
    """Weeks for which the tz database knows nothing reliable.

    Attributes:
        start: the first day asked for.
        weeks: how many weeks from there.
    """

    code = "horizon_outside_tz_database"

    def __init__(self, start: date, weeks: int) -> None:
        self.start = start
        self.weeks = weeks
        super().__init__("Nobody knows the clocks of those weeks. Choose weeks from 1970 to 2037.")


class OffGridZone(OptimizerError):
    """A zone whose clock does not stand on quarter hours of UTC in these weeks.

    Attributes:
        name: the zone.
    """

    code = "off_grid_zone"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"The clocks of {name} are not whole quarter hours from UTC in these weeks. "
            "Choose later weeks."
        )


class SeasonEndsBefore(OptimizerError):
    """A season whose last day does not lie within the year after its first.

    Attributes:
        first: its first day.
        last: its last day.
    """

    code = "season_ends_before"

    def __init__(self, first: date, last: date) -> None:
        self.first = first
        self.last = last
        super().__init__(
            "A season ends on its first day or within a year after it. Look at the two dates."
        )
