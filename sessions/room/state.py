"""The state of a live room: immutable values, stored as JSON by ``sessions.room.codec``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY_OPENS_BEFORE: Final = timedelta(minutes=15)  # before the start
MAX_OVERTIME: Final = timedelta(minutes=30)  # after the end; then the room ends by itself
WITHOUT_FACILITATOR_LIMIT: Final = timedelta(minutes=2)  # then the room is put on hold
REOPEN_WINDOW: Final = timedelta(minutes=2)  # after the end
EDIT_WINDOW: Final = timedelta(minutes=1)
MESSAGES_KEPT: Final = 200  # messages that can still be edited or removed


class Phase(StrEnum):
    """The stages of a session, in order; a room on hold may open again."""

    CLOSED = "closed"
    ENTRY_OPEN = "entry_open"
    OPEN = "open"
    ON_HOLD = "on_hold"
    ENDED = "ended"


class Hold(StrEnum):
    """Why a room is on hold."""

    PAUSED = "paused"
    NO_FACILITATOR = "no_facilitator"


class Role(StrEnum):
    """A person's role in the session. The two kinds of facilitator have equal control."""

    MEMBER = "member"
    FACILITATOR = "facilitator"
    CO_FACILITATOR = "co_facilitator"


class Backend(StrEnum):
    """What carries audio and video: nothing, a mesh of browsers, or the Janus server."""

    NONE = "none"
    MESH = "mesh"
    JANUS = "janus"


class Receives(StrEnum):
    """How much media a person takes from the others, from the most bytes to the fewest."""

    EVERYTHING = "everything"
    AUDIO = "audio"
    TEXT = "text"


class AdmissionStatus(StrEnum):
    """Whether a person waits, is in the room, has left, or was removed from the session."""

    WAITING = "waiting"
    INSIDE = "inside"
    OUT = "out"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One person of this session.

    ``alias_key`` is equal for aliases that look alike. ``standby`` is the rank, from 1, among
    people without a seat, who are admitted where seats stay empty. ``is_new`` means that they were in
    no session of the group lately; only facilitators see it, while the person waits. ``first_visible_seq`` is the
    number of the first event that this person may read as one inside.
    ``is_muted`` is set by a facilitator and outlasts leaving. ``is_direct`` means that the person
    agreed to connections that show their network address.
    """

    alias: str
    alias_key: str
    role: Role
    status: AdmissionStatus
    has_seat: bool = True
    standby: int | None = None
    is_new: bool = False
    was_admitted: bool = False
    only_listens: bool = False
    first_visible_seq: int = 0
    microphone: bool = False
    camera: bool = False
    is_muted: bool = False
    receives: Receives = Receives.EVERYTHING
    is_direct: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether this person facilitates."""
        return self.role is not Role.MEMBER

    @property
    def is_inside(self) -> bool:
        """Whether this person is in the room."""
        return self.status is AdmissionStatus.INSIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The right to speak, held by one person. Nothing ends by itself at ``ends_at``."""

    who: str
    began_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaStep:
    """One item of an agenda."""

    title: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The planned steps, the index of the current one, and when it should be over."""

    steps: tuple[AgendaStep, ...]
    current: int | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCall:
    """A person's last call for help. ``alias`` is the person's, ``seen_by`` the facilitator's."""

    alias: str
    asked_at: datetime
    seen_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """Number, author and time of a chat message. Its text is in the event log only."""

    seq: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that decides what a command may do next.

    ``seq`` is the number of the last event. ``people`` maps membership ids to participants in order
    of first arrival. ``still_to_share`` is None outside a round.
    ``without_facilitator_since`` is when the last facilitator left a session that had begun.
    ``help_calls`` maps membership ids to their last call for help.
    ``backends`` are what this installation offers, the smallest first; ``backend`` is in use.
    ``is_server_down`` is about the media server that ``Backend.JANUS`` needs. ``direct_allowed`` is
    the operator's setting.
    """

    starts_at: datetime
    ends_at: datetime
    capacity: int
    seq: int = 0
    phase: Phase = Phase.CLOSED
    hold: Hold | None = None
    without_facilitator_since: datetime | None = None
    ended_at: datetime | None = None
    is_locked: bool = False
    lead: str | None = None
    people: dict[str, Participant] = field(default_factory=dict)
    hands: tuple[str, ...] = ()
    turn: Turn | None = None
    still_to_share: tuple[str, ...] | None = None
    is_strict: bool = False
    share_seconds: int | None = None
    agenda: Agenda | None = None
    messages: tuple[ChatMessage, ...] = ()
    help_calls: dict[str, HelpCall] = field(default_factory=dict)
    backends: tuple[Backend, ...] = ()
    backend: Backend = Backend.NONE
    is_server_down: bool = False
    cameras_allowed: bool = True
    direct_allowed: bool = False

    def inside(self) -> Iterator[tuple[str, Participant]]:
        """Yield the people in the room with their ids, in order of first arrival."""
        return ((who, person) for who, person in self.people.items() if person.is_inside)

    def waiting(self) -> Iterator[tuple[str, Participant]]:
        """Yield the people in the waiting room with their ids, in order of first arrival."""
        return (
            (who, person)
            for who, person in self.people.items()
            if person.status is AdmissionStatus.WAITING
        )

    def holds_turn(self, who: str) -> bool:
        """Whether it is this person's turn to speak."""
        return self.turn is not None and self.turn.who == who

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the aliases of the facilitators in the room."""
        return tuple(person.alias for _, person in self.inside() if person.is_staff)

    @property
    def inside_count(self) -> int:
        """Return how many people are in the room."""
        return sum(1 for _ in self.inside())

    @property
    def has_facilitator(self) -> bool:
        """Whether a facilitator is in the room."""
        return any(person.is_staff for _, person in self.inside())

    @property
    def free_seats(self) -> int:
        """Return how many more members fit in. Facilitators take no seat."""
        return self.capacity - sum(not person.is_staff for _, person in self.inside())
