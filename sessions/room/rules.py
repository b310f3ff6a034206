"""Who may use which command, in which phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sessions.room import admission, chat, media, session_controls, turns
from sessions.room import commands as c
from sessions.room.refusals import Code, Refusal
from sessions.room.state import AdmissionStatus, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from sessions.room.state import Participant, State
    from sessions.room.transition import Transition

NO_PHASE: Final[frozenset[Phase]] = frozenset()
WHILE_OPEN: Final = frozenset({Phase.OPEN})
SINCE_START: Final = frozenset({Phase.OPEN, Phase.ON_HOLD})
SINCE_ENTRY: Final = SINCE_START | {Phase.ENTRY_OPEN}
ANY_PHASE: Final = frozenset(Phase)


@dataclass(frozen=True, slots=True)
class Rule:
    """The reducer of a command, and the phases in which people may use it.

    ``staff`` and ``member`` are about people inside, ``waiting`` about members in the waiting room.
    """

    reduce: Callable[[Transition, Any], Refusal | None]
    staff: frozenset[Phase] = SINCE_ENTRY
    member: frozenset[Phase] = NO_PHASE
    waiting: frozenset[Phase] = NO_PHASE


RULES: Final[dict[type[c.Command], Rule]] = {
    c.Leave: Rule(admission.leave, ANY_PHASE, ANY_PHASE, ANY_PHASE),
    c.Admit: Rule(admission.admit),
    c.AdmitAll: Rule(admission.admit_all),
    c.SendBack: Rule(admission.send_back),
    c.Remove: Rule(admission.remove),
    c.LetBack: Rule(admission.let_back),
    c.Lock: Rule(admission.lock),
    c.OpenRoom: Rule(session_controls.open_room, frozenset({Phase.ENTRY_OPEN})),
    c.Pause: Rule(session_controls.pause, WHILE_OPEN),
    c.Resume: Rule(session_controls.resume, frozenset({Phase.ON_HOLD})),
    c.End: Rule(session_controls.end),
    c.Reopen: Rule(session_controls.reopen, frozenset({Phase.ENDED})),
    c.TakeOver: Rule(session_controls.take_over),
    c.SetAgenda: Rule(session_controls.set_agenda),
    c.StartStep: Rule(session_controls.start_step, SINCE_START),
    c.RaiseHand: Rule(turns.raise_hand, WHILE_OPEN, WHILE_OPEN),
    c.LowerHand: Rule(turns.lower_hand, SINCE_START, SINCE_START),
    c.Listen: Rule(turns.listen, SINCE_ENTRY, SINCE_ENTRY),
    c.InviteToSpeak: Rule(turns.invite_to_speak, WHILE_OPEN),
    c.FinishTurn: Rule(turns.finish_turn, WHILE_OPEN, WHILE_OPEN),
    c.SkipTurn: Rule(turns.skip_turn, WHILE_OPEN, WHILE_OPEN),
    c.StartRound: Rule(turns.start_round, WHILE_OPEN),
    c.EndRound: Rule(turns.end_round, SINCE_START),
    c.SetTurns: Rule(turns.set_turns),
    c.Microphone: Rule(media.microphone, SINCE_ENTRY, WHILE_OPEN),
    c.Camera: Rule(media.camera, SINCE_ENTRY, WHILE_OPEN),
    c.Mute: Rule(media.mute),
    c.AllowVoice: Rule(media.allow_voice),
    c.MuteAll: Rule(media.mute_all),
    c.Cameras: Rule(media.cameras),
    c.Receive: Rule(media.receive, SINCE_ENTRY, SINCE_ENTRY),
    c.ConnectDirectly: Rule(media.connect_directly, SINCE_ENTRY, SINCE_ENTRY),
    c.Say: Rule(chat.say, SINCE_ENTRY, WHILE_OPEN),
    c.Edit: Rule(chat.edit, SINCE_ENTRY, WHILE_OPEN),
    c.Redact: Rule(chat.redact),
    c.React: Rule(chat.react, SINCE_ENTRY, WHILE_OPEN),
    c.MessageFacilitators: Rule(chat.message_facilitators, SINCE_ENTRY, SINCE_ENTRY, SINCE_ENTRY),
    c.Answer: Rule(chat.answer),
    c.BackChannel: Rule(chat.back_channel),
    c.Caption: Rule(chat.caption),
    c.AskForHelp: Rule(chat.ask_for_help, SINCE_ENTRY, SINCE_ENTRY, SINCE_ENTRY),
    c.SeeHelp: Rule(chat.see_help, SINCE_ENTRY | {Phase.ENDED}),
    c.Report: Rule(
        chat.report, SINCE_ENTRY | {Phase.ENDED}, SINCE_ENTRY | {Phase.ENDED}, SINCE_ENTRY
    ),
}
SYSTEM_RULES: Final[dict[type[c.Command], Callable[[Transition, Any], Refusal | None]]] = {
    c.Enter: admission.enter,
    c.Expel: admission.leave,
    c.Tick: session_controls.tick,
    c.MediaServerChanged: media.media_server_changed,
}


def refusal_of(state: State, command: c.Command) -> Refusal | None:
    """Return why the author of a command may not use it now, or None."""
    if isinstance(command, c.Tick | c.MediaServerChanged):
        return None
    if isinstance(command, c.Enter):
        return Refusal(Code.ENDED) if state.phase is Phase.ENDED else None
    person = state.people.get(command.by)
    if person is None:
        return Refusal(Code.NOT_HERE)
    if isinstance(command, c.Expel):
        return None
    return _refuse(state, person, RULES[type(command)])


def _refuse(state: State, person: Participant, rule: Rule) -> Refusal | None:
    if person.status is AdmissionStatus.REMOVED:
        return Refusal(Code.REMOVED)
    if person.status is AdmissionStatus.OUT:
        return Refusal(Code.NOT_HERE)
    inside = rule.staff if person.is_staff else rule.member
    phases = inside if person.is_inside else rule.waiting
    if state.phase in phases:
        return None
    if not phases:
        return Refusal(Code.STAFF_ONLY if person.is_inside else Code.WAITING)
    reasons = {Phase.ENDED: Code.ENDED, Phase.ON_HOLD: Code.ON_HOLD}
    return Refusal(reasons.get(state.phase, Code.NOT_OPEN))
