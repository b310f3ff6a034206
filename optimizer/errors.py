"""Errors of invalid questions to the optimizer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from datetime import date, time, timedelta


class OptimizerError(CommonhourError):
    """Base of all errors that say why a question cannot be answered."""

    code = "hours_refused"


class NoPeople(OptimizerError):
    """The group has no people."""

    code = "no_people"

    def __init__(self) -> None:
        super().__init__("Nobody is in this group yet. Add at least one person, then look again.")


class TooManyPeople(OptimizerError):
    """The question has more people than a search supports.

    Attributes:
        count: how many people were given.
        limit: how many are supported.
    """

    code = "too_many_people"

    def __init__(self, count: int, limit: int) -> None:
        self.count = count
        self.limit = limit
        super().__init__(
            f"{count} people are more than one search holds. Ask for {limit} or fewer."
        )


class SameIdTwice(OptimizerError):
    """Two people, sessions or groups of one question have the same id.

    Attributes:
        id: the repeated id.
    """

    code = "same_id_twice"

    def __init__(self, id_: str) -> None:
        self.id = id_
        super().__init__(f"“{id_}” is listed twice. Keep one of the two.")


class OffGridTime(OptimizerError):
    """A time of day is not on a quarter hour.

    Attributes:
        at: the naive local time that was given.
    """

    code = "off_grid_time"

    def __init__(self, at: time) -> None:
        self.at = at
        super().__init__(
            f"{at} is not a quarter hour. Choose a time that ends in 00, 15, 30 or 45."
        )


class NoWeekday(OptimizerError):
    """A window has no weekdays, or numbers that are no weekdays.

    Attributes:
        days: what was given; Monday is 0.
    """

    code = "no_weekday"

    def __init__(self, days: frozenset[int]) -> None:
        self.days = days
        super().__init__("Choose at least one day, Monday to Sunday.")


class UnsupportedDuration(OptimizerError):
    """A meeting's length is not a whole number of quarter hours from 15 minutes to 24 hours.

    Attributes:
        duration: what was given.
    """

    code = "unsupported_duration"

    def __init__(self, duration: timedelta) -> None:
        self.duration = duration
        super().__init__("Choose a length of 15 minutes to 24 hours, in steps of 15 minutes.")


class OutOfRange(OptimizerError):
    """A number is outside its permitted range.

    Attributes:
        name: name of the parameter.
        value: what was given.
        least: the smallest permitted value.
        most: the largest permitted value.
    """

    code = "out_of_range"

    def __init__(self, name: str, value: float, *, least: float, most: float) -> None:
        self.name = name
        self.value = value
        self.least = least
        self.most = most
        super().__init__(f"{name} is {value}. Choose a number from {least} to {most}.")


class NotAMonday(OptimizerError):
    """A horizon starts on another day than a Monday.

    Attributes:
        start: the date that was given.
    """

    code = "not_a_monday"

    def __init__(self, start: date) -> None:
        self.start = start
        super().__init__(f"{start} is not a Monday. Start with the Monday of that week.")


class HorizonOutsideTzDatabase(OptimizerError):
    """A horizon is outside the years for which the tz database is read.

    Attributes:
        start: first date of the horizon.
        weeks: length of the horizon.
    """

    code = "horizon_outside_tz_database"

    def __init__(self, start: date, weeks: int) -> None:
        self.start = start
        self.weeks = weeks
        super().__init__("Nobody knows the clocks of those weeks. Choose weeks from 1970 to 2037.")


class OffGridZone(OptimizerError):
    """A zone's offset from UTC is not a whole number of quarter hours within a horizon.

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
    """A season's last date is not within a year after its first.

    Attributes:
        first: first date.
        last: last date.
    """

    code = "season_ends_before"

    def __init__(self, first: date, last: date) -> None:
        self.first = first
        self.last = last
        super().__init__(
            "A season ends on its first day or within a year after it. Look at the two dates."
        )
