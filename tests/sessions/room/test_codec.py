from __future__ import annotations

import json
from typing import Any

import pytest

from sessions.room import State, command_names
from sessions.room import commands as c
from sessions.room.codec import Malformed, dump, load
from sessions.room.state import AgendaStep, Phase
from sessions.room.visibility import view_of
from tests.support.room_builder import AMINA, BO, DARA, room_in, run


@pytest.mark.parametrize("phase", list(Phase))
def test_a_room_survives_the_way_through_json(phase: Phase) -> None:
    state = room_in(phase)
    if phase is Phase.OPEN:
        steps = (AgendaStep(title="Welcome", minutes=5),)
        state = run(
            state,
            c.SetAgenda(by=AMINA, steps=steps),
            c.SetTurns(by=AMINA, strict=True, share_seconds=60),
            c.StartRound(by=AMINA),
            c.Say(by=AMINA, text="hello"),
        )
    assert load(State, json.loads(json.dumps(dump(state)))) == state


def test_a_command_is_read_from_the_wire() -> None:
    raw = {"type": "set_agenda", "id": "a1", "steps": [{"title": "Welcome", "minutes": 5}]}
    expected = c.SetAgenda(by=BO, steps=(AgendaStep(title="Welcome", minutes=5),))
    assert command_names.parse(raw, by=BO) == expected


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "say"},
        {"type": "say", "text": 5},
        {"type": "say", "text": None},
        {"type": "say", "text": "a", "by": AMINA},
        {"type": "say", "text": "a", "as": AMINA},
        {"type": "lock", "on": 1},
        {"type": "edit", "message_seq": True, "text": "a"},
        {"type": "react", "reaction": "<img>"},
        {"type": "react", "reaction": ["heart"]},
        {"type": "remove", "who": BO, "reason": "x", "scope": "world"},
        {"type": "set_agenda", "steps": {"title": "a"}},
        {"type": "set_agenda", "steps": ["a"]},
        {"type": "set_agenda", "steps": [{"title": "a"}]},
    ],
)
def test_a_malformed_command_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        command_names.parse(raw, by=BO)


@pytest.mark.parametrize("name", ["enter", "tick", "expel", "Say", "", None, ["say"], "command"])
def test_the_house_verbs_and_unknown_ones_cannot_come_from_a_client(name: object) -> None:
    with pytest.raises(command_names.UnknownCommand):
        command_names.parse({"type": name, "text": "a"}, by=BO)


def test_who_waits_sees_nobody() -> None:
    state = run(room_in(Phase.OPEN), c.RaiseHand(by=BO))
    seen = view_of(state, DARA)
    about_the_room = {"seq", "phase", "hold", "is_locked", "starts_at", "ends_at", "hosts"}
    assert set(seen) == about_the_room | {"you", "help_call", "is_full"}
    assert seen["hosts"] == ["Amina"], "who waits reads whom they wait for"
    assert "Bo" not in json.dumps(seen)


def test_members_do_not_see_who_waits() -> None:
    state = room_in(Phase.OPEN)
    assert "Dara" not in json.dumps(view_of(state, BO))
    assert [card["alias"] for card in view_of(state, AMINA)["waiting"]] == ["Dara"]
