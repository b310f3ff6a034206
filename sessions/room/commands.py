"""Everything a person, or the house itself, can ask of a room."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sessions.room.state import Receives, Role, Step  # noqa: TC001 - the codec reads these hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A wish of one occupant. ``by`` comes from the server, never from the wire."""

    by: str


# The house: what the server says by itself, never what a client may send.


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter(Command):
    """Come to the door, or come back; ``standby`` is the place in line, from 1, without a seat."""

    alias: str
    role: Role
    has_seat: bool = True
    standby: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Command):
    """Let time pass: open the doors, hold a room without facilitator, end a forgotten one."""

    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expel(Command):
    """Lose a person who no longer belongs: left the group, deactivated, signed out for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerWent(Command):
    """Lose the server that carries voices and pictures, or have it back."""

    by: str = ""
    is_down: bool


# At the door and in the house.


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Command):
    """Go, by choice or because the line is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoom(Command):
    """Begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit(Command):
    """Let one person in from the waiting room."""

    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitAll(Command):
    """Let in everyone who waits and holds a seat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack(Command):
    """Return a person to the waiting room."""

    who: str


class Scope(StrEnum):
    """How far a removal reaches. The group's takes a second facilitator."""

    SESSION = "session"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(Command):
    """Remove a person from this session, or also ask to remove them from the group."""

    who: str
    reason: str
    scope: Scope = Scope.SESSION


@dataclass(frozen=True, slots=True, kw_only=True)
class LetBack(Command):
    """Undo a removal: a mistaken one shuts out a fellow sufferer."""

    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(Command):
    """Stop new entries, or allow them again."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Command):
    """Stop chat and turns for all but facilitators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Command):
    """Go on after a pause or a hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Command):
    """Close the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(Command):
    """Become the one who leads; a room without facilitator goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAgenda(Command):
    """Write down the steps of this session; none clears it."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep(Command):
    """Go to a step of the agenda, counted from 0."""

    step: int


# The floor.


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseHand(Command):
    """Ask for the turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerHand(Command):
    """Take a hand down: one's own, or, as a facilitator, anyone's."""

    who: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen(Command):
    """Take a listening-only seat, or give it up."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveTurn(Command):
    """Give the turn to a person, or to the next in order."""

    who: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassTurn(Command):
    """End one's turn and pass it on: to a person, or to the next in order."""

    who: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipTurn(Command):
    """Pass without sharing, in a round; it costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRound(Command):
    """Give everyone one turn, in order of arrival."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRound(Command):
    """Go back to open discussion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTurns(Command):
    """Say whether only the holder of the turn may speak, and how long a share lasts."""

    strict: bool
    share_seconds: int | None = None


# Voices and pictures.


@dataclass(frozen=True, slots=True, kw_only=True)
class Microphone(Command):
    """Turn one's own microphone on or off; nobody can turn on another's."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera(Command):
    """Turn one's own camera on or off."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(Command):
    """Turn a person's microphone off; a member's stays off until it is allowed again."""

    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowVoice(Command):
    """Let a muted person turn the microphone on again, or everyone who was muted."""

    who: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteAll(Command):
    """Mute every member inside; facilitators stay as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cameras(Command):
    """Say whether cameras may be on in this room; off turns off all of them."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive(Command):
    """Say how much one wants to receive: everything, voices alone, or text alone."""

    what: Receives


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectDirectly(Command):
    """Agree to connections that show one's network address to others who agreed, or take it back."""

    on: bool


# Words.


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Command):
    """Write to the room."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(Command):
    """Change one's own line, within a minute."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact(Command):
    """Take a line's words away, for everyone and from the log."""

    line: int


class Reaction(StrEnum):
    """What can be said without words."""

    HEART = "heart"
    CANDLE = "candle"
    CLAP = "clap"
    THANKS = "thanks"
    WITH_YOU = "with_you"


@dataclass(frozen=True, slots=True, kw_only=True)
class React(Command):
    """Answer without words."""

    reaction: Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class TellFacilitators(Command):
    """Write to the facilitators alone; works from the waiting room too."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Command):
    """Answer a person's private line, as the facilitators."""

    who: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackChannel(Command):
    """Write among facilitators."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption(Command):
    """Write along what is being said aloud, for those who do not hear it."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForHelp(Command):
    """Tell the facilitators, privately, that one needs help now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Command):
    """Report a person, with a sealed copy of the last lines."""

    who: str
    reason: str
