"""What a person is sent on coming in: the whole picture, or exactly what was missed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sessions.models import Room
from sessions.room.events import Circle, circles_of
from sessions.room.state import Phase
from sessions.room.view import view_of

if TYPE_CHECKING:
    from sessions.room import Event, State
    from sessions.room.state import Occupant

MISSED_AT_MOST: Final = 300
LINES_SHOWN: Final = 50
WORDS: Final = ("said", "private_line", "back_channel", "help_asked")


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame for one person, true after event ``seq``; the circles they hear from there on."""

    seq: int
    circles: frozenset[Circle]
    frame: str


def picture_of(room_id: int, who: str, *, since: int | None = None) -> Picture | None:
    """Return what a person must be sent; None when they are not, or no longer, here.

    With ``since``, the events missed after it; all of them, or the whole picture instead.
    """
    room = Room.objects.get(pk=room_id)
    if room.emptied_at:
        return None
    state = room.read()
    person = state.people.get(who)
    circles = circles_of(person) if person else frozenset()
    if person is None or not circles:
        return None
    said = (
        _missed(room, state, who, person, since)
        if since is not None and _can_catch_up(state, person, since)
        else _whole(room, state, who, person)
    )
    return Picture(state.seq, circles, json.dumps(said, separators=(",", ":")))


def frame_of(event: Event, *, after: int) -> str:
    """Return an event as the wire carries it; ``after`` is the one its hearers heard before."""
    return json.dumps(_told(event) | {"after": after}, separators=(",", ":"))


def _can_catch_up(state: State, person: Occupant, since: int) -> bool:
    """Whether events alone lead from there to here: not when the person's own place changed."""
    gap = state.seq - since
    return (
        0 <= gap <= MISSED_AT_MOST
        and person.is_inside
        and person.hears_from <= since
        and state.phase is not Phase.ENDED
    )


def _missed(room: Room, state: State, who: str, person: Occupant, since: int) -> dict[str, Any]:
    rows = room.events.heard_by(who, person, circles_of(person))
    events = [_told(row.told()) for row in rows.filter(seq__gt=since, seq__lte=state.seq)]
    return {"type": "missed", "seq": state.seq, "role": person.role, "events": events}


def _whole(room: Room, state: State, who: str, person: Occupant) -> dict[str, Any]:
    heard = room.events.heard_by(who, person, circles_of(person)).filter(
        kind__in=WORDS, seq__lte=state.seq
    )
    newest = heard.reverse()[:LINES_SHOWN]
    lines = [_told(row.told()) for row in reversed(newest)]
    return {"type": "room", "room": view_of(state, who), "lines": lines}


def _told(event: Event) -> dict[str, Any]:
    return {
        "type": "event",
        "seq": event.seq,
        "at": event.at.isoformat(),
        "kind": event.kind,
        **event.data,
    }
