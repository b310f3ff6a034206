"""What a room is at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

DOORS_BEFORE: Final = timedelta(minutes=15)
OVERTIME: Final = timedelta(minutes=30)  # a room that nobody ends, ends by itself
MAX_SEATS_PER_FACILITATOR: Final = timedelta(minutes=2)
EDIT_WITHIN: Final = timedelta(minutes=1)
LINES_KEPT: Final = 200  # lines that can still be edited, removed or reported


class Phase(StrEnum):
    """Where a session stands."""

    CLOSED = "closed"
    DOORS_OPEN = "doors_open"
    OPEN = "open"
    ON_HOLD = "on_hold"
    ENDED = "ended"


class Hold(StrEnum):
    """Why a room is on hold."""

    PAUSED = "paused"
    NO_FACILITATOR = "no_facilitator"


class Role(StrEnum):
    """What a person may do here. The two kinds of facilitator have equal control."""

    MEMBER = "member"
    FACILITATOR = "facilitator"
    CO_FACILITATOR = "co_facilitator"


class Backend(StrEnum):
    """How voices and pictures travel: not at all, from each to each, or through a server."""

    NONE = "none"
    MESH = "mesh"
    JANUS = "janus"


class Receives(StrEnum):
    """How much of the others a person takes: fewer bytes with each."""

    EVERYTHING = "everything"
    VOICES = "voices"
    TEXT = "text"


class Standing(StrEnum):
    """Where a person is."""

    WAITING = "waiting"
    INSIDE = "inside"
    OUT = "out"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant:
    """One person of this session. ``alias_key`` is what look-alike names share."""

    alias: str
    alias_key: str
    role: Role
    standing: Standing
    has_seat: bool = True
    standby: int | None = None  # the place among those who come in where seats stay empty
    was_admitted: bool = False
    only_listens: bool = False
    hears_from: int = 0  # the seq of the first event meant for those inside
    microphone: bool = False  # on, and rightly so
    camera: bool = False
    is_muted: bool = False  # by a facilitator; outlasts leaving and coming back
    receives: Receives = Receives.EVERYTHING
    is_direct: bool = False  # agreed to connections that show one's network address

    @property
    def is_staff(self) -> bool:
        """Whether this person facilitates."""
        return self.role is not Role.MEMBER

    @property
    def is_inside(self) -> bool:
        """Whether this person hears and sees the room."""
        return self.standing is Standing.INSIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The floor, held by one person; ``ends_at`` is a kind reminder and cuts nobody off."""

    who: str
    began_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One item of an agenda."""

    title: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What the facilitators planned, and where the session is in it."""

    steps: tuple[Step, ...]
    current: int | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Who wrote which line when; its words are in the log alone."""

    seq: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that decides what may happen next.

    ``people`` is in order of first arrival. ``still_to_share`` is None outside a round.
    ``alone_since`` is when the last facilitator left a running session.
    """

    starts_at: datetime
    ends_at: datetime
    capacity: int
    seq: int = 0
    phase: Phase = Phase.CLOSED
    hold: Hold | None = None
    alone_since: datetime | None = None
    ended_at: datetime | None = None
    is_locked: bool = False
    lead: str | None = None
    people: dict[str, Occupant] = field(default_factory=dict)
    hands: tuple[str, ...] = ()
    turn: Turn | None = None
    still_to_share: tuple[str, ...] | None = None
    is_strict: bool = False
    share_seconds: int | None = None
    agenda: Agenda | None = None
    lines: tuple[Line, ...] = ()
    backends: tuple[Backend, ...] = ()  # what this installation has, the smallest first
    backend: Backend = Backend.NONE  # what carries voices now
    is_server_down: bool = False  # the one that JANUS goes through
    cameras_allowed: bool = True
    direct_allowed: bool = False  # by the operator

    def inside(self) -> Iterator[tuple[str, Occupant]]:
        """Yield those who are in the room, in order of first arrival."""
        return ((who, person) for who, person in self.people.items() if person.is_inside)

    def waiting(self) -> Iterator[tuple[str, Occupant]]:
        """Yield those in the waiting room, in order of first arrival."""
        return (
            (who, person)
            for who, person in self.people.items()
            if person.standing is Standing.WAITING
        )

    @property
    def has_facilitator(self) -> bool:
        """Whether a facilitator is in the room."""
        return any(person.is_staff for _, person in self.inside())

    @property
    def free_seats(self) -> int:
        """Return how many more members fit in; facilitators always do."""
        return self.capacity - sum(not person.is_staff for _, person in self.inside())
