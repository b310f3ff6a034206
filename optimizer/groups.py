"""The input of a search: a group, and what it needs of a slot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from civiltime import zones
from optimizer.errors import NoPeople, OutOfRange, SameIdTwice, TooManyPeople
from optimizer.grid import steps_of
from optimizer.horizon import Horizon

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, timedelta

    from optimizer.people import Attendee

MAX_PEOPLE: Final = 10_000
# Added before truncation, so that a tolerance of 0.1 of 30 occurrences is three in floating point.
ROUNDING_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class GroupSpec:
    """A group for which a slot is searched.

    Attributes:
        people: its attendees, ids distinct.
        duration: length of a meeting, in whole quarter hours.
        start: the Monday on which the horizon begins.
        weeks: length of the horizon.
        cadence_weeks: weeks from one meeting to the next, 1 to 4.
        quorum: attending weight that an occurrence needs.
        facilitators: attending facilitators that an occurrence needs, besides everybody required.
        absence_tol: share of the occurrences that a person may miss and still count as served.
        anchors: zones whose wall clock may hold the slot, in order of preference; by default one
            for each pattern of clock changes among the people's zones.

    Raises:
        NoPeople: the group is empty.
        TooManyPeople: more than 10,000.
        SameIdTwice: two people share an id.
        UnsupportedDuration: not 15 minutes to 24 hours in quarter hours.
        OutOfRange: a number is out of its range.
        NotAMonday: ``start`` is another day.
        UnknownZone: the tz database has no such anchor.
    """

    people: tuple[Attendee, ...]
    duration: timedelta
    start: date
    weeks: int = 52
    cadence_weeks: int = 1
    quorum: int = 3
    facilitators: int = 1
    absence_tol: float = 0.1
    anchors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_people(self.people)
        for anchor in self.anchors:
            zones.canonical(anchor)
        if not 0 <= self.absence_tol <= 1:
            raise OutOfRange("absence_tol", self.absence_tol, least=0, most=1)
        for name, value in (("quorum", self.quorum), ("facilitators", self.facilitators)):
            if not 0 <= value <= MAX_PEOPLE:
                raise OutOfRange(name, value, least=0, most=MAX_PEOPLE)
        _ = self.horizon

    @cached_property
    def horizon(self) -> Horizon:
        """When the meetings recur."""
        return Horizon(self.start, self.weeks, self.cadence_weeks, steps_of(self.duration))

    @property
    def tolerated(self) -> int:
        """How many occurrences a person may miss and still count as served."""
        return int(self.absence_tol * self.horizon.occurrences + ROUNDING_TOLERANCE)


def _check_people(people: tuple[Attendee, ...]) -> None:
    if not people:
        raise NoPeople
    if len(people) > MAX_PEOPLE:
        raise TooManyPeople(len(people), MAX_PEOPLE)
    check_distinct(person.id for person in people)


def check_distinct(ids: Iterable[str]) -> None:
    """Check that no id is repeated.

    Raises:
        SameIdTwice: with the first repeated id.
    """
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise SameIdTwice(each)
        seen.add(each)
