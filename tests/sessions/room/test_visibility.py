"""What one person may see of a room."""

from __future__ import annotations

from sessions.room import commands as c
from sessions.room.state import Phase, Role
from sessions.room.visibility import view_of
from tests.support.room_builder import AMINA, BO, enter, new_room, room_in, run


def test_a_room_of_a_hundred_is_listed_whole() -> None:
    assert [card["who"] for card in view_of(room_in(Phase.OPEN), BO)["people"]] == [AMINA, BO]


def test_of_a_crowd_one_sees_the_number_and_those_who_facilitate_or_ask_to_speak() -> None:
    state = run(new_room(capacity=200), c.Tick(), enter(AMINA, role=Role.FACILITATOR))
    members = [str(number) for number in range(100, 220)]
    for who in members:
        state = run(state, enter(who), c.Admit(by=AMINA, who=who))
    state = run(state, c.RaiseHand(by="150"), c.InviteToSpeak(by=AMINA, who="160"))
    seen = view_of(state, "170")
    assert seen["count"] == 121
    assert [card["who"] for card in seen["people"]] == [AMINA, "150", "160", "170"]


def test_who_comes_and_goes_is_told_with_how_many_are_there() -> None:
    state = room_in(Phase.OPEN)
    assert view_of(state, BO)["count"] == 2
    assert view_of(run(state, c.Leave(by=BO)), AMINA)["count"] == 1
