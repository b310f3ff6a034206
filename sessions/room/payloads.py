"""The payload of each kind of event. Their fields are the fields of the frame a client receives."""

from __future__ import annotations

from dataclasses import field
from typing import Final

from sessions.room.codec import OMIT_DEFAULT
from sessions.room.commands import Reaction  # noqa: TC001 - the codec evaluates these annotations
from sessions.room.events import AboutPerson, EventKind, Payload, payload
from sessions.room.refusals import Code  # noqa: TC001 - as above
from sessions.room.state import (  # noqa: TC001 - as above
    Agenda,
    Hold,
    Phase,
    Receives,
    Role,
)
from sessions.room.visibility import MediaView, PersonCard, TurnsView

# Admission.


@payload
class Waiting(PersonCard):
    """A person is in the waiting room."""

    kind = EventKind.WAITING


@payload
class Joined(PersonCard):
    """A person came in."""

    kind = EventKind.JOINED


@payload
class Left(AboutPerson):
    """A person left. ``is_expelled``: because they lost access."""

    kind = EventKind.LEFT
    is_expelled: bool
    count: int


@payload
class SentBack(AboutPerson):
    """A person was returned to the waiting room."""

    kind = EventKind.SENT_BACK
    count: int


@payload
class Removed(AboutPerson):
    """A person was removed from the session."""

    kind = EventKind.REMOVED
    count: int


@payload
class LetBack(AboutPerson):
    """A removal was undone."""

    kind = EventKind.LET_BACK


@payload
class RoleChanged(AboutPerson):
    """A person inside got another role; they come in again under it at once."""

    kind = EventKind.ROLE_CHANGED
    role: Role
    count: int


@payload
class Locked(Payload):
    """New entries were stopped, or allowed again."""

    kind = EventKind.LOCKED
    on: bool


# The session.


@payload
class PhaseChanged(Payload):
    """The room went to another phase. ``by`` is the facilitator who paused it."""

    kind = EventKind.PHASE
    phase: Phase
    hold: Hold | None
    by: str | None


@payload
class LeadChanged(AboutPerson):
    """Another facilitator leads."""

    kind = EventKind.LEAD_CHANGED


@payload
class HostsChanged(Payload):
    """Facilitators came or left; people who wait read who is there."""

    kind = EventKind.HOSTS
    hosts: tuple[str, ...]


@payload
class AgendaChanged(Payload):
    """The agenda, or its current step, changed."""

    kind = EventKind.AGENDA
    agenda: Agenda | None


# Turns.


@payload
class TurnsChanged(Payload):
    """Hands, turn or round changed; ``turns`` is how they are now."""

    turns: TurnsView


@payload
class TurnsChangedFor(AboutPerson):
    """The same, about one person."""

    turns: TurnsView


@payload
class HandRaised(TurnsChangedFor):
    """A person asked to speak."""

    kind = EventKind.HAND_RAISED


@payload
class HandLowered(TurnsChangedFor):
    """A person is no longer in the queue."""

    kind = EventKind.HAND_LOWERED


@payload
class TurnBegan(TurnsChangedFor):
    """It is a person's turn to speak."""

    kind = EventKind.TURN_BEGAN


@payload
class TurnEnded(TurnsChangedFor):
    """A person's turn ended and nobody is next."""

    kind = EventKind.TURN_ENDED


@payload
class ShareSkipped(TurnsChangedFor):
    """A person gave up their share in the round."""

    kind = EventKind.SHARE_SKIPPED


@payload
class RoundStarted(TurnsChanged):
    """A round started."""

    kind = EventKind.ROUND_STARTED


@payload
class RoundEnded(TurnsChanged):
    """A round ended."""

    kind = EventKind.ROUND_ENDED


@payload
class TurnsSet(TurnsChanged):
    """The rules of turns changed."""

    kind = EventKind.TURNS_SET


@payload
class ListeningChanged(AboutPerson):
    """A person only listens, or takes part again."""

    kind = EventKind.LISTENING
    on: bool


# Audio and video.


