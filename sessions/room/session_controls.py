"""The session itself: begin, hold, go on, end; who leads; the agenda."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sessions.room.events import Circle, Code, Refusal
from sessions.room.state import (
    DOORS_BEFORE,
    MAX_SEATS_PER_FACILITATOR,
    OVERTIME,
    Agenda,
    Hold,
    Phase,
    State,
    Step,
)

if TYPE_CHECKING:
    from sessions.room import commands
    from sessions.room.transition import Draft

STEPS_AT_MOST: Final = 20
STEP_MINUTES: Final = range(1, 121)
TITLE_LENGTH: Final = 80


def tick(draft: Draft, _: commands.Tick) -> Refusal | None:
    """Do what the clock asks for, and nothing when it asks for nothing."""
    state, now = draft.state, draft.now
    if state.phase is Phase.ENDED:
        return None
    if state.phase is Phase.CLOSED and now >= state.starts_at - DOORS_BEFORE:
        _go_to(draft, Phase.DOORS_OPEN)
    if draft.state.phase is not Phase.CLOSED and now >= state.ends_at + OVERTIME:
        return end(draft, None)
    if state.alone_since and now - state.alone_since >= MAX_SEATS_PER_FACILITATOR:
        draft.change(alone_since=None)
        _go_to(draft, Phase.ON_HOLD, Hold.NO_FACILITATOR)
    return None


def open_room(draft: Draft, _: commands.OpenRoom) -> Refusal | None:
    """Begin; those who wait keep waiting until they are admitted."""
    begin(draft)
    return None


def begin(draft: Draft) -> None:
    """Open a room whose doors are open; leave any other as it is."""
    if draft.state.phase is Phase.DOORS_OPEN:
        _go_to(draft, Phase.OPEN)


def pause(draft: Draft, command: commands.Pause) -> Refusal | None:
    """Quiet the room in one tap."""
    _go_to(draft, Phase.ON_HOLD, Hold.PAUSED, by=command.by)
    return None


def resume(draft: Draft, _: commands.Resume) -> Refusal | None:
    """Go on."""
    _go_to(draft, Phase.OPEN)
    return None


def end(draft: Draft, _: commands.End | None) -> Refusal | None:
    """Close the session; the floor is cleared, people may still read and report."""
    draft.change(ended_at=draft.now, alone_since=None, hands=(), turn=None, still_to_share=None)
    _go_to(draft, Phase.ENDED)
    return None


def take_over(draft: Draft, command: commands.TakeOver) -> Refusal | None:
    """Lead from now on; a room that had lost its facilitator goes on."""
    draft.change(lead=command.by)
    draft.tell("lead_changed", who=command.by)
    if draft.state.hold is Hold.NO_FACILITATOR:
        _go_to(draft, Phase.OPEN)
    return None


def set_agenda(draft: Draft, command: commands.SetAgenda) -> Refusal | None:
    """Write the agenda down; the present step goes on while it and those before it stay."""
    steps, old = command.steps, draft.state.agenda
    if len(steps) > STEPS_AT_MOST or not all(map(_is_fit, steps)):
        return Refusal(Code.OUT_OF_RANGE)
    new = Agenda(steps=steps) if steps else None
    if new and old and old.current is not None:
        done = old.current + 1
        if steps[:done] == old.steps[:done]:
            new = replace(old, steps=steps)
    _tell_agenda(draft, new)
    return None


def start_step(draft: Draft, command: commands.StartStep) -> Refusal | None:
    """Go to a step and show its time."""
    agenda = draft.state.agenda
    if agenda is None:
        return Refusal(Code.NO_AGENDA)
    if command.step not in range(len(agenda.steps)):
        return Refusal(Code.OUT_OF_RANGE)
    minutes = timedelta(minutes=agenda.steps[command.step].minutes)
    _tell_agenda(draft, replace(agenda, current=command.step, ends_at=draft.now + minutes))
    return None


def facilitator_came(draft: Draft, who: str) -> None:
    """Stop the clock that would put the room on hold; name the first one the lead."""
    draft.change(alone_since=None)
    if draft.state.lead is None:
        draft.change(lead=who)
        draft.tell("lead_changed", who=who)


def facilitator_may_have_left(draft: Draft) -> None:
    """Start the one clock when a session under way has lost its last facilitator."""
    state: State = draft.state
    if (
        state.phase in {Phase.OPEN, Phase.ON_HOLD}
        and state.hold is not Hold.NO_FACILITATOR
        and state.alone_since is None
        and not state.has_facilitator
    ):
        draft.change(alone_since=draft.now)


def _go_to(draft: Draft, phase: Phase, hold: Hold | None = None, *, by: str | None = None) -> None:
    draft.change(phase=phase, hold=hold)
    draft.tell("phase", Circle.DOOR, phase=phase, hold=hold, by=by)


def _tell_agenda(draft: Draft, agenda: Agenda | None) -> None:
    draft.change(agenda=agenda)
    draft.tell("agenda", agenda=agenda)


def _is_fit(step: Step) -> bool:
    return 1 <= len(step.title.strip()) <= TITLE_LENGTH and step.minutes in STEP_MINUTES
