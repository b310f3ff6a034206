from __future__ import annotations

from datetime import timedelta

import pytest

from sessions.room import State
from sessions.room import commands as c
from sessions.room.codec import dump_fields
from sessions.room.refusals import Code
from sessions.room.state import Phase
from tests.support.room_builder import (
    AMINA,
    BO,
    CHEN,
    DARA,
    STARTS,
    done,
    enter,
    kinds,
    refused,
    room_in,
    run,
)


@pytest.fixture
def room() -> State:
    """Return an open room with Amina, Bo, Dara and Chen inside."""
    return run(room_in(Phase.OPEN), enter(CHEN), c.AdmitAll(by=AMINA))


def holder(state: State) -> str | None:
    return state.turn.who if state.turn else None


def test_hands_are_an_ordered_queue(room: State) -> None:
    state = run(room, c.RaiseHand(by=DARA), c.RaiseHand(by=BO), c.RaiseHand(by=DARA))
    assert state.hands == (DARA, BO)
    state = run(state, c.InviteToSpeak(by=AMINA))
    assert (holder(state), state.hands) == (DARA, (BO,))


def test_only_a_facilitator_lowers_the_hand_of_another(room: State) -> None:
    state = run(room, c.RaiseHand(by=DARA))
    assert refused(state, c.LowerHand(by=BO, who=DARA)) is Code.STAFF_ONLY
    assert run(state, c.LowerHand(by=AMINA, who=DARA)).hands == ()
    assert run(state, c.LowerHand(by=DARA)).hands == ()


def test_the_speaker_passes_the_turn_on(room: State) -> None:
    state = run(room, c.InviteToSpeak(by=AMINA, who=BO), c.RaiseHand(by=CHEN))
    assert refused(state, c.FinishTurn(by=DARA)) is Code.NOT_YOUR_TURN
    assert holder(run(state, c.FinishTurn(by=BO))) == CHEN
    assert holder(run(state, c.FinishTurn(by=BO, who=DARA))) == DARA
    assert holder(run(state, c.FinishTurn(by=BO), c.FinishTurn(by=CHEN))) is None


def test_nobody_outside_gets_the_turn(room: State) -> None:
    state = run(room, c.Leave(by=BO))
    assert refused(state, c.InviteToSpeak(by=AMINA, who=BO)) is Code.UNKNOWN_PERSON
    assert refused(state, c.InviteToSpeak(by=AMINA)) is Code.NOBODY_NEXT


def test_in_a_round_everyone_has_one_turn_and_passing_costs_nothing(room: State) -> None:
    state = run(room, c.StartRound(by=AMINA))
    order = [holder(state)]
    state = run(state, c.FinishTurn(by=AMINA), c.SkipTurn(by=CHEN))
    order.append(holder(state))
    state = run(state, c.FinishTurn(by=BO))
    order.append(holder(state))
    state, events = done(state, c.FinishTurn(by=DARA))
    assert order == [AMINA, BO, DARA]
    assert kinds(events) == ["turn_ended", "round_ended"]
    assert state.still_to_share is None


def test_who_leaves_during_their_turn_leaves_it_to_the_next(room: State) -> None:
    state = run(room, c.StartRound(by=AMINA), c.FinishTurn(by=AMINA), c.Leave(by=BO))
    assert holder(state) == DARA


def test_a_listening_only_seat_is_never_asked(room: State) -> None:
    state = run(room, c.RaiseHand(by=BO), c.Listen(by=BO, on=True))
    assert state.hands == ()
    assert refused(state, c.RaiseHand(by=BO)) is Code.LISTENS_ONLY
    assert refused(state, c.InviteToSpeak(by=AMINA, who=BO)) is Code.LISTENS_ONLY
    state = run(state, c.StartRound(by=AMINA))
    assert BO not in (state.still_to_share or ())


def test_strict_turns_let_only_the_holder_and_facilitators_speak(room: State) -> None:
    state = run(room, c.SetTurns(by=AMINA, strict=True))
    assert refused(state, c.Say(by=DARA, text="but")) is Code.HAND_FIRST, "nobody is speaking"
    assert refused(state, c.FinishTurn(by=DARA)) is Code.NO_TURN
    state = run(state, c.InviteToSpeak(by=AMINA, who=BO))
    assert refused(state, c.Say(by=DARA, text="but")) is Code.NOT_YOUR_TURN
    run(state, c.Say(by=BO, text="I"), c.Say(by=AMINA, text="yes"))


def test_a_share_timer_is_told_with_the_turn_and_cuts_nobody_off(room: State) -> None:
    state = run(room, c.SetTurns(by=AMINA, strict=True, share_seconds=180))
    state, (event,) = done(state, c.InviteToSpeak(by=AMINA, who=BO))
    ends_at = (STARTS + timedelta(seconds=180)).isoformat()
    assert dump_fields(event.payload)["turns"]["turn"]["ends_at"] == ends_at
    late = STARTS + timedelta(seconds=400)
    assert holder(run(state, c.Tick(), c.Say(by=BO, text="and"), now=late)) == BO


@pytest.mark.parametrize("seconds", [-1, 0, 29, 1801])
def test_a_share_is_half_a_minute_to_half_an_hour(room: State, seconds: int) -> None:
    command = c.SetTurns(by=AMINA, strict=False, share_seconds=seconds)
    assert refused(room, command) is Code.OUT_OF_RANGE
