"""When time alone will next change a room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sessions.room.state import DOORS_BEFORE, MAX_SEATS_PER_FACILITATOR, OVERTIME, Phase, State

if TYPE_CHECKING:
    from datetime import datetime


def next_tick(state: State) -> datetime | None:
    """Return the next instant at which a tick does something; None once it has ended."""
    if state.phase is Phase.ENDED:
        return None
    if state.phase is Phase.CLOSED:
        return state.starts_at - DOORS_BEFORE
    over = state.ends_at + OVERTIME
    return min(over, state.alone_since + MAX_SEATS_PER_FACILITATOR) if state.alone_since else over
