"""The rules of a live room: pure functions of a state and a command, without Django or a clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sessions.room import media
from sessions.room.events import Event
from sessions.room.refusals import Refusal
from sessions.room.rules import RULES, SYSTEM_RULES, refusal_of
from sessions.room.state import State
from sessions.room.transition import Transition

if TYPE_CHECKING:
    from datetime import datetime

    from sessions.room.commands import Command

__all__ = ["Event", "Refusal", "State", "apply"]


def apply(
    state: State, command: Command, now: datetime
) -> tuple[State, tuple[Event, ...]] | Refusal:
    """Return the state after a command and the numbered events in between, or a refusal.

    A command that asks for what is already so changes nothing and has no events.
    """
    if refusal := refusal_of(state, command):
        return refusal
    transition = Transition(state, now)
    rule = RULES.get(type(command))
    reduce = rule.reduce if rule else SYSTEM_RULES[type(command)]
    if refusal := reduce(transition, command):
        return refusal
    media.enforce_rights(transition, state)
    return transition.state, tuple(transition.events)
