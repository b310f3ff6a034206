"""Audio and video: who may send them, who does, and which backend carries them.

A microphone or camera that is on in the state is on by right. People who lose the right find it
off and turn it on again by hand; nobody can turn on the device of another person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sessions.room import payloads
from sessions.room.refusals import Code, Refusal
from sessions.room.state import Backend, Phase, Receives
from sessions.room.visibility import MediaView

if TYPE_CHECKING:
    from sessions.room import commands as c
    from sessions.room.state import Participant, State
    from sessions.room.transition import Transition

MESH_CAMERAS: Final = 4
MESH_MICROPHONES: Final = 6
MESH_PEOPLE: Final = 16  # each sends separately to each of the others
_OPEN_TO_MEMBERS: Final = frozenset({Phase.OPEN})
_OPEN_TO_STAFF: Final = frozenset({Phase.ENTRY_OPEN, Phase.OPEN, Phase.ON_HOLD})


class Device(StrEnum):
    """What a person may turn on: a field of ``Participant``."""

    MICROPHONE = "microphone"
    CAMERA = "camera"

    def is_on(self, person: Participant) -> bool:
        """Whether a person has it on."""
        return person.microphone if self is Device.MICROPHONE else person.camera


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may send, or does send."""

    audio: bool = False
    video: bool = False


def may_publish(state: State, who: str) -> Rights:
    """Return what a person may turn on now."""
    return Rights(audio_refusal(state, who) is None, video_refusal(state, who) is None)


def publishing(state: State, who: str) -> Rights:
    """Return what a person has turned on. A backend must let through nothing else."""
    person = state.people.get(who)
    return Rights(person.microphone, person.camera) if person else Rights()


def audio_refusal(state: State, who: str) -> Code | None:
    """Return why a person may not send audio.

    In strict turns the holder of the turn may, and facilitators, who must be able to step in.
    """
    if code := _media_refusal(state, who):
        return code
    person = state.people[who]
    if person.is_muted:
        return Code.MUTED
    if state.is_strict and not person.is_staff and not state.holds_turn(who):
        return Code.NOT_YOUR_TURN if state.turn else Code.HAND_FIRST
    return None


def video_refusal(state: State, who: str) -> Code | None:
    """Return why a person may not send video. Strict turns do not concern video."""
    return _media_refusal(state, who) or (None if state.cameras_allowed else Code.CAMERAS_OFF)


def microphone(transition: Transition, command: c.Microphone) -> Refusal | None:
    """Turn one's own microphone on or off."""
    refusal = audio_refusal(transition.state, command.by)
    return _switch(transition, command, Device.MICROPHONE, refusal)


def camera(transition: Transition, command: c.Camera) -> Refusal | None:
    """Turn one's own camera on or off."""
    refusal = video_refusal(transition.state, command.by)
    return _switch(transition, command, Device.CAMERA, refusal)


def mute(transition: Transition, command: c.Mute) -> Refusal | None:
    """Turn a microphone off. A facilitator may turn theirs on again, a member must be allowed to."""
    person = transition.state.people.get(command.who)
    if person is None or not person.is_inside:
        return Refusal(Code.UNKNOWN_PERSON)
    if person.is_staff:
        _turn_off(transition, command.who, Device.MICROPHONE)
    else:
        _set_muted(transition, command.who, on=True)
    return None


def mute_all(transition: Transition, _: c.MuteAll) -> Refusal | None:
    """Mute the members who are inside."""
    for who, person in list(transition.state.inside()):
        if not person.is_staff:
            _set_muted(transition, who, on=True)
    return None


def allow_voice(transition: Transition, command: c.AllowVoice) -> Refusal | None:
    """Allow one person, or everyone, to turn their microphone on again."""
    people = transition.state.people
    if command.who is not None and command.who not in people:
        return Refusal(Code.UNKNOWN_PERSON)
    for who in [command.who] if command.who is not None else list(people):
        _set_muted(transition, who, on=False)
    return None


def cameras(transition: Transition, command: c.Cameras) -> Refusal | None:
    """Allow cameras or not, for facilitators too."""
    if transition.state.cameras_allowed != command.on:
        transition.change(cameras_allowed=command.on)
        transition.emit(payloads.CamerasAllowed(on=command.on))
    return None


def receive(transition: Transition, command: c.Receive) -> Refusal | None:
    """Set how much media a person receives. People who receive text only send text only."""
    if transition.state.people[command.by].receives is not command.what:
        transition.change_person(command.by, receives=command.what)
        transition.emit(payloads.ReceivesChanged(who=command.by, what=command.what))
    return None


def connect_directly(transition: Transition, command: c.ConnectDirectly) -> Refusal | None:
    """Set whether a person agrees to direct connections."""
    if command.on and not transition.state.direct_allowed:
        return Refusal(Code.NO_DIRECT)
    if transition.state.people[command.by].is_direct != command.on:
        transition.change_person(command.by, is_direct=command.on)
        transition.emit(payloads.DirectChanged(who=command.by, on=command.on))
    return None


