"""Every verb, by everyone, in every phase, against a table written by hand."""

from __future__ import annotations

import pytest

from sessions.room import Refusal, apply, command_names
from sessions.room import commands as c
from sessions.room.refusals import Code
from sessions.room.state import AgendaStep, Phase, Receives
from tests.support.room_builder import (
    AMINA,
    BO,
    CHEN,
    DARA,
    STARTS,
    new_room,
    refused,
    room_in,
    run,
)

TEXT = {"text": "hello"}
# What each verb needs besides its author.
NEEDS = {
    c.Admit: {"who": DARA},
    c.SendBack: {"who": BO},
    c.Remove: {"who": BO, "reason": "selling"},
    c.LetBack: {"who": BO},
    c.Lock: {"on": True},
    c.SetAgenda: {"steps": (AgendaStep(title="Welcome", minutes=5),)},
    c.StartStep: {"step": 0},
    c.Listen: {"on": True},
    c.InviteToSpeak: {"who": BO},
    c.SetTurns: {"strict": True},
    c.Microphone: {"on": True},
    c.Camera: {"on": True},
    c.Mute: {"who": BO},
    c.Cameras: {"on": False},
    c.Receive: {"what": Receives.TEXT},
    c.ConnectDirectly: {"on": True},
    c.Say: TEXT,
    c.Edit: {"message_seq": 1, "text": "hello"},
    c.Redact: {"message_seq": 1},
    c.React: {"reaction": c.Reaction.HEART},
    c.MessageFacilitators: TEXT,
    c.Answer: {"who": BO, "text": "hello"},
    c.BackChannel: TEXT,
    c.Caption: TEXT,
    c.SeeHelp: {"who": BO},
    c.Report: {"who": AMINA, "reason": "selling"},
}
# How far each verb gets, written by hand: F may, M may, W may, in the phases d, o, h, e
# (doors open, open, on hold, ended).
TABLE = """
leave              dohe dohe dohe
admit              doh  -    -
admit_all          doh  -    -
send_back          doh  -    -
remove             doh  -    -
let_back           doh  -    -
lock               doh  -    -
open_room          d    -    -
pause              o    -    -
resume             h    -    -
end                doh  -    -
reopen             e    -    -
take_over          doh  -    -
set_agenda         doh  -    -
start_step         oh   -    -
raise_hand         o    o    -
lower_hand         oh   oh   -
listen             doh  doh  -
invite_to_speak          o    -    -
finish_turn          o    o    -
skip_turn          o    o    -
start_round        o    -    -
end_round          oh   -    -
set_turns          doh  -    -
microphone         doh  o    -
camera             doh  o    -
mute               doh  -    -
allow_voice        doh  -    -
mute_all           doh  -    -
cameras            doh  -    -
receive            doh  doh  -
connect_directly   doh  doh  -
say                doh  o    -
edit               doh  o    -
redact             doh  -    -
react              doh  o    -
message_facilitators  doh  doh  doh
answer             doh  -    -
back_channel       doh  -    -
caption            doh  -    -
ask_for_help       doh  doh  doh
see_help           dohe -    -
report             dohe dohe doh
"""
PHASES = {"d": Phase.ENTRY_OPEN, "o": Phase.OPEN, "h": Phase.ON_HOLD, "e": Phase.ENDED}
NOT_ALLOWED = {
    Code.NOT_HERE,
    Code.REMOVED,
    Code.ENDED,
    Code.ON_HOLD,
    Code.NOT_OPEN,
    Code.STAFF_ONLY,
    Code.WAITING,
}
ROWS = {name: columns for name, *columns in map(str.split, TABLE.strip().splitlines())}


def test_the_table_names_every_verb() -> None:
    assert ROWS.keys() == command_names.COMMANDS.keys()


@pytest.mark.parametrize("letter", PHASES)
@pytest.mark.parametrize("name", ROWS)
def test_a_verb_is_for_those_the_table_names(name: str, letter: str) -> None:
    state = room_in(PHASES[letter])
    for who, allowed in zip((AMINA, BO, DARA), ROWS[name], strict=True):
        if who == BO and letter == "d":
            continue  # before it has begun no member is inside
        verb = command_names.COMMANDS[name]
        outcome = apply(state, verb(by=who, **NEEDS.get(verb, {})), STARTS)
        may = not (isinstance(outcome, Refusal) and outcome.code in NOT_ALLOWED)
        assert may == (letter in allowed), (who, outcome)


@pytest.mark.parametrize("name", ROWS)
def test_a_stranger_and_a_removed_person_may_do_nothing(name: str) -> None:
    state = run(room_in(Phase.OPEN), c.Remove(by=AMINA, who=BO, reason="selling"))
    verb = command_names.COMMANDS[name]
    assert refused(state, verb(by=CHEN, **NEEDS.get(verb, {}))) is Code.NOT_HERE
    assert refused(state, verb(by=BO, **NEEDS.get(verb, {}))) is Code.REMOVED


@pytest.mark.parametrize("name", ROWS)
def test_nothing_happens_behind_closed_doors(name: str) -> None:
    verb = command_names.COMMANDS[name]
    assert refused(new_room(), verb(by=AMINA, **NEEDS.get(verb, {}))) is Code.NOT_HERE
