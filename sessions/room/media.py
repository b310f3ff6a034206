"""Voices and pictures: who may send them, who does, and what carries them.

A microphone or camera that is on in the state is on by right. Whoever loses the right finds it
off, and turns it on again by hand: nobody else ever opens one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sessions.room.events import Code, Refusal
from sessions.room.state import Backend, Phase, Receives

if TYPE_CHECKING:
    from sessions.room import commands as c
    from sessions.room.state import Occupant, State
    from sessions.room.transition import Draft

MESH_CAMERAS: Final = 4
MESH_VOICES: Final = 6
MESH_PEOPLE: Final = 16  # each voice goes to each of them by itself
_RUNNING: Final = frozenset({Phase.OPEN})
_LIVE: Final = frozenset({Phase.DOORS_OPEN, Phase.OPEN, Phase.ON_HOLD})


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may send, or does send."""

    audio: bool = False
    video: bool = False


def may_publish(state: State, who: str) -> Rights:
    """Return what a person may send now, if they turn it on."""
    return Rights(voice_refusal(state, who) is None, picture_refusal(state, who) is None)


def publishing(state: State, who: str) -> Rights:
    """Return what a person sends now; whatever carries media lets nothing else through."""
    person = state.people.get(who)
    return Rights(person.microphone, person.camera) if person else Rights()


def voice_refusal(state: State, who: str) -> Code | None:
    """Return why a person may not speak.

    When turns are strict the holder of the turn may, and facilitators: as in writing, someone must
    be able to keep the time and to step in when it is needed.
    """
    if code := _seat_refusal(state, who):
        return code
    person = state.people[who]
    if person.is_muted:
        return Code.MUTED
    if state.is_strict and not person.is_staff and not _holds_turn(state, who):
        return Code.NOT_YOUR_TURN
    return None


def picture_refusal(state: State, who: str) -> Code | None:
    """Return why a person may not be seen. Strict turns are about voices: faces may listen."""
    return _seat_refusal(state, who) or (None if state.cameras_allowed else Code.CAMERAS_OFF)


def microphone(draft: Draft, command: c.Microphone) -> Refusal | None:
    """Turn one's microphone on or off."""
    return _switch(draft, command, "microphone", voice_refusal(draft.state, command.by))


def camera(draft: Draft, command: c.Camera) -> Refusal | None:
    """Turn one's camera on or off."""
    return _switch(draft, command, "camera", picture_refusal(draft.state, command.by))


def mute(draft: Draft, command: c.Mute) -> Refusal | None:
    """Turn a microphone off. A facilitator's too, who may turn it on again: control is equal."""
    person = draft.state.people.get(command.who)
    if person is None or not person.is_inside:
        return Refusal(Code.UNKNOWN_PERSON)
    if person.is_staff:
        _turn_off(draft, command.who, "microphone")
    else:
        _hold_mute(draft, command.who, on=True)
    return None


def mute_all(draft: Draft, _: c.MuteAll) -> Refusal | None:
    """Mute the members who are inside."""
    for who, person in list(draft.state.inside()):
        if not person.is_staff:
            _hold_mute(draft, who, on=True)
    return None


def allow_voice(draft: Draft, command: c.AllowVoice) -> Refusal | None:
    """Let people turn their microphones on again, by themselves."""
    if command.who is not None and command.who not in draft.state.people:
        return Refusal(Code.UNKNOWN_PERSON)
    for who in [command.who] if command.who is not None else list(draft.state.people):
        _hold_mute(draft, who, on=False)
    return None


def cameras(draft: Draft, command: c.Cameras) -> Refusal | None:
    """Allow cameras or not: the facilitators' are no exception."""
    if draft.state.cameras_allowed != command.on:
        draft.change(cameras_allowed=command.on)
        draft.tell("cameras", on=command.on)
    return None


def receive(draft: Draft, command: c.Receive) -> Refusal | None:
    """Take less, or more, of the others. Who takes text alone sends text alone."""
    if draft.state.people[command.by].receives is not command.what:
        draft.change_person(command.by, receives=command.what)
        draft.tell("receives", who=command.by, what=command.what)
    return None


def connect_directly(draft: Draft, command: c.ConnectDirectly) -> Refusal | None:
    """Agree to show one's network address to those who show theirs."""
    if command.on and not draft.state.direct_allowed:
        return Refusal(Code.NO_DIRECT)
    if draft.state.people[command.by].is_direct != command.on:
        draft.change_person(command.by, is_direct=command.on)
        draft.tell("direct", who=command.by, on=command.on)
    return None


