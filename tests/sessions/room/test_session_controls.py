from __future__ import annotations

from datetime import timedelta

from sessions.room import commands as c
from sessions.room.audiences import Audience
from sessions.room.payloads import AgendaChanged, PhaseChanged
from sessions.room.refusals import Code
from sessions.room.state import AgendaStep, Hold, Phase, Role
from tests.support.room_builder import (
    AMINA,
    BO,
    DARA,
    EDITH,
    ENDS,
    STARTS,
    done,
    enter,
    kinds,
    new_room,
    refused,
    room_in,
    run,
)


def after(**length: int) -> object:
    return STARTS + timedelta(**length)


def test_the_doors_open_fifteen_minutes_before() -> None:
    assert run(new_room(), c.Tick(), now=after(minutes=-16)).phase is Phase.CLOSED
    assert run(new_room(), c.Tick(), now=after(minutes=-15)).phase is Phase.ENTRY_OPEN


def test_no_member_can_open_a_room_without_facilitator() -> None:
    state = run(new_room(), c.Tick(), enter(BO))
    assert refused(state, c.OpenRoom(by=BO)) is Code.WAITING
    assert run(state, c.Tick(), now=after(minutes=40)).phase is Phase.ENTRY_OPEN


def test_a_room_without_facilitator_goes_on_hold_after_two_minutes_and_says_why() -> None:
    state = run(room_in(Phase.OPEN), c.Leave(by=AMINA))
    assert run(state, c.Tick(), now=after(seconds=119)).phase is Phase.OPEN
    state, events = done(state, c.Tick(), now=after(seconds=120))
    assert (state.phase, state.hold) == (Phase.ON_HOLD, Hold.NO_FACILITATOR)
    assert events[0].audience is Audience.EVERYONE
    assert events[0].payload == PhaseChanged(phase=Phase.ON_HOLD, hold=Hold.NO_FACILITATOR, by=None)
    assert refused(state, c.Say(by=BO, text="hello?")) is Code.ON_HOLD


def test_a_facilitator_who_comes_back_in_time_changes_nothing() -> None:
    state = run(room_in(Phase.OPEN), c.Leave(by=AMINA))
    state, events = done(state, enter(AMINA, role=Role.FACILITATOR), now=after(seconds=110))
    assert kinds(events) == ["joined", "hosts"]
    state, events = done(state, c.Tick(), now=after(seconds=200))
    assert (state.phase, events) == (Phase.OPEN, ())


def test_a_second_facilitator_keeps_the_room_open() -> None:
    state = run(room_in(Phase.OPEN), enter(EDITH, role=Role.CO_FACILITATOR), c.Leave(by=AMINA))
    assert run(state, c.Tick(), now=after(minutes=10)).phase is Phase.OPEN


def test_a_co_facilitator_takes_over_a_room_on_hold() -> None:
    state = run(room_in(Phase.OPEN), c.Leave(by=AMINA))
    state = run(
        state,
        c.Tick(),
        enter(EDITH, role=Role.CO_FACILITATOR),
        c.TakeOver(by=EDITH),
        now=after(minutes=3),
    )
    assert (state.phase, state.lead) == (Phase.OPEN, EDITH)


def test_a_paused_room_that_loses_its_facilitator_says_so() -> None:
    state = run(room_in(Phase.ON_HOLD), c.Leave(by=AMINA))
    state = run(state, c.Tick(), now=after(minutes=2))
    assert state.hold is Hold.NO_FACILITATOR


def test_a_pause_silences_members_and_nobody_else() -> None:
    state = room_in(Phase.ON_HOLD)
    assert refused(state, c.Say(by=BO, text="hello")) is Code.ON_HOLD
    assert refused(state, c.RaiseHand(by=BO)) is Code.ON_HOLD
    run(state, c.Say(by=AMINA, text="hello"), c.AskForHelp(by=BO))
    assert run(state, c.Resume(by=AMINA)).phase is Phase.OPEN


def test_a_forgotten_room_ends_half_an_hour_after_its_hour() -> None:
    state = run(room_in(Phase.OPEN), c.Tick(), now=ENDS + timedelta(minutes=29))
    assert state.phase is Phase.OPEN
    state = run(state, c.Tick(), now=ENDS + timedelta(minutes=30))
    assert (state.phase, state.ended_at) == (Phase.ENDED, ENDS + timedelta(minutes=30))
    assert refused(state, enter(BO)) is Code.ENDED


