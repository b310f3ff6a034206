"""The sentences of the room's page: one for each code of a refusal, and those for events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from sessions.room.refusals import Code

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

REFUSALS: Final[dict[str, StrPromise]] = {
    Code.ALIAS_TAKEN: _("Someone here has a name that looks like yours. Change it in the group."),
    Code.CAMERAS_OFF: _("Cameras are off in this room."),
    Code.ENTRY_CLOSED: _("The doors open 15 minutes before the session."),
    Code.EMPTY: _("Write something first."),
    Code.ENDED: _("This session is over."),
    Code.FULL: _("Every seat is taken. Someone must leave first."),
    Code.HAND_FIRST: _("Turns are on: raise a hand, and a facilitator invites you to speak."),
    Code.IS_STAFF: _("Facilitators cannot turn each other out."),
    Code.LISTENS_ONLY: _("This seat is for listening. Give it up first."),
    Code.LOCKED: _("The room is locked. Unlock it first, or wait."),
    Code.MUTED: _("A facilitator has muted you for now. You can write, or raise a hand."),
    Code.NO_AGENDA: _("There is no agenda yet. Write one first."),
    Code.NO_DIRECT: _("Direct connections are not allowed here."),
    Code.NO_MEDIA: _("There are no voices here just now. Writing always works."),
    Code.NO_TURN: _("Nobody is speaking in turn just now."),
    Code.NO_ROUND: _("There is no round now."),
    Code.NOBODY_NEXT: _("Nobody has raised a hand."),
    Code.NOT_HERE: _("You are not in this room. Load the page again."),
    Code.NOT_OPEN: _("The room is not open yet."),
    Code.NOT_REMOVED: _("This person was not removed."),
    Code.NOT_WAITING: _("This person is not waiting any more."),
    Code.NOT_YOUR_MESSAGE: _("Only its author can change a line."),
    Code.NOT_YOUR_TURN: _("Someone else is speaking. Raise a hand, and you are invited in turn."),
    Code.ON_HOLD: _("The room is on hold. Please wait a moment."),
    Code.OUT_OF_RANGE: _("That is too much or too little. Try another number."),
    Code.REMOVED: _("You were asked to leave this session. The facilitators can tell you why."),
    Code.SEATS_ARE_HELD: _("The free seats are kept for people who booked one and wait."),
    Code.STAFF_ONLY: _("Only facilitators can do this."),
    Code.TEXT_ONLY: _("You take part in text. Choose voices first."),
    Code.TOO_LATE: _("A line can be changed for one minute."),
    Code.TOO_LATE_TO_REOPEN: _(
        "A session can be reopened for two minutes. It cannot be reopened any more."
    ),
    Code.TOO_LONG: _("That is too long. Split it in two."),
    Code.TOO_MANY_CAMERAS: _("Four cameras are on, and no more fit. Your voice is welcome."),
    Code.TOO_MANY_MICROPHONES: _("Six microphones are on, and no more fit. Wait until one is off."),
    Code.UNKNOWN_MESSAGE: _("This line is no longer there."),
    Code.UNKNOWN_PERSON: _("This person is not in the room any more."),
    Code.UNSEEN_CHARACTERS: _("There are characters in it that cannot be seen. Type it by hand."),
    Code.WAITING: _("You are in the waiting room. A facilitator will let you in."),
    "bad_ticket": _("This key no longer opens the room. Load the page again."),
    "frame_too_big": _("That is too long. Split it in two."),
    "id_missing": _("Something went wrong. Load the page again."),
    "malformed": _("Something went wrong. Load the page again."),
    "too_fast": _("That was a little fast. Wait a moment and try again."),
    "too_many_sockets": _("This room is already open in five windows. Close one of them."),
    "unavailable": _("That did not arrive. Try again in a moment."),
    "unknown_type": _("Something went wrong. Load the page again."),
}

TEXTS: Final[dict[str, StrPromise]] = {
    "connected": _("You are connected."),
    "reconnecting": _("The line is broken. Trying again …"),
    "signed_out": _("You are signed out. Sign in again to come back."),
    "no_entry": _(
        "You are no longer in this session. The facilitators of the group can tell you more."
    ),
    "gone": _("You left the session."),
    "too_many": _("This window was closed. Another one is open, or too much was sent."),
    "entry_open": _("The doors are open. The session has not begun."),
    "open": _("The session is on."),
    "paused": _("A facilitator has paused the room."),
    "no_facilitator": _("The room is on hold until a facilitator is back."),
    "ended": _("The session is over. Thank you for being here."),
    "is_locked": _("The room is locked: nobody new can come in."),
    "came": _("{name} came in."),
    "went": _("{name} left."),
    "was_removed": _("{name} was removed."),
    "sent_back": _("{name} went back to the waiting room."),
    "waits": _("{name} is waiting."),
    "several": _("{count} small things happened in the room."),
    "turn": _("{name} has the turn."),
    "your_turn": _("It is your turn."),
    "time_is_up": _("Your minutes are over. Finish in your own time, then pass the turn on."),
    "finishing": _("{name} is finishing."),
    "wrote": _("{name}: {text}"),
    "several_messages": _("{count} new lines in the conversation."),
    "help": _("{name} needs help now."),
    "reported": _("{name} was reported."),
    "redacted": _("These words were taken away."),
    "edited": _("changed"),
    "private": _("to the facilitators alone"),
    "back_channel": _("among facilitators"),
    "no_microphone": _("No microphone is open to this page. You can still listen and write."),
    "no_camera": _("No camera is open to this page. Nobody needs to see you."),
    "mic_on": _("microphone on"),
    "mic_off": _("microphone off"),
    "held_mute": _("muted for now"),
    "in_text": _("in text"),
    "listens": _("listening"),
    "may_speak": _("You may speak again. Your microphone is still off."),
    "cameras_on": _("Cameras are allowed again."),
    "media_there": _("Voices are there."),
    "media_down": _(
        "Voices are away for the moment. The room goes on in writing; they come back by themselves."
    ),
    "media_crowded": _("So many are here that the room goes on in writing."),
    "needs_direct": _(
        "There is no relay here. To hear the others, choose “Connect me directly” under Sound and picture."
    ),
    "elsewhere": _("You joined the voices in another window."),
    "down_to_audio": _(
        "Your line is weak, so pictures are off for you. Your settings bring them back."
    ),
    "down_to_text": _("You take part in writing now. Nobody hears or sees you."),
    "private_to_all": _(
        "What you say and show is encrypted between you and the others; this site cannot hear it."
    ),
    "private_to_server": _(
        "What you say and show is encrypted to this site, which passes it on and keeps nothing."
    ),
    "you": _("You"),
    "someone": _("Someone"),
    "heart": _("sends a heart"),
    "candle": _("lights a candle"),
    "clap": _("claps"),
    "thanks": _("says thank you"),
    "with_you": _("is with you"),
}
