"""The session itself: start, hold, resume, end; the lead; the agenda."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sessions.room import payloads
from sessions.room.audiences import Audience
from sessions.room.refusals import Code, Refusal
from sessions.room.state import (
    ENTRY_OPENS_BEFORE,
    MAX_OVERTIME,
    REOPEN_WINDOW,
    WITHOUT_FACILITATOR_LIMIT,
    Agenda,
    AgendaStep,
    Hold,
    Phase,
)

if TYPE_CHECKING:
    from sessions.room import commands
    from sessions.room.transition import Transition

MAX_STEPS: Final = 20
STEP_MINUTES: Final = range(1, 121)
TITLE_LENGTH: Final = 80


def tick(transition: Transition, _: commands.Tick) -> Refusal | None:
    """Open the entry, end an overdue session, or hold a room without a facilitator."""
    state, now = transition.state, transition.now
    if state.phase is Phase.ENDED:
        return None
    if state.phase is Phase.CLOSED and now >= state.starts_at - ENTRY_OPENS_BEFORE:
        _go_to(transition, Phase.ENTRY_OPEN)
    if transition.state.phase is not Phase.CLOSED and now >= state.ends_at + MAX_OVERTIME:
        return end(transition, None)
    since = state.without_facilitator_since
    if since and now - since >= WITHOUT_FACILITATOR_LIMIT:
        transition.change(without_facilitator_since=None)
        _go_to(transition, Phase.ON_HOLD, Hold.NO_FACILITATOR)
    return None


def open_room(transition: Transition, _: commands.OpenRoom) -> Refusal | None:
    """Start the session. People in the waiting room stay there until they are admitted."""
    start(transition)
    return None


def start(transition: Transition) -> None:
    """Open a room that is open for entry; leave one in another phase as it is."""
    if transition.state.phase is Phase.ENTRY_OPEN:
        _go_to(transition, Phase.OPEN)


def pause(transition: Transition, command: commands.Pause) -> Refusal | None:
    """Put the room on hold."""
    _go_to(transition, Phase.ON_HOLD, Hold.PAUSED, by=command.by)
    return None


def resume(transition: Transition, _: commands.Resume) -> Refusal | None:
    """Open a room that is on hold."""
    _go_to(transition, Phase.OPEN)
    return None


def end(transition: Transition, _: commands.End | None) -> Refusal | None:
    """End the session and clear hands and turns. People may still read and report."""
    transition.change(
        ended_at=transition.now,
        without_facilitator_since=None,
        hands=(),
        turn=None,
        still_to_share=None,
    )
    _go_to(transition, Phase.ENDED)
    return None


def reopen(transition: Transition, _: commands.Reopen) -> Refusal | None:
    """Take back an end of the last two minutes; whoever was inside is inside again."""
    state, now = transition.state, transition.now
    is_late = state.ended_at is None or now - state.ended_at > REOPEN_WINDOW
    if is_late or now >= state.ends_at + MAX_OVERTIME:
        return Refusal(Code.TOO_LATE_TO_REOPEN)
    transition.change(ended_at=None)
    _go_to(transition, Phase.OPEN)
    return None


def take_over(transition: Transition, command: commands.TakeOver) -> Refusal | None:
    """Make a facilitator the lead, and open a room held for want of a facilitator."""
    transition.change(lead=command.by)
    transition.emit(payloads.LeadChanged(who=command.by))
    if transition.state.hold is Hold.NO_FACILITATOR:
        _go_to(transition, Phase.OPEN)
    return None


def set_agenda(transition: Transition, command: commands.SetAgenda) -> Refusal | None:
    """Replace the agenda. The current step goes on if it and those before it are unchanged."""
    steps, old = command.steps, transition.state.agenda
    if len(steps) > MAX_STEPS or not all(map(_is_valid, steps)):
        return Refusal(Code.OUT_OF_RANGE)
    new = Agenda(steps=steps) if steps else None
    if new and old and old.current is not None:
        done = old.current + 1
        if steps[:done] == old.steps[:done]:
            new = replace(old, steps=steps)
    _change_agenda(transition, new)
    return None


def start_step(transition: Transition, command: commands.StartStep) -> Refusal | None:
    """Make a step the current one, to end after its minutes."""
    agenda = transition.state.agenda
    if agenda is None:
        return Refusal(Code.NO_AGENDA)
    if command.step not in range(len(agenda.steps)):
        return Refusal(Code.OUT_OF_RANGE)
    ends_at = transition.now + timedelta(minutes=agenda.steps[command.step].minutes)
    _change_agenda(transition, replace(agenda, current=command.step, ends_at=ends_at))
    return None


def facilitator_joined(transition: Transition, who: str) -> None:
    """Stop the time limit of a room without a facilitator; make the first facilitator the lead."""
    transition.change(without_facilitator_since=None)
    if transition.state.lead is None:
        transition.change(lead=who)
        transition.emit(payloads.LeadChanged(who=who))


def check_facilitator_left(transition: Transition) -> None:
    """Start the time limit if a session that has begun has no facilitator inside any more."""
    state = transition.state
    if (
        state.phase in {Phase.OPEN, Phase.ON_HOLD}
        and state.hold is not Hold.NO_FACILITATOR
        and state.without_facilitator_since is None
        and not state.has_facilitator
    ):
        transition.change(without_facilitator_since=transition.now)


def _go_to(
    transition: Transition, phase: Phase, hold: Hold | None = None, *, by: str | None = None
) -> None:
    transition.change(phase=phase, hold=hold)
    transition.emit(payloads.PhaseChanged(phase=phase, hold=hold, by=by), Audience.EVERYONE)


def _change_agenda(transition: Transition, agenda: Agenda | None) -> None:
    transition.change(agenda=agenda)
    transition.emit(payloads.AgendaChanged(agenda=agenda))


def _is_valid(step: AgendaStep) -> bool:
    return 1 <= len(step.title.strip()) <= TITLE_LENGTH and step.minutes in STEP_MINUTES
