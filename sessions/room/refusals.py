"""Why a room refuses a command."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """The reason for a refusal. Clients switch on it; ``sessions.text`` has its sentence."""

    ALIAS_TAKEN = "alias_taken"
    CAMERAS_OFF = "cameras_off"
    EMPTY = "empty"
    ENDED = "ended"
    ENTRY_CLOSED = "entry_closed"
    FULL = "full"
    HAND_FIRST = "hand_first"
    IS_STAFF = "is_staff"
    LISTENS_ONLY = "listens_only"
    LOCKED = "locked"
    MUTED = "muted"
    NO_AGENDA = "no_agenda"
    NO_DIRECT = "no_direct"
    NO_MEDIA = "no_media"
    NO_ROUND = "no_round"
    NO_TURN = "no_turn"
    NOBODY_NEXT = "nobody_next"
    NOT_HERE = "not_here"
    NOT_OPEN = "not_open"
    NOT_REMOVED = "not_removed"
    NOT_WAITING = "not_waiting"
    NOT_YOUR_MESSAGE = "not_your_message"
    NOT_YOUR_TURN = "not_your_turn"
    ON_HOLD = "on_hold"
    OUT_OF_RANGE = "out_of_range"
    REMOVED = "removed"
    SEATS_ARE_HELD = "seats_are_held"
    STAFF_ONLY = "staff_only"
    TEXT_ONLY = "text_only"
    TOO_LATE = "too_late"
    TOO_LATE_TO_REOPEN = "too_late_to_reopen"
    TOO_LONG = "too_long"
    TOO_MANY_CAMERAS = "too_many_cameras"
    TOO_MANY_MICROPHONES = "too_many_microphones"
    UNKNOWN_MESSAGE = "unknown_message"
    UNKNOWN_PERSON = "unknown_person"
    UNSEEN_CHARACTERS = "unseen_characters"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that changed nothing, with the reason."""

    code: Code