def server_went(draft: Draft, command: c.ServerWent) -> Refusal | None:
    """Note that the server for media is down, or back; what follows from it is settled after."""
    draft.change(is_server_down=command.is_down)
    return None


def settle(draft: Draft, before: State) -> None:
    """Turn off what somebody no longer has a right to, and choose what carries the rest."""
    _quiet_for_a_new_turn(draft, before)
    for who, person in list(draft.state.people.items()):
        if person.microphone and (code := voice_refusal(draft.state, who)):
            _turn_off(draft, who, "microphone", why=code)
        if person.camera and (code := picture_refusal(draft.state, who)):
            _turn_off(draft, who, "camera", why=code)
    backend = _carrier(draft.state)
    if backend is not draft.state.backend:
        draft.change(backend=backend)
        draft.tell("media", media=media_of(draft.state))


def media_of(state: State) -> dict[str, Any]:
    """Return what those inside may know of how voices and pictures travel."""
    return {
        "backend": state.backend,
        "offered": bool(state.backends),
        "is_down": state.is_server_down,
        "cameras_allowed": state.cameras_allowed,
        "direct_allowed": state.direct_allowed,
    }


def _seat_refusal(state: State, who: str) -> Code | None:
    """Return why a person may send neither voice nor picture."""
    person = state.people.get(who)
    if person is None or not person.is_inside:
        return Code.NOT_HERE
    if not state.backends:
        return Code.NO_MEDIA
    if state.phase not in (_LIVE if person.is_staff else _RUNNING):
        return Code.ON_HOLD if state.phase is Phase.ON_HOLD else Code.NOT_OPEN
    if person.only_listens:
        return Code.LISTENS_ONLY
    return Code.TEXT_SEAT if person.receives is Receives.TEXT else None


def _switch(
    draft: Draft, command: c.Microphone | c.Camera, name: str, refusal: Code | None
) -> Refusal | None:
    if getattr(draft.state.people[command.by], name) == command.on:
        return None
    if not command.on:
        _turn_off(draft, command.by, name)
        return None
    if refusal or (refusal := _no_room_for(draft.state, name)):
        return Refusal(refusal)
    draft.change_person(command.by, **{name: True})
    draft.tell(name, who=command.by, on=True, why=None)
    return None


def _no_room_for(state: State, name: str) -> Code | None:
    """Return why one more microphone or camera is too many, or cannot be carried at all."""
    if state.backend is Backend.NONE:
        return Code.NO_MEDIA
    if _has_server(state):
        return None
    if name == "camera":
        return Code.TOO_MANY_CAMERAS if _count(state, name) >= MESH_CAMERAS else None
    return Code.TOO_MANY_VOICES if _count(state, name) >= MESH_VOICES else None


def _carrier(state: State) -> Backend:
    """Return the smallest that carries this room. A room that moved to the server stays there."""
    fits_a_mesh = (
        Backend.MESH in state.backends
        and _count(state, "camera") <= MESH_CAMERAS
        and _count(state, "microphone") <= MESH_VOICES
        and sum(person.receives is not Receives.TEXT for _, person in state.inside()) <= MESH_PEOPLE
    )
    stays = state.backend is Backend.JANUS or not fits_a_mesh
    if _has_server(state) and stays:
        return Backend.JANUS
    return Backend.MESH if fits_a_mesh else Backend.NONE


def _has_server(state: State) -> bool:
    return Backend.JANUS in state.backends and not state.is_server_down


def _quiet_for_a_new_turn(draft: Draft, before: State) -> None:
    """Begin a strict turn in silence: a facilitator who must step in turns on again by hand."""
    state = draft.state
    if not state.is_strict or state.turn is None:
        return
    if before.is_strict and before.turn and before.turn.who == state.turn.who:
        return
    for who, person in list(state.people.items()):
        if person.microphone and who != state.turn.who:
            _turn_off(draft, who, "microphone", why=Code.NOT_YOUR_TURN)


def _hold_mute(draft: Draft, who: str, *, on: bool) -> None:
    if draft.state.people[who].is_muted == on:
        return
    draft.change_person(who, is_muted=on)
    draft.tell("muted", who=who, on=on)


def _turn_off(draft: Draft, who: str, name: str, *, why: Code | None = None) -> None:
    person: Occupant = draft.state.people[who]
    if not getattr(person, name):
        return
    draft.change_person(who, **{name: False})
    if person.is_inside:  # who has gone is told by their going
        draft.tell(name, who=who, on=False, why=why)


def _holds_turn(state: State, who: str) -> bool:
    return state.turn is not None and state.turn.who == who


def _count(state: State, name: str) -> int:
    return sum(getattr(person, name) for person in state.people.values())
