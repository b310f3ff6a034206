"""What a connection is sent when it is attached: a snapshot of the room, or the events missed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sessions.models import Room
from sessions.room.audiences import Audience, audiences_of
from sessions.room.codec import dump_fields
from sessions.room.events import EventKind, may_read
from sessions.room.state import Phase
from sessions.room.visibility import view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sessions.models import RoomEvent
    from sessions.room import Event, State
    from sessions.room.state import Participant

MAX_MISSED: Final = 300
MESSAGES_SHOWN: Final = 50
MESSAGES_READ: Final = 200  # more than shown, because a person may not be able to read all
MESSAGE_KINDS: Final = (
    EventKind.SAID,
    EventKind.PRIVATE_MESSAGE,
    EventKind.BACK_CHANNEL,
    EventKind.HELP_ASKED,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frame for one person, as of event ``seq``, and the audiences they belong to from then on."""

    seq: int
    audiences: frozenset[Audience]
    frame: str


class SnapshotRequest(NamedTuple):
    """A person, and the last event they received, if any."""

    who: str
    since: int | None = None


def snapshots_for(room_id: int, requests: Sequence[SnapshotRequest]) -> list[Snapshot | None]:
    """Return the snapshot for each request, in order; None for people who are not, or no longer, here.

    A request with ``since`` gets either every event missed after it or the whole room. The room
    and its last messages are read once for all requests.
    """
    room = Room.objects.get(pk=room_id)
    if room.emptied_at:
        return [None] * len(requests)
    state = room.read_state()
    messages = _last_messages(room, state)
    return [_snapshot(room, state, request, messages) for request in requests]


def event_frame(event: Event, *, after: int) -> str:
    """Return the frame of an event. ``after`` is the event that its audience received before."""
    return json.dumps(_event_object(event) | {"after": after}, separators=(",", ":"))


def _snapshot(
    room: Room, state: State, request: SnapshotRequest, messages: list[Event]
) -> Snapshot | None:
    who, since = request
    person = state.people.get(who)
    audiences = audiences_of(person) if person else frozenset()
    if person is None or not audiences:
        return None
    content = (
        _missed(room, state, who, person, since)
        if since is not None and _can_catch_up(state, person, since)
        else _whole(state, who, person, messages)
    )
    return Snapshot(state.seq, audiences, json.dumps(content, separators=(",", ":")))


def _can_catch_up(state: State, person: Participant, since: int) -> bool:
    """Whether the events after a number are few enough, and all are readable for the person."""
    return (
        0 <= state.seq - since <= MAX_MISSED
        and person.is_inside
        and person.first_visible_seq <= since
        and state.phase is not Phase.ENDED
    )


def _missed(room: Room, state: State, who: str, person: Participant, since: int) -> dict[str, Any]:
    rows = room.events.readable_by(who, person, audiences_of(person))
    events = [_row_object(row) for row in rows.filter(seq__gt=since, seq__lte=state.seq)]
    return {"type": "missed", "seq": state.seq, "role": person.role, "events": events}


def _whole(state: State, who: str, person: Participant, messages: list[Event]) -> dict[str, Any]:
    readable = [message for message in messages if may_read(who, person, message)]
    shown = [_event_object(message) for message in readable[-MESSAGES_SHOWN:]]
    return {"type": "room", "room": view_of(state, who), "messages": shown}


def _last_messages(room: Room, state: State) -> list[Event]:
    """Return the last messages of all audiences, in order."""
    rows = room.events.filter(kind__in=MESSAGE_KINDS, seq__lte=state.seq).order_by("-seq")
    return [row.decode() for row in reversed(rows[:MESSAGES_READ])]


def _event_object(event: Event) -> dict[str, Any]:
    return {
        "type": "event",
        "seq": event.seq,
        "at": event.at.isoformat(),
        "kind": event.kind,
        **dump_fields(event.payload),
    }


def _row_object(row: RoomEvent) -> dict[str, Any]:
    """Return the same as ``_event_object`` from the stored payload, without decoding it."""
    return {
        "type": "event",
        "seq": row.seq,
        "at": row.at.isoformat(),
        "kind": row.kind,
        **row.data,
    }
