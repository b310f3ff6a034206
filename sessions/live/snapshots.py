"""What a person is sent on coming in: the whole picture, or exactly what was missed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sessions.models import Room
from sessions.room.events import Circle, circles_of, hears
from sessions.room.state import Phase
from sessions.room.visibility import view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sessions.room import Event, State
    from sessions.room.state import Occupant

MISSED_AT_MOST: Final = 300
LINES_SHOWN: Final = 50
LINES_READ: Final = 200  # among them are those that this person does not hear
WORDS: Final = ("said", "private_line", "back_channel", "help_asked")


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame for one person, true after event ``seq``; the circles they hear from there on."""

    seq: int
    circles: frozenset[Circle]
    frame: str


class Wanted(NamedTuple):
    """Who wants a picture; with ``since``, the events missed after it will do."""

    who: str
    since: int | None = None


def pictures_of(room_id: int, wanted: Sequence[Wanted]) -> list[Picture | None]:
    """Return what each person must be sent, in order; None for those not, or no longer, here.

    Who asks ``since`` gets the events missed after it; all of them, or the whole picture instead.
    What was written in the room is read once for all.
    """
    room = Room.objects.get(pk=room_id)
    state = room.read()
    lines = [] if room.emptied_at else _newest_lines(room, state)
    return [None if room.emptied_at else _picture(room, state, one, lines) for one in wanted]


def _picture(room: Room, state: State, wanted: Wanted, lines: list[Event]) -> Picture | None:
    who, since = wanted
    person = state.people.get(who)
    circles = circles_of(person) if person else frozenset()
    if person is None or not circles:
        return None
    said = (
        _missed(room, state, who, person, since)
        if since is not None and _can_catch_up(state, person, since)
        else _whole(state, who, person, lines)
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


def _whole(state: State, who: str, person: Occupant, lines: list[Event]) -> dict[str, Any]:
    heard = [line for line in lines if hears(who, person, line)][-LINES_SHOWN:]
    return {"type": "room", "room": view_of(state, who), "lines": [_told(line) for line in heard]}


def _newest_lines(room: Room, state: State) -> list[Event]:
    """Return the newest lines of the room, whoever hears them, in order."""
    rows = room.events.filter(kind__in=WORDS, seq__lte=state.seq).order_by("-seq")
    return [row.told() for row in reversed(rows[:LINES_READ])]


def _told(event: Event) -> dict[str, Any]:
    return {
        "type": "event",
        "seq": event.seq,
        "at": event.at.isoformat(),
        "kind": event.kind,
        **event.data,
    }
