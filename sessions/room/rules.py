"""Who may use which verb, where they stand, and in which phase: the room's constitution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sessions.room import admission, chat, media, session_controls, turns
from sessions.room import commands as c
from sessions.room.events import Code, Refusal
from sessions.room.state import Phase, Standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from sessions.room.state import Occupant, State
    from sessions.room.transition import Draft

NEVER: Final[frozenset[Phase]] = frozenset()
RUNNING: Final = frozenset({Phase.OPEN})
BEGUN: Final = frozenset({Phase.OPEN, Phase.ON_HOLD})
LIVE: Final = BEGUN | {Phase.DOORS_OPEN}
ANY: Final = frozenset(Phase)


@dataclass(frozen=True, slots=True)
class Rule:
    """When members waiting, members inside and facilitators inside may use a verb."""

    do: Callable[[Draft, Any], Refusal | None]
    staff: frozenset[Phase] = LIVE
    member: frozenset[Phase] = NEVER
    waiting: frozenset[Phase] = NEVER


RULES: Final[dict[type[c.Command], Rule]] = {
    c.Leave: Rule(admission.leave, ANY, ANY, ANY),
    c.Admit: Rule(admission.admit),
    c.AdmitAll: Rule(admission.admit_all),
    c.SendBack: Rule(admission.send_back),
    c.Remove: Rule(admission.remove),
    c.LetBack: Rule(admission.let_back),
    c.Lock: Rule(admission.lock),
    c.OpenRoom: Rule(session_controls.open_room, frozenset({Phase.DOORS_OPEN})),
    c.Pause: Rule(session_controls.pause, RUNNING),
    c.Resume: Rule(session_controls.resume, frozenset({Phase.ON_HOLD})),
    c.End: Rule(session_controls.end),
    c.TakeOver: Rule(session_controls.take_over),
    c.SetAgenda: Rule(session_controls.set_agenda),
    c.StartStep: Rule(session_controls.start_step, BEGUN),
    c.RaiseHand: Rule(turns.raise_hand, RUNNING, RUNNING),
    c.LowerHand: Rule(turns.lower_hand, BEGUN, BEGUN),
    c.Listen: Rule(turns.listen, LIVE, LIVE),
    c.GiveTurn: Rule(turns.give_turn, RUNNING),
    c.PassTurn: Rule(turns.pass_turn, RUNNING, RUNNING),
    c.SkipTurn: Rule(turns.skip_turn, RUNNING, RUNNING),
    c.StartRound: Rule(turns.start_round, RUNNING),
    c.EndRound: Rule(turns.end_round, BEGUN),
    c.SetTurns: Rule(turns.set_turns),
    c.Microphone: Rule(media.microphone, LIVE, RUNNING),
    c.Camera: Rule(media.camera, LIVE, RUNNING),
    c.Mute: Rule(media.mute),
    c.AllowVoice: Rule(media.allow_voice),
    c.MuteAll: Rule(media.mute_all),
    c.Cameras: Rule(media.cameras),
    c.Receive: Rule(media.receive, LIVE, LIVE),
    c.ConnectDirectly: Rule(media.connect_directly, LIVE, LIVE),
    c.Say: Rule(chat.say, LIVE, RUNNING),
    c.Edit: Rule(chat.edit, LIVE, RUNNING),
    c.Redact: Rule(chat.redact),
    c.React: Rule(chat.react, LIVE, RUNNING),
    c.TellFacilitators: Rule(chat.tell_facilitators, LIVE, LIVE, LIVE),
    c.Answer: Rule(chat.answer),
    c.BackChannel: Rule(chat.back_channel),
    c.Caption: Rule(chat.caption),
    c.AskForHelp: Rule(chat.ask_for_help, LIVE, LIVE, LIVE),
    c.Report: Rule(chat.report, LIVE | {Phase.ENDED}, LIVE | {Phase.ENDED}, LIVE),
}
HOUSE_RULES: Final[dict[type[c.Command], Callable[[Draft, Any], Refusal | None]]] = {
    c.Enter: admission.enter,
    c.Expel: admission.leave,
    c.Tick: session_controls.tick,
    c.ServerWent: media.server_went,
}


def refusal_of(state: State, command: c.Command) -> Refusal | None:
    """Return why this person may not use this verb now, or None."""
    if isinstance(command, c.Tick | c.ServerWent):
        return None
    if isinstance(command, c.Enter):
        return Refusal(Code.ENDED) if state.phase is Phase.ENDED else None
    person = state.people.get(command.by)
    if person is None:
        return Refusal(Code.NOT_HERE)
    if isinstance(command, c.Expel):
        return None
    return _refuse(state, person, RULES[type(command)])


def _refuse(state: State, person: Occupant, rule: Rule) -> Refusal | None:
    if person.standing is Standing.REMOVED:
        return Refusal(Code.REMOVED)
    if person.standing is Standing.OUT:
        return Refusal(Code.NOT_HERE)
    inside = rule.staff if person.is_staff else rule.member
    allowed = inside if person.is_inside else rule.waiting
    if state.phase in allowed:
        return None
    if not allowed and person.is_inside:
        return Refusal(Code.STAFF_ONLY)
    if not allowed:
        return Refusal(Code.WAITING)
    reasons = {Phase.ENDED: Code.ENDED, Phase.ON_HOLD: Code.ON_HOLD}
    return Refusal(reasons.get(state.phase, Code.NOT_OPEN))
