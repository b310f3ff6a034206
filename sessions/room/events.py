"""Events: numbered changes of a room, each addressed to an audience."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, TypeVar, dataclass_transform

from sessions.room.audiences import Audience, audiences_of

if TYPE_CHECKING:
    from datetime import datetime

    from sessions.room.state import Participant


class EventKind(StrEnum):
    """The kinds of events. ``static/js/room/event_kinds.js`` has the same list."""

    AGENDA = "agenda"
    BACK_CHANNEL = "back_channel"
    CAMERA = "camera"
    CAMERAS = "cameras"
    CAPTIONED = "captioned"
    DIRECT = "direct"
    EDITED = "edited"
    HAND_LOWERED = "hand_lowered"
    HAND_RAISED = "hand_raised"
    HELP_ASKED = "help_asked"
    HELP_SEEN = "help_seen"
    HOSTS = "hosts"
    JOINED = "joined"
    LEAD_CHANGED = "lead_changed"
    LEFT = "left"
    LET_BACK = "let_back"
    LISTENING = "listening"
    LOCKED = "locked"
    MEDIA = "media"
    MICROPHONE = "microphone"
    MUTED = "muted"
    PHASE = "phase"
    PRIVATE_MESSAGE = "private_message"
    REACTED = "reacted"
    RECEIVES = "receives"
    REDACTED = "redacted"
    REMOVED = "removed"
    REPORTED = "reported"
    ROLE_CHANGED = "role_changed"
    ROUND_ENDED = "round_ended"
    ROUND_STARTED = "round_started"
    SAID = "said"
    SENT_BACK = "sent_back"
    SHARE_SKIPPED = "share_skipped"
    TURN_BEGAN = "turn_began"
    TURN_ENDED = "turn_ended"
    TURNS_SET = "turns_set"
    WAITING = "waiting"


class Payload:
    """What one kind of event carries. The codec writes its fields beside ``seq`` and ``kind``."""

    __slots__ = ()
    kind: ClassVar[EventKind]


Class = TypeVar("Class")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def payload(cls: type[Class]) -> type[Class]:
    """Make a class a frozen dataclass with slots and keyword-only fields."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@payload
class AboutPerson(Payload):
    """A payload about one person."""

    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One numbered change of a room. ``also`` is one more person who receives it."""

    seq: int
    at: datetime
    payload: Payload
    audience: Audience
    also: str | None = None

    @property
    def kind(self) -> EventKind:
        """Return the kind of the payload."""
        return self.payload.kind

    @property
    def subject(self) -> str | None:
        """Return the person whom the event is about, if it is about one."""
        return self.payload.who if isinstance(self.payload, AboutPerson) else None


def may_read(who: str, person: Participant, event: Event) -> bool:
    """Whether an event was addressed to a person; ``RoomEvent.objects.readable_by`` in Python."""
    if event.also == who:
        return True
    is_earlier = event.audience is Audience.ROOM and event.seq < person.first_visible_seq
    return event.audience in audiences_of(person) and not is_earlier
