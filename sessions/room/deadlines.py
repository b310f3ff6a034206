"""When a room must change without a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sessions.room.state import (
    ENTRY_OPENS_BEFORE,
    MAX_OVERTIME,
    WITHOUT_FACILITATOR_LIMIT,
    Phase,
    State,
)

if TYPE_CHECKING:
    from datetime import datetime


def next_tick(state: State) -> datetime | None:
    """Return the UTC instant at which a tick next has an effect; None once the session has ended."""
    if state.phase is Phase.ENDED:
        return None
    if state.phase is Phase.CLOSED:
        return state.starts_at - ENTRY_OPENS_BEFORE
    overdue = state.ends_at + MAX_OVERTIME
    since = state.without_facilitator_since
    return min(overdue, since + WITHOUT_FACILITATOR_LIMIT) if since else overdue
