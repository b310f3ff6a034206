"""What is asked: a group and what it needs of an hour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from civiltime import zones
from optimizer.errors import NoPeople, OutOfRange, SameIdTwice, TooManyPeople
from optimizer.grid import steps_of
from optimizer.rhythm import Rhythm

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, timedelta

    from optimizer.people import Attendee

MAX_PEOPLE: Final = 10_000
# Rounds 0.29999… of an occurrence up: a tolerance of 0.1 of 30 occurrences is three.
ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class GroupSpec:
    """A group that looks for its hour.

    An occurrence can be held when ``facilitators`` of them and everybody required can come;
    it has its quorum when the weights of those who can come reach ``quorum``. Somebody is
    served who misses at most the share ``absence_tol`` of all occurrences. ``anchors`` are the
    zones whose wall clock may hold the hour, in order of preference; none means one for each
    way in which the members' clocks change.

    Raises:
        NoPeople, TooManyPeople, SameIdTwice: nobody, more than 10,000, or an id twice.
        UnsupportedDuration: not 15 minutes to 24 hours in quarter hours.
        OutOfRange: a number makes no sense.
        NotAMonday: the horizon starts within a week.
        UnknownZone: an anchor the tz database does not have.
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
        _ = self.rhythm

    @cached_property
    def rhythm(self) -> Rhythm:
        """When the meetings recur."""
        return Rhythm(self.start, self.weeks, self.cadence_weeks, steps_of(self.duration))

    @property
    def tolerated(self) -> int:
        """How many occurrences somebody may miss and still be served."""
        return int(self.absence_tol * self.rhythm.occurrences + ROUNDING)


def _check_people(people: tuple[Attendee, ...]) -> None:
    if not people:
        raise NoPeople
    if len(people) > MAX_PEOPLE:
        raise TooManyPeople(len(people), MAX_PEOPLE)
    check_distinct(person.id for person in people)


def check_distinct(ids: Iterable[str]) -> None:
    """Refuse ids that come twice.

    Raises:
        SameIdTwice: with the first such id.
    """
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise SameIdTwice(each)
        seen.add(each)
