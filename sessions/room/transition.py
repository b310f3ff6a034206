"""A change in progress: the next state of a room, and the events recorded so far."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sessions.room.audiences import Audience
from sessions.room.events import Event

if TYPE_CHECKING:
    from datetime import datetime

    from sessions.room.events import Payload
    from sessions.room.state import Participant, State


class Transition:
    """Collects the effects of one command. States are immutable; ``state`` is replaced."""

    def __init__(self, state: State, now: datetime) -> None:
        self.state = state
        self.now = now
        self.events: list[Event] = []

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **fields)

    def change_person(self, who: str, **fields: Any) -> Participant:
        """Replace fields of one participant, whose position in the order stays; return them."""
        person = replace(self.state.people[who], **fields)
        self.change(people=self.state.people | {who: person})
        return person

    def emit(
        self, payload: Payload, audience: Audience = Audience.ROOM, *, also: str | None = None
    ) -> int:
        """Append an event with the room's next number, and return the number."""
        seq = self.state.seq + 1
        self.change(seq=seq)
        event = Event(seq=seq, at=self.now, payload=payload, audience=audience, also=also)
        self.events.append(event)
        return seq