def media_server_changed(transition: Transition, command: c.MediaServerChanged) -> Refusal | None:
    """Note whether the media server is down. ``enforce_rights`` draws the consequences."""
    transition.change(is_server_down=command.is_down)
    return None


def enforce_rights(transition: Transition, before: State) -> None:
    """Turn off devices without a right after a command, and choose the backend."""
    _silence_for_new_turn(transition, before)
    for who, person in list(transition.state.people.items()):
        if person.microphone and (code := audio_refusal(transition.state, who)):
            _turn_off(transition, who, Device.MICROPHONE, why=code)
        if person.camera and (code := video_refusal(transition.state, who)):
            _turn_off(transition, who, Device.CAMERA, why=code)
    backend = _choose_backend(transition.state)
    if backend is not transition.state.backend:
        transition.change(backend=backend)
        transition.emit(payloads.MediaChanged(media=MediaView.of(transition.state)))


def _media_refusal(state: State, who: str) -> Code | None:
    """Return why a person may send neither audio nor video."""
    person = state.people.get(who)
    if person is None or not person.is_inside:
        return Code.NOT_HERE
    if not state.backends:
        return Code.NO_MEDIA
    if state.phase not in (_OPEN_TO_STAFF if person.is_staff else _OPEN_TO_MEMBERS):
        return Code.ON_HOLD if state.phase is Phase.ON_HOLD else Code.NOT_OPEN
    if person.only_listens:
        return Code.LISTENS_ONLY
    return Code.TEXT_ONLY if person.receives is Receives.TEXT else None


def _switch(
    transition: Transition, command: c.Microphone | c.Camera, device: Device, refusal: Code | None
) -> Refusal | None:
    if device.is_on(transition.state.people[command.by]) == command.on:
        return None
    if not command.on:
        _turn_off(transition, command.by, device)
        return None
    if code := refusal or _capacity_refusal(transition.state, device):
        return Refusal(code)
    _set_device(transition, command.by, device, on=True)
    _emit_switched(transition, command.by, device, on=True)
    return None


def _capacity_refusal(state: State, device: Device) -> Code | None:
    """Return why one more device cannot be carried."""
    if state.backend is Backend.NONE:
        return Code.NO_MEDIA
    if _has_server(state):
        return None
    if device is Device.CAMERA:
        return Code.TOO_MANY_CAMERAS if _count(state, device) >= MESH_CAMERAS else None
    return Code.TOO_MANY_MICROPHONES if _count(state, device) >= MESH_MICROPHONES else None


def _choose_backend(state: State) -> Backend:
    """Return the smallest backend that can carry the room.

    A room that moved to the server stays there, so that its calls are not set up again and again.
    """
    fits_mesh = (
        Backend.MESH in state.backends
        and _count(state, Device.CAMERA) <= MESH_CAMERAS
        and _count(state, Device.MICROPHONE) <= MESH_MICROPHONES
        and sum(person.receives is not Receives.TEXT for _, person in state.inside()) <= MESH_PEOPLE
    )
    if _has_server(state) and (state.backend is Backend.JANUS or not fits_mesh):
        return Backend.JANUS
    return Backend.MESH if fits_mesh else Backend.NONE


def _has_server(state: State) -> bool:
    return Backend.JANUS in state.backends and not state.is_server_down


def _silence_for_new_turn(transition: Transition, before: State) -> None:
    """Turn off all other microphones, facilitators' too, when a strict turn begins."""
    state = transition.state
    if not state.is_strict or state.turn is None:
        return
    if before.is_strict and before.holds_turn(state.turn.who):
        return
    for who, person in list(state.people.items()):
        if person.microphone and who != state.turn.who:
            _turn_off(transition, who, Device.MICROPHONE, why=Code.NOT_YOUR_TURN)


def _set_muted(transition: Transition, who: str, *, on: bool) -> None:
    if transition.state.people[who].is_muted != on:
        transition.change_person(who, is_muted=on)
        transition.emit(payloads.MutedChanged(who=who, on=on))


def _turn_off(transition: Transition, who: str, device: Device, *, why: Code | None = None) -> None:
    if not device.is_on(transition.state.people[who]):
        return
    person = _set_device(transition, who, device, on=False)
    if person.is_inside:  # for the others, the event of leaving implies it
        _emit_switched(transition, who, device, on=False, why=why)


def _set_device(transition: Transition, who: str, device: Device, *, on: bool) -> Participant:
    if device is Device.MICROPHONE:
        return transition.change_person(who, microphone=on)
    return transition.change_person(who, camera=on)


def _emit_switched(
    transition: Transition, who: str, device: Device, *, on: bool, why: Code | None = None
) -> None:
    if device is Device.MICROPHONE:
        transition.emit(payloads.MicrophoneSwitched(who=who, on=on, why=why))
    else:
        transition.emit(payloads.CameraSwitched(who=who, on=on, why=why))


def _count(state: State, device: Device) -> int:
    return sum(device.is_on(person) for person in state.people.values())
