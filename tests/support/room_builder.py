"""Builds live rooms out of commands, the way people do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sessions.room import Event, Refusal, State, apply
from sessions.room import commands as c
from sessions.room.state import Phase, Role

if TYPE_CHECKING:
    from sessions.room.refusals import Code

STARTS = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=1)

AMINA = "1"  # facilitates
BO = "2"  # a member, inside
CHEN = "3"  # nobody here
DARA = "4"  # a member, waiting
EDITH = "5"  # co-facilitates, not here yet
ALIASES = {AMINA: "Amina", BO: "Bo", CHEN: "Chen", DARA: "Dara", EDITH: "Edith"}


def new_room(*, capacity: int = 12) -> State:
    """Return a room whose doors are still closed."""
    return State(starts_at=STARTS, ends_at=ENDS, capacity=capacity)


def enter(
    who: str, *, role: Role = Role.MEMBER, has_seat: bool = True, standby: int | None = None
) -> c.Enter:
    """Return the command with which a person comes to the door."""
    alias = ALIASES.get(who, f"P{who}")
    return c.Enter(by=who, alias=alias, role=role, has_seat=has_seat, standby=standby)


def run(state: State, *commands: c.Command, now: datetime = STARTS) -> State:
    """Apply commands that must all succeed."""
    for command in commands:
        state, _ = done(state, command, now=now)
    return state


def done(
    state: State, command: c.Command, *, now: datetime = STARTS
) -> tuple[State, tuple[Event, ...]]:
    """Apply a command that must succeed."""
    outcome = apply(state, command, now)
    assert not isinstance(outcome, Refusal), (command, outcome)
    return outcome


def refused(state: State, command: c.Command, *, now: datetime = STARTS) -> Code:
    """Apply a command that must be refused, and return why it is."""
    outcome = apply(state, command, now)
    assert isinstance(outcome, Refusal), command
    return outcome.code


def kinds(events: tuple[Event, ...]) -> list[str]:
    """Return what kinds of events these are, in order."""
    return [event.kind for event in events]


def room_in(phase: Phase) -> State:
    """Return a room in a phase: Amina and Bo inside (once it has begun), Dara waiting."""
    state = new_room()
    if phase is Phase.CLOSED:
        return state
    state = run(state, c.Tick(), enter(AMINA, role=Role.FACILITATOR), enter(BO), enter(DARA))
    if phase is Phase.ENTRY_OPEN:
        return state
    state = run(state, c.Admit(by=AMINA, who=BO))
    if phase is Phase.ON_HOLD:
        state = run(state, c.Pause(by=AMINA))
    if phase is Phase.ENDED:
        state = run(state, c.End(by=AMINA))
    return state