def test_a_room_asked_for_on_the_day_after_is_over() -> None:
    state, events = done(new_room(), c.Tick(), now=STARTS + timedelta(days=1))
    assert state.phase is Phase.ENDED
    phases = [
        PhaseChanged(phase=phase, hold=None, by=None) for phase in (Phase.ENTRY_OPEN, Phase.ENDED)
    ]
    assert [event.payload for event in events] == phases


def test_everyone_inside_sees_the_step_and_its_time() -> None:
    steps = (AgendaStep(title="Welcome", minutes=5), AgendaStep(title="Shares", minutes=40))
    state = run(room_in(Phase.OPEN), c.SetAgenda(by=AMINA, steps=steps))
    state, (event,) = done(state, c.StartStep(by=AMINA, step=1))
    assert event.audience is Audience.ROOM
    assert isinstance(event.payload, AgendaChanged)
    assert event.payload.agenda
    assert event.payload.agenda.ends_at == STARTS + timedelta(minutes=40)
    assert refused(state, c.StartStep(by=AMINA, step=2)) is Code.OUT_OF_RANGE
    assert refused(state, c.StartStep(by=AMINA, step=-1)) is Code.OUT_OF_RANGE
    assert run(state, c.SetAgenda(by=AMINA, steps=())).agenda is None


def test_an_agenda_without_titles_or_with_endless_steps_is_refused() -> None:
    for step in (
        AgendaStep(title=" ", minutes=5),
        AgendaStep(title="x", minutes=0),
        AgendaStep(title="x" * 81, minutes=5),
    ):
        command = c.SetAgenda(by=AMINA, steps=(step,))
        assert refused(room_in(Phase.OPEN), command) is Code.OUT_OF_RANGE


def test_the_end_lowers_every_hand() -> None:
    state = run(
        room_in(Phase.OPEN),
        c.Admit(by=AMINA, who=DARA),
        c.StartRound(by=AMINA),
        c.RaiseHand(by=BO),
        c.End(by=AMINA),
    )
    assert (state.hands, state.turn, state.still_to_share) == ((), None, None)


def test_a_step_that_is_under_way_goes_on_while_later_ones_are_written() -> None:
    steps = (AgendaStep(title="Welcome", minutes=5), AgendaStep(title="Round", minutes=30))
    state = run(
        room_in(Phase.OPEN), c.SetAgenda(by=AMINA, steps=steps), c.StartStep(by=AMINA, step=0)
    )
    longer = (*steps, AgendaStep(title="Goodbye", minutes=5))
    later = run(state, c.SetAgenda(by=AMINA, steps=longer), now=after(minutes=3))
    assert later.agenda is not None
    assert (later.agenda.current, later.agenda.ends_at) == (0, after(minutes=5))
    other = run(state, c.SetAgenda(by=AMINA, steps=steps[1:]))
    assert other.agenda is not None
    assert other.agenda.current is None


def test_a_session_is_reopened_within_two_minutes_and_everyone_is_still_inside() -> None:
    ended = room_in(Phase.ENDED)
    state, (event,) = done(ended, c.Reopen(by=AMINA), now=after(minutes=2))
    assert event.audience is Audience.EVERYONE
    assert (state.phase, state.ended_at) == (Phase.OPEN, None)
    assert [who for who, _ in state.inside()] == [AMINA, BO]
    assert state.phase is run(state, c.Tick(), now=after(minutes=3)).phase


def test_a_session_is_not_reopened_later_nor_past_its_overtime() -> None:
    late = after(minutes=2, seconds=1)
    assert refused(room_in(Phase.ENDED), c.Reopen(by=AMINA), now=late) is Code.TOO_LATE_TO_REOPEN
    overdue = ENDS + timedelta(minutes=30)
    state = run(room_in(Phase.OPEN), c.Tick(), now=overdue)
    assert refused(state, c.Reopen(by=AMINA), now=overdue) is Code.TOO_LATE_TO_REOPEN