@payload
class MicrophoneSwitched(AboutPerson):
    """A microphone went on or off. ``why`` is the right that was lost, if one was."""

    kind = EventKind.MICROPHONE
    on: bool
    why: Code | None


@payload
class CameraSwitched(AboutPerson):
    """A camera went on or off. ``why`` is the right that was lost, if one was."""

    kind = EventKind.CAMERA
    on: bool
    why: Code | None


@payload
class MutedChanged(AboutPerson):
    """A facilitator muted a person, or allowed their microphone again."""

    kind = EventKind.MUTED
    on: bool


@payload
class CamerasAllowed(Payload):
    """Cameras were allowed, or not any more."""

    kind = EventKind.CAMERAS
    on: bool


@payload
class ReceivesChanged(AboutPerson):
    """A person chose how much media to receive."""

    kind = EventKind.RECEIVES
    what: Receives


@payload
class DirectChanged(AboutPerson):
    """A person agreed to direct connections, or withdrew that."""

    kind = EventKind.DIRECT
    on: bool


@payload
class MediaChanged(Payload):
    """Another backend carries audio and video."""

    kind = EventKind.MEDIA
    media: MediaView


# Text.


@payload
class Said(Payload):
    """A chat message. ``edited`` and ``redacted`` are set in the log when its text is replaced."""

    kind = EventKind.SAID
    by: str
    alias: str
    text: str
    edited: bool = field(default=False, metadata=OMIT_DEFAULT)
    redacted: bool = field(default=False, metadata=OMIT_DEFAULT)


@payload
class Edited(Payload):
    """A chat message has another text. The two flags as in ``Said``."""

    kind = EventKind.EDITED
    message_seq: int
    by: str
    text: str
    edited: bool = field(default=False, metadata=OMIT_DEFAULT)
    redacted: bool = field(default=False, metadata=OMIT_DEFAULT)


@payload
class Redacted(Payload):
    """A chat message's text was deleted."""

    kind = EventKind.REDACTED
    message_seq: int


@payload
class Reacted(Payload):
    """A person showed a reaction."""

    kind = EventKind.REACTED
    by: str
    reaction: Reaction


@payload
class PrivateMessage(AboutPerson):
    """A message between one person, ``who``, and the facilitators."""

    kind = EventKind.PRIVATE_MESSAGE
    by: str
    alias: str
    text: str


@payload
class BackChannel(Payload):
    """A message among facilitators."""

    kind = EventKind.BACK_CHANNEL
    by: str
    alias: str
    text: str


@payload
class Captioned(Payload):
    """A line of captions, without its author."""

    kind = EventKind.CAPTIONED
    text: str


@payload
class HelpAsked(AboutPerson):
    """A person needs help now."""

    kind = EventKind.HELP_ASKED


@payload
class HelpSeen(AboutPerson):
    """A facilitator, ``alias``, has seen a call for help."""

    kind = EventKind.HELP_SEEN
    by: str
    alias: str


@payload
class Reported(AboutPerson):
    """A person was reported. By whom is not in the log."""

    kind = EventKind.REPORTED


PAYLOADS: Final[dict[EventKind, type[Payload]]] = {
    cls.kind: cls
    for cls in (
        AgendaChanged,
        BackChannel,
        CameraSwitched,
        CamerasAllowed,
        Captioned,
        DirectChanged,
        Edited,
        HandLowered,
        HandRaised,
        HelpAsked,
        HelpSeen,
        HostsChanged,
        Joined,
        LeadChanged,
        Left,
        LetBack,
        ListeningChanged,
        Locked,
        MediaChanged,
        MicrophoneSwitched,
        MutedChanged,
        PhaseChanged,
        PrivateMessage,
        Reacted,
        ReceivesChanged,
        Redacted,
        Removed,
        Reported,
        RoleChanged,
        RoundEnded,
        RoundStarted,
        Said,
        SentBack,
        ShareSkipped,
        TurnBegan,
        TurnEnded,
        TurnsSet,
        Waiting,
    )
}
