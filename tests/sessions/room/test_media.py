"""Who may be heard and seen, and what carries it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sessions.room import State
from sessions.room import commands as c
from sessions.room.codec import dump_fields
from sessions.room.events import EventKind
from sessions.room.media import Rights, may_publish, publishing
from sessions.room.refusals import Code
from sessions.room.state import Backend, Phase, Receives, Role
from sessions.room.visibility import view_of
from tests.support.room_builder import (
    AMINA,
    BO,
    CHEN,
    DARA,
    EDITH,
    done,
    enter,
    kinds,
    new_room,
    refused,
    room_in,
    run,
)

MESH = (Backend.MESH,)
BOTH = (Backend.MESH, Backend.JANUS)
BOTH_RIGHTS = Rights(audio=True, video=True)


def with_media(state: State, backends: tuple[Backend, ...] = MESH) -> State:
    return run(replace(state, backends=backends), c.Tick())


@pytest.fixture
def room() -> State:
    """Return an open room with voices: Amina, Bo and Dara are inside."""
    return run(with_media(room_in(Phase.OPEN)), c.Admit(by=AMINA, who=DARA))


def large_room(backends: tuple[Backend, ...]) -> tuple[State, list[str]]:
    """Return an open room with ten members inside, and who they are."""
    members = [str(number) for number in range(100, 110)]
    state = with_media(new_room(), backends)
    state = run(state, c.Tick(), enter(AMINA, role=Role.FACILITATOR), *map(enter, members))
    return run(state, c.AdmitAll(by=AMINA)), members


def on(who: str) -> c.Microphone:
    return c.Microphone(by=who, on=True)


def seen(who: str) -> c.Camera:
    return c.Camera(by=who, on=True)


def test_everyone_comes_in_muted_and_unseen(room: State) -> None:
    assert [publishing(room, who) for who in (AMINA, BO, DARA)] == [Rights()] * 3
    state = run(room, on(BO), seen(BO))
    assert publishing(state, BO) == BOTH_RIGHTS
    card = next(card for card in view_of(state, DARA)["people"] if card["who"] == BO)
    assert (card["microphone"], card["camera"], card["is_muted"]) == (True, True, False)


def test_who_comes_back_comes_back_muted_and_unseen(room: State) -> None:
    state = run(room, on(BO), seen(BO), c.Leave(by=BO), enter(BO))
    assert state.people[BO].is_inside
    assert publishing(state, BO) == Rights()


@pytest.mark.parametrize(
    ("before", "who", "rights", "why"),
    [
        ((), BO, BOTH_RIGHTS, None),
        ((c.Pause(by=AMINA),), BO, Rights(), Code.ON_HOLD),
        ((c.Pause(by=AMINA),), AMINA, BOTH_RIGHTS, None),
        ((c.Leave(by=AMINA),), BO, BOTH_RIGHTS, None),
        ((c.End(by=AMINA),), AMINA, Rights(), Code.ENDED),
        ((c.SendBack(by=AMINA, who=BO),), BO, Rights(), Code.WAITING),
        ((c.Remove(by=AMINA, who=BO, reason="sells"),), BO, Rights(), Code.REMOVED),
        ((c.Leave(by=BO),), BO, Rights(), Code.NOT_HERE),
        ((c.Listen(by=BO, on=True),), BO, Rights(), Code.LISTENS_ONLY),
        ((c.Receive(by=BO, what=Receives.TEXT),), BO, Rights(), Code.TEXT_ONLY),
        ((c.Receive(by=BO, what=Receives.AUDIO),), BO, BOTH_RIGHTS, None),
        ((c.Mute(by=AMINA, who=BO),), BO, Rights(video=True), Code.MUTED),
        ((c.MuteAll(by=AMINA),), BO, Rights(video=True), Code.MUTED),
        ((c.MuteAll(by=AMINA),), AMINA, BOTH_RIGHTS, None),
        ((c.MuteAll(by=AMINA), c.AllowVoice(by=AMINA)), BO, BOTH_RIGHTS, None),
        ((c.SetTurns(by=AMINA, strict=True),), BO, Rights(video=True), Code.HAND_FIRST),
        ((c.SetTurns(by=AMINA, strict=True),), AMINA, BOTH_RIGHTS, None),
        (
            (c.SetTurns(by=AMINA, strict=True), c.InviteToSpeak(by=AMINA, who=BO)),
            BO,
            BOTH_RIGHTS,
            None,
        ),
        (
            (c.SetTurns(by=AMINA, strict=True), c.InviteToSpeak(by=AMINA, who=DARA)),
            BO,
            Rights(video=True),
            Code.NOT_YOUR_TURN,
        ),
    ],
)
def test_who_may_publish(
    room: State, before: tuple[c.Command, ...], who: str, rights: Rights, why: Code | None
) -> None:
    """Whoever had both on before loses what is not theirs now, and cannot turn it on again."""
    state = run(room, on(who), seen(who), *before)
    assert may_publish(state, who) == rights
    sent = publishing(state, who)
    assert (sent.audio <= rights.audio, sent.video) == (True, rights.video)
    if why:
        assert refused(state, on(who)) is why


def test_pictures_are_refused_with_their_own_reason(room: State) -> None:
    state = run(room, seen(BO), seen(AMINA), c.Cameras(by=AMINA, on=False))
    assert not publishing(state, BO).video
    assert not publishing(state, AMINA).video
    assert refused(state, seen(BO)) is Code.CAMERAS_OFF
    assert refused(state, seen(AMINA)) is Code.CAMERAS_OFF
    run(state, c.Cameras(by=AMINA, on=True), seen(BO))


def test_a_facilitators_mute_outlasts_leaving_and_coming_back(room: State) -> None:
    state = run(room, c.Mute(by=AMINA, who=BO), c.Leave(by=BO), enter(BO))
    assert refused(state, on(BO)) is Code.MUTED
    state = run(state, c.AllowVoice(by=AMINA, who=BO))
    assert not publishing(state, BO).audio, "nobody opens the microphone of another"
    assert publishing(run(state, on(BO)), BO).audio


def test_a_facilitator_can_be_quieted_but_not_held_mute(room: State) -> None:
    state = run(room, enter(EDITH, role=Role.CO_FACILITATOR), on(EDITH))
    state = run(state, c.Mute(by=AMINA, who=EDITH))
    assert not publishing(state, EDITH).audio
    run(state, on(EDITH))


def test_only_those_inside_can_be_muted(room: State) -> None:
    assert refused(room, c.Mute(by=AMINA, who=CHEN)) is Code.UNKNOWN_PERSON
    assert refused(room, c.AllowVoice(by=AMINA, who=CHEN)) is Code.UNKNOWN_PERSON


def test_a_strict_turn_begins_in_silence_and_only_its_holder_may_end_it(room: State) -> None:
    state = run(room, c.SetTurns(by=AMINA, strict=True), c.InviteToSpeak(by=AMINA, who=BO), on(BO))
    state = run(state, on(AMINA))
    state, events = done(state, c.InviteToSpeak(by=AMINA, who=DARA))
    assert not any(publishing(state, who).audio for who in (AMINA, BO, DARA))
    quieted = {event.subject for event in events if event.kind is EventKind.MICROPHONE}
    assert quieted == {AMINA, BO}
    assert refused(state, on(BO)) is Code.NOT_YOUR_TURN
    assert publishing(run(state, on(DARA)), DARA).audio


def test_a_turn_that_goes_on_quiets_nobody(room: State) -> None:
    state = run(room, c.SetTurns(by=AMINA, strict=True), c.InviteToSpeak(by=AMINA, who=BO), on(BO))
    state = run(state, on(AMINA), c.RaiseHand(by=DARA))
    assert publishing(state, BO).audio
    assert publishing(state, AMINA).audio


def test_a_pause_is_told_with_everyone_it_quiets(room: State) -> None:
    state, events = done(run(room, on(BO), seen(DARA), on(AMINA)), c.Pause(by=AMINA))
    assert kinds(events) == ["phase", "microphone", "camera"]
    switched = [dump_fields(event.payload) for event in events[1:]]
    assert {payload["why"] for payload in switched} == {Code.ON_HOLD}
    assert publishing(state, AMINA).audio


def test_what_is_so_already_is_not_told_again(room: State) -> None:
    state = run(room, on(BO), c.Mute(by=AMINA, who=DARA))
    for command in (
        on(BO),
        c.Camera(by=BO, on=False),
        c.Mute(by=AMINA, who=DARA),
        c.AllowVoice(by=AMINA, who=BO),
        c.Cameras(by=AMINA, on=True),
        c.Receive(by=BO, what=Receives.EVERYTHING),
        c.ConnectDirectly(by=BO, on=False),
    ):
        assert done(state, command)[1] == (), command


def test_a_room_without_media_says_so() -> None:
    state = room_in(Phase.OPEN)
    assert view_of(state, BO)["media"]["offered"] is False
    assert refused(state, on(BO)) is Code.NO_MEDIA
    state = run(with_media(state), on(BO))
    switched_off = run(replace(state, backends=()), c.Tick())
    assert publishing(switched_off, BO) == Rights()


def test_direct_connections_need_the_operator_and_the_person(room: State) -> None:
    assert refused(room, c.ConnectDirectly(by=BO, on=True)) is Code.NO_DIRECT
    state = run(replace(room, direct_allowed=True), c.ConnectDirectly(by=BO, on=True))
    cards = {card["who"]: card["is_direct"] for card in view_of(state, DARA)["people"]}
    assert cards == {AMINA: False, BO: True, DARA: False}


def test_a_mesh_alone_refuses_the_fifth_camera_and_the_seventh_voice() -> None:
    state, members = large_room(MESH)
    state = run(state, *map(seen, members[:4]), *map(on, members[:6]))
    assert refused(state, seen(members[4])) is Code.TOO_MANY_CAMERAS
    assert refused(state, on(members[6])) is Code.TOO_MANY_MICROPHONES
    run(state, c.Camera(by=members[0], on=False), seen(members[4]))


@pytest.mark.parametrize(("switch", "fits"), [(seen, 4), (on, 6)])
def test_one_more_than_a_mesh_carries_moves_the_room_to_the_server(
    switch: type[c.Camera], fits: int
) -> None:
    state, members = large_room(BOTH)
    state = run(state, *map(switch, members[:fits]))
    assert state.backend is Backend.MESH
    state, events = done(state, switch(members[fits]))
    assert kinds(events)[-1] == "media"
    assert dump_fields(events[-1].payload)["media"]["backend"] == Backend.JANUS
    switch_off = type(switch(members[0]))
    state = run(state, *[switch_off(by=who, on=False) for who in members])
    assert state.backend is Backend.JANUS, "a room does not go to and fro"


def test_without_its_server_a_large_room_goes_on_as_text_and_comes_back() -> None:
    state, members = large_room(BOTH)
    state = run(state, *map(seen, members[:5]))
    down, (event,) = done(state, c.MediaServerChanged(is_down=True))
    assert dump_fields(event.payload)["media"] == {
        "backend": Backend.NONE,
        "offered": True,
        "is_down": True,
        "cameras_allowed": True,
        "direct_allowed": False,
    }
    assert refused(down, on(members[6])) is Code.NO_MEDIA
    up = run(down, c.MediaServerChanged(is_down=False))
    assert up.backend is Backend.JANUS
    assert publishing(up, members[0]).video, "who was seen is seen again"


def test_without_its_server_a_small_room_connects_each_with_each() -> None:
    state, members = large_room(BOTH)
    state = run(state, *map(seen, members[:5]), c.Camera(by=members[0], on=False))
    state = run(state, c.MediaServerChanged(is_down=True))
    assert state.backend is Backend.MESH
    assert run(state, c.MediaServerChanged(is_down=False)).backend is Backend.MESH


def test_too_many_ears_are_too_many_for_a_mesh() -> None:
    members = [str(number) for number in range(100, 117)]
    state = run(with_media(new_room(capacity=20)), c.Tick(), enter(AMINA, role=Role.FACILITATOR))
    state = run(state, *map(enter, members), c.AdmitAll(by=AMINA))
    assert state.backend is Backend.NONE
    texts = [c.Receive(by=who, what=Receives.TEXT) for who in members[:2]]
    assert run(state, *texts).backend is Backend.MESH
