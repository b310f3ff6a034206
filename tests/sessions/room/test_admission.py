from __future__ import annotations

from datetime import timedelta

import pytest

from sessions.room import commands as c
from sessions.room.audiences import Audience
from sessions.room.payloads import HostsChanged
from sessions.room.refusals import Code
from sessions.room.state import AdmissionStatus, Phase, Role
from tests.support.room_builder import (
    AMINA,
    BO,
    CHEN,
    DARA,
    EDITH,
    STARTS,
    done,
    enter,
    kinds,
    new_room,
    refused,
    room_in,
    run,
)

FACILITATOR = Role.FACILITATOR


def test_nobody_enters_before_the_doors_open() -> None:
    early = STARTS - timedelta(minutes=15, seconds=1)
    state = run(new_room(), c.Tick(), now=early)
    assert refused(state, enter(AMINA, role=FACILITATOR), now=early) is Code.ENTRY_CLOSED


def test_five_people_who_came_early_still_wait_when_the_facilitator_enters() -> None:
    people = [str(number) for number in range(11, 16)]
    state = run(new_room(), c.Tick(), *map(enter, people), enter(AMINA, role=FACILITATOR))
    assert [who for who, _ in state.waiting()] == people
    assert [who for who, _ in state.inside()] == [AMINA]
    state = run(state, c.OpenRoom(by=AMINA))
    assert [who for who, _ in state.waiting()] == people


def test_admitting_the_first_person_opens_the_room() -> None:
    state, events = done(room_in(Phase.ENTRY_OPEN), c.Admit(by=AMINA, who=BO))
    assert state.phase is Phase.OPEN
    assert kinds(events) == ["phase", "joined"]


def test_a_person_who_waits_is_shown_to_facilitators_alone() -> None:
    _, events = done(room_in(Phase.OPEN), enter(CHEN))
    assert [(event.kind, event.audience, event.also) for event in events] == [
        ("waiting", Audience.STAFF, CHEN)
    ]


def test_admit_all_lets_in_those_who_hold_a_seat_in_order_while_seats_are_free() -> None:
    state = run(
        new_room(capacity=2),
        c.Tick(),
        enter(AMINA, role=FACILITATOR),
        enter(BO, has_seat=False),
        enter(CHEN),
        enter(DARA),
        enter("9"),
        c.AdmitAll(by=AMINA),
    )
    assert [who for who, _ in state.inside()] == [AMINA, CHEN, DARA]
    assert refused(state, c.AdmitAll(by=AMINA)) is Code.FULL
    assert refused(state, c.Admit(by=AMINA, who="9")) is Code.FULL


def test_from_the_start_on_admit_all_lets_in_the_standby_line_in_its_order() -> None:
    state = run(
        new_room(capacity=3),
        c.Tick(),
        enter(AMINA, role=FACILITATOR),
        enter(BO, has_seat=False),
        enter("8", has_seat=False, standby=2),
        enter(CHEN),
        enter(DARA, has_seat=False, standby=1),
        enter("9", has_seat=False, standby=3),
    )
    early = run(state, c.AdmitAll(by=AMINA), now=STARTS - timedelta(minutes=1))
    assert [who for who, _ in early.inside()] == [AMINA, CHEN]
    on_time = run(early, c.AdmitAll(by=AMINA))
    assert [who for who, _ in on_time.waiting()] == [BO, "9"]


def test_a_person_on_standby_enters_only_when_no_seat_holder_needs_the_seat() -> None:
    state = run(
        new_room(capacity=2),
        c.Tick(),
        enter(AMINA, role=FACILITATOR),
        enter(BO, has_seat=False),
        enter(CHEN),
        enter(DARA),
    )
    assert refused(state, c.Admit(by=AMINA, who=BO)) is Code.SEATS_ARE_HELD
    state = run(state, c.Leave(by=DARA), c.Admit(by=AMINA, who=BO))
    assert state.people[BO].is_inside


def test_a_facilitator_enters_a_full_and_locked_room() -> None:
    state = run(
        new_room(capacity=1),
        c.Tick(),
        enter(AMINA, role=FACILITATOR),
        enter(BO),
        c.Admit(by=AMINA, who=BO),
        c.Lock(by=AMINA, on=True),
        enter(EDITH, role=Role.CO_FACILITATOR),
    )
    assert state.people[EDITH].is_inside


