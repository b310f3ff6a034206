"""A change to a room while it is being written: the next state and the events that tell it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sessions.room.codec import dump
from sessions.room.events import Circle, Event

if TYPE_CHECKING:
    from datetime import datetime

    from sessions.room.state import Occupant, State


class Draft:
    """Collects the effects of one command. Values inside are immutable; the draft is not."""

    def __init__(self, state: State, now: datetime) -> None:
        self.state = state
        self.now = now
        self.events: list[Event] = []

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **fields)

    def change_person(self, who: str, **fields: Any) -> Occupant:
        """Replace fields of one occupant, who keeps their place in the order."""
        person = replace(self.state.people[who], **fields)
        self.change(people=self.state.people | {who: person})
        return person

    def tell(
        self, kind: str, circle: Circle = Circle.ROOM, *, also: str | None = None, **data: Any
    ) -> int:
        """Append an event and return its number, the next one of this room."""
        seq = self.state.seq + 1
        self.change(seq=seq)
        self.events.append(
            Event(seq=seq, at=self.now, kind=kind, circle=circle, also=also, data=dump(data))
        )
        return seq

    def tell_floor(self, kind: str, **data: Any) -> None:
        """Tell a change of hands, turn or round, and how they stand now."""
        self.tell(kind, **data, floor=floor_of(self.state))


def floor_of(state: State) -> dict[str, Any]:
    """Return what those inside see of hands and turns."""
    return {
        "hands": state.hands,
        "turn": state.turn,
        "still_to_share": state.still_to_share,
        "is_strict": state.is_strict,
        "share_seconds": state.share_seconds,
    }
