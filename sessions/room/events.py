"""What a room tells, to whom, and why it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sessions.room.state import Occupant, Standing

if TYPE_CHECKING:
    from datetime import datetime


class Circle(StrEnum):
    """Who hears an event."""

    DOOR = "door"  # everyone who came, the waiting included
    ROOM = "room"  # those inside
    STAFF = "staff"  # facilitators inside
    NOBODY = "nobody"  # the log alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One numbered change. ``also`` names one person outside the circle who hears it too."""

    seq: int
    at: datetime
    kind: str
    circle: Circle
    also: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


# The circles whose events reach a person, by where they stand.
HEARD_INSIDE: Final = frozenset({Circle.DOOR, Circle.ROOM})
HEARD_BY_STAFF: Final = HEARD_INSIDE | {Circle.STAFF}
HEARD_WAITING: Final = frozenset({Circle.DOOR})


def circles_of(person: Occupant) -> frozenset[Circle]:
    """Return the circles a person belongs to now."""
    if person.standing is Standing.WAITING:
        return HEARD_WAITING
    if not person.is_inside:
        return frozenset()
    return HEARD_BY_STAFF if person.is_staff else HEARD_INSIDE


def hears(who: str, person: Occupant, event: Event) -> bool:
    """Whether an event was meant for a person, as ``RoomEvent.objects.heard_by`` asks the log."""
    if event.also == who:
        return True
    is_early = event.circle is Circle.ROOM and event.seq < person.hears_from
    return event.circle in circles_of(person) and not is_early


class Code(StrEnum):
    """Why a room refuses; clients switch on it."""

    ALIAS_TAKEN = "alias_taken"
    CAMERAS_OFF = "cameras_off"
    DOORS_CLOSED = "doors_closed"
    EMPTY = "empty"
    ENDED = "ended"
    FULL = "full"
    IS_STAFF = "is_staff"
    LISTENS_ONLY = "listens_only"
    LOCKED = "locked"
    MUTED = "muted"
    NO_AGENDA = "no_agenda"
    NO_DIRECT = "no_direct"
    NO_MEDIA = "no_media"
    NO_ROUND = "no_round"
    NOBODY_NEXT = "nobody_next"
    NOT_HERE = "not_here"
    NOT_OPEN = "not_open"
    NOT_REMOVED = "not_removed"
    NOT_WAITING = "not_waiting"
    NOT_YOUR_LINE = "not_your_line"
    NOT_YOUR_TURN = "not_your_turn"
    ON_HOLD = "on_hold"
    OUT_OF_RANGE = "out_of_range"
    REMOVED = "removed"
    SEATS_ARE_HELD = "seats_are_held"
    STAFF_ONLY = "staff_only"
    TEXT_SEAT = "text_seat"
    TOO_LATE = "too_late"
    TOO_LONG = "too_long"
    TOO_MANY_CAMERAS = "too_many_cameras"
    TOO_MANY_VOICES = "too_many_voices"
    UNKNOWN_LINE = "unknown_line"
    UNKNOWN_PERSON = "unknown_person"
    UNSEEN_CHARACTERS = "unseen_characters"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that changed nothing, and why."""

    code: Code
