"""The input of a roster: facilitators, and openings that need one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from optimizer.errors import OutOfRange
from optimizer.grid import steps_of

if TYPE_CHECKING:
    from datetime import timedelta

    from optimizer.grid import Slot
    from optimizer.people import Attendee

MAX_LOAD: Final = 40
MAX_CANDIDATES: Final = 40


@dataclass(frozen=True, slots=True)
class Facilitator:
    """Somebody who leads groups in some languages (BCP 47 tags), at most ``max_load`` of them.

    Raises:
        OutOfRange: the load is not 0 to 40.
    """

    person: Attendee
    languages: frozenset[str]
    max_load: int

    def __post_init__(self) -> None:
        if not 0 <= self.max_load <= MAX_LOAD:
            raise OutOfRange("max_load", self.max_load, least=0, most=MAX_LOAD)


@dataclass(frozen=True, slots=True)
class Opening:
    """A group that needs a facilitator at one of several weekly slots, in order of preference.

    Raises:
        OutOfRange: there are no slots, or more than 40.
        UnsupportedDuration: not 15 minutes to 24 hours in quarter hours.
    """

    id: str
    language: str
    duration: timedelta
    candidates: tuple[Slot, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.candidates) <= MAX_CANDIDATES:
            raise OutOfRange("candidates", len(self.candidates), least=1, most=MAX_CANDIDATES)
        steps_of(self.duration)