def test_a_lock_stops_new_entries_but_not_the_return_of_who_was_inside() -> None:
    state = run(room_in(Phase.OPEN), c.Leave(by=BO), c.Lock(by=AMINA, on=True))
    assert refused(state, enter(CHEN)) is Code.LOCKED
    assert refused(state, c.Admit(by=AMINA, who=DARA)) is Code.LOCKED
    assert run(state, enter(BO)).people[BO].is_inside


def test_who_was_sent_back_waits_again_and_is_not_let_in_by_a_reconnect() -> None:
    state = run(room_in(Phase.OPEN), c.SendBack(by=AMINA, who=BO), c.Leave(by=BO), enter(BO))
    assert state.people[BO].status is AdmissionStatus.WAITING


def test_a_removed_person_is_nowhere_and_cannot_come_back_until_let_back() -> None:
    state = run(
        room_in(Phase.OPEN),
        c.RaiseHand(by=BO),
        c.Remove(by=AMINA, who=BO, reason="selling"),
    )
    assert state.hands == ()
    assert refused(state, enter(BO)) is Code.REMOVED
    state = run(state, c.LetBack(by=AMINA, who=BO), enter(BO))
    assert state.people[BO].status is AdmissionStatus.WAITING


def test_the_reason_of_a_removal_is_told_to_nobody() -> None:
    _, events = done(room_in(Phase.OPEN), c.Remove(by=AMINA, who=BO, reason="selling"))
    assert "selling" not in repr(events)
    assert [(event.kind, event.also) for event in events] == [("removed", BO)]


@pytest.mark.parametrize("verb", [c.SendBack, c.Remove])
def test_facilitators_cannot_turn_each_other_out(verb: type[c.Command]) -> None:
    state = run(room_in(Phase.OPEN), enter(EDITH, role=Role.CO_FACILITATOR))
    needs = {"reason": "quarrel"} if verb is c.Remove else {}
    assert refused(state, verb(by=EDITH, who=AMINA, **needs)) is Code.IS_STAFF


def test_a_name_that_looks_like_one_in_the_room_is_refused_at_the_door() -> None:
    state = room_in(Phase.OPEN)
    twin = c.Enter(by="77", alias="Bо", role=Role.MEMBER)  # Cyrillic о
    assert refused(state, twin) is Code.ALIAS_TAKEN


def test_a_member_hears_the_room_from_the_moment_of_admission() -> None:
    state = run(room_in(Phase.OPEN), c.Say(by=BO, text="before"))
    state, events = done(state, c.Admit(by=AMINA, who=DARA))
    assert state.people[DARA].first_visible_seq == events[0].seq
    assert run(state, c.Leave(by=DARA), enter(DARA)).people[DARA].first_visible_seq == events[0].seq
    assert state.people[AMINA].first_visible_seq == 0


def test_a_facilitator_who_lost_the_role_comes_back_as_a_member() -> None:
    state = run(room_in(Phase.OPEN), enter(EDITH, role=Role.CO_FACILITATOR), enter(EDITH))
    assert not state.people[EDITH].is_staff
    assert refused(state, c.Pause(by=EDITH)) is Code.STAFF_ONLY


def test_admit_all_lets_in_people_without_a_seat_while_places_are_free() -> None:
    early = STARTS - timedelta(minutes=10)
    state = run(new_room(capacity=2), c.Tick(), enter(AMINA, role=FACILITATOR), now=early)
    state = run(state, enter(BO, has_seat=False), enter(DARA), enter(CHEN, has_seat=False))
    state = run(state, c.AdmitAll(by=AMINA), now=early)
    assert [who for who, _ in state.inside()] == [AMINA, BO, DARA]


def test_people_who_wait_read_who_facilitates() -> None:
    state, events = done(room_in(Phase.OPEN), enter(EDITH, role=Role.CO_FACILITATOR))
    assert [(event.kind, event.audience) for event in events][1] == ("hosts", Audience.EVERYONE)
    assert events[1].payload == HostsChanged(hosts=("Amina", "Edith"))
    _, events = done(state, c.Leave(by=EDITH))
    assert HostsChanged(hosts=("Amina",)) in [event.payload for event in events]
