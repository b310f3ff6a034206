"""The rules of a live room: pure, without a clock, a database or a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sessions.room import media
from sessions.room.events import Event, Refusal
from sessions.room.rules import HOUSE_RULES, RULES, refusal_of
from sessions.room.state import State
from sessions.room.transition import Draft

if TYPE_CHECKING:
    from datetime import datetime

    from sessions.room.commands import Command

__all__ = ["Event", "Refusal", "State", "apply"]


def apply(
    state: State, command: Command, now: datetime
) -> tuple[State, tuple[Event, ...]] | Refusal:
    """Return the room after a command, with the numbered events that tell it; or a refusal.

    A command that asks for what is already so changes nothing and tells nothing.
    """
    if refusal := refusal_of(state, command):
        return refusal
    draft = Draft(state, now)
    rule = RULES.get(type(command))
    do = rule.do if rule else HOUSE_RULES[type(command)]
    if refusal := do(draft, command):
        return refusal
    media.settle(draft, state)
    return draft.state, tuple(draft.events)
