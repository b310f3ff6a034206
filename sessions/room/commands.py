"""The commands of a room: what a person, or the system, can ask it to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, dataclass_transform

from sessions.room.state import (  # noqa: TC001 - the codec evaluates these annotations
    AgendaStep,
    Receives,
    Role,
)

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def command(cls: type[Class]) -> type[Class]:
    """Make a class a frozen dataclass with slots and keyword-only fields."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@command
class Command:
    """A request of one person. ``by`` is set by the server and never read from a frame."""

    by: str


# System commands. ``sessions.room.command_names`` leaves them out, so no client can send them.


@command
class Enter(Command):
    """Come in or wait.

    ``standby`` is the rank, from 1, of a person without a seat. ``is_new`` says that the person was
    in no session of the group in the last 90 days.
    """

    alias: str
    role: Role
    has_seat: bool = True
    standby: int | None = None
    is_new: bool = False


@command
class Tick(Command):
    """Apply what is due by time alone."""

    by: str = ""


@command
class Expel(Command):
    """Take out a person who lost access: left the group, deactivated, signed out for good."""


@command
class MediaServerChanged(Command):
    """Note that the media server went down or came back."""

    by: str = ""
    is_down: bool


# Admission and the session.


@command
class Leave(Command):
    """Leave, by choice or because every connection was lost."""


@command
class OpenRoom(Command):
    """Begin the session."""


@command
class Admit(Command):
    """Let one person in from the waiting room."""

    who: str


@command
class AdmitAll(Command):
    """Let in everyone who waits, as far as places are free."""


@command
class SendBack(Command):
    """Return a person to the waiting room."""

    who: str


class Scope(StrEnum):
    """How far a removal reaches. One from the group needs a second facilitator's review."""

    SESSION = "session"
    GROUP = "group"


@command
class Remove(Command):
    """Remove a person from this session, or also ask to remove them from the group."""

    who: str
    reason: str
    scope: Scope = Scope.SESSION


@command
class LetBack(Command):
    """Undo a removal, so that the person can ask to come in again."""

    who: str


@command
class Lock(Command):
    """Stop new entries, or allow them again."""

    on: bool


@command
class Pause(Command):
    """Stop chat and turns for all but facilitators."""


@command
class Resume(Command):
    """Continue after a pause or a hold."""


@command
class End(Command):
    """End the session."""


@command
class Reopen(Command):
    """Open a session again that was ended a moment ago."""


@command
class TakeOver(Command):
    """Become the lead; a room on hold without a facilitator opens again."""


@command
class SetAgenda(Command):
    """Replace the agenda. No steps removes it."""

    steps: tuple[AgendaStep, ...]


@command
class StartStep(Command):
    """Go to a step of the agenda, counted from 0."""

    step: int


# Turns.


@command
class RaiseHand(Command):
    """Ask to speak."""


@command
class LowerHand(Command):
    """Lower one's own hand or, as a facilitator, anyone's."""

    who: str | None = None


@command
class Listen(Command):
    """Take part as a listener only, or stop doing so."""

    on: bool


@command
class InviteToSpeak(Command):
    """Give the turn to a person, or to the next in order."""

    who: str | None = None


@command
class FinishTurn(Command):
    """End the current turn and give it to a person, or to the next in order."""

    who: str | None = None


@command
class SkipTurn(Command):
    """Give up one's share in the current round."""


@command
class StartRound(Command):
    """Give everyone one turn, in order of arrival."""


@command
class EndRound(Command):
    """Return to open discussion."""


@command
class SetTurns(Command):
    """Set whether only the holder of the turn may speak, and the seconds of a share."""

    strict: bool
    share_seconds: int | None = None


# Audio and video.


@command
class Microphone(Command):
    """Turn one's own microphone on or off."""

    on: bool


@command
class Camera(Command):
    """Turn one's own camera on or off."""

    on: bool


@command
class Mute(Command):
    """Turn a person's microphone off; a member's stays off until a facilitator allows it."""

    who: str


@command
class AllowVoice(Command):
    """Allow a muted person, or all muted people, to turn their microphones on again."""

    who: str | None = None


@command
class MuteAll(Command):
    """Mute all members inside. Facilitators are left as they are."""


@command
class Cameras(Command):
    """Allow cameras in this room, or turn all of them off."""

    on: bool


@command
class Receive(Command):
    """Choose how much media to receive."""

    what: Receives


@command
class ConnectDirectly(Command):
    """Agree to show one's network address to others who agreed too, or withdraw that."""

    on: bool


# Text.


@command
class Say(Command):
    """Write a chat message to the room."""

    text: str


@command
class Edit(Command):
    """Change one's own chat message within a minute. ``message_seq`` is its event number."""

    message_seq: int
    text: str


@command
class Redact(Command):
    """Delete a chat message's text for everyone, and from the log."""

    message_seq: int


class Reaction(StrEnum):
    """The reactions on offer."""

    HEART = "heart"
    CANDLE = "candle"
    CLAP = "clap"
    THANKS = "thanks"
    WITH_YOU = "with_you"


@command
class React(Command):
    """Show a reaction."""

    reaction: Reaction


@command
class MessageFacilitators(Command):
    """Write to the facilitators only. Allowed in the waiting room too."""

    text: str


@command
class Answer(Command):
    """Answer a person's private message, as the facilitators."""

    who: str
    text: str


@command
class BackChannel(Command):
    """Write among facilitators."""

    text: str


@command
class Caption(Command):
    """Transcribe what is being said aloud."""

    text: str


@command
class AskForHelp(Command):
    """Notify the facilitators, privately, that one needs help now."""


@command
class SeeHelp(Command):
    """Tell a person, and the other facilitators, that their call for help was seen."""

    who: str


@command
class Report(Command):
    """Report a person, with a sealed copy of the last messages."""

    who: str
    reason: str
