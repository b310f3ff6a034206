"""What one person may see of a room: the start of every client's picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sessions.room.admission import card_of
from sessions.room.codec import dump
from sessions.room.media import media_of
from sessions.room.state import Standing
from sessions.room.transition import floor_of

if TYPE_CHECKING:
    from sessions.room.state import Occupant, State

LISTED_AT_MOST: Final = 100


def view_of(state: State, who: str) -> dict[str, Any]:
    """Return the room as this person may know it; the waiting learn of nobody inside."""
    person = state.people[who]
    seen: dict[str, Any] = {
        "seq": state.seq,
        "phase": state.phase,
        "hold": state.hold,
        "is_locked": state.is_locked,
        "starts_at": state.starts_at,
        "ends_at": state.ends_at,
        "you": {**card_of(who, person), "standing": person.standing},
    }
    if person.is_inside:
        seen |= {
            "people": [card_of(*entry) for entry in _listed(state, who)],
            "count": sum(1 for _ in state.inside()),
            "floor": floor_of(state),
            "agenda": state.agenda,
            "lead": state.lead,
            "media": media_of(state),
        }
    if person.is_inside and person.is_staff:
        seen |= {
            "waiting": [card_of(*entry) for entry in state.waiting()],
            "removed": [
                card_of(other, entry)
                for other, entry in state.people.items()
                if entry.standing is Standing.REMOVED
            ],
        }
    return dump(seen)  # type: ignore[no-any-return]


def _listed(state: State, who: str) -> list[tuple[str, Occupant]]:
    """Return those inside; of more than a hundred, who facilitates, speaks, asks to, or looks."""
    inside = list(state.inside())
    if len(inside) <= LISTED_AT_MOST:
        return inside
    heeded = {who, *state.hands, *([state.turn.who] if state.turn else [])}
    return [
        (other, person)
        for other, person in inside
        if person.is_staff or other in heeded or person.microphone or person.camera
    ]
