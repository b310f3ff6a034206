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
    Code.ENTRY_CLOSED: _("The waiting room opens 15 minutes before the session."),
    Code.EMPTY: _("Write something first."),
    Code.ENDED: _("This session is over."),
    Code.FULL: _("Every place is taken. Someone must leave first."),
    Code.HAND_FIRST: _("Turns are on: raise a hand, and a facilitator invites you to speak."),
    Code.IS_STAFF: _("Facilitators cannot remove each other."),
    Code.LISTENS_ONLY: _("This person is just listening."),
    Code.LOCKED: _("The room is locked. Unlock it first."),
    Code.MUTED: _("A facilitator has muted you for now. You can write, or raise a hand."),
    Code.NO_AGENDA: _("There is no agenda yet. Write one first."),
    Code.NO_DIRECT: _("Direct connections are not allowed here."),
    Code.NO_MEDIA: _("There is no audio here just now. Writing always works."),
    Code.NO_TURN: _("Nobody is speaking in turn just now."),
    Code.NO_ROUND: _("There is no round now."),
    Code.NOBODY_NEXT: _("Nobody has raised a hand."),
    Code.NOT_HERE: _("You are not in this room. Load the page again."),
    Code.NOT_OPEN: _("The room is not open yet."),
    Code.NOT_REMOVED: _("This person was not removed."),
    Code.NOT_WAITING: _("This person is not waiting any more."),
    Code.NOT_YOUR_MESSAGE: _("Only its author can edit a message."),
    Code.NOT_YOUR_TURN: _("Someone else is speaking. Raise a hand, and you are invited in turn."),
    Code.ON_HOLD: _("The room is on hold. Please wait a moment."),
    Code.OUT_OF_RANGE: _("That is too much or too little. Try another number."),
    Code.REMOVED: _("A facilitator asked you to leave this session."),
    Code.SEATS_ARE_HELD: _("The free places are kept for people who booked one and wait."),
    Code.STAFF_ONLY: _("Only facilitators can do this."),
    Code.TEXT_ONLY: _("You receive text only. Change that in the device settings first."),
    Code.TOO_LATE: _("A message can be edited for one minute."),
    Code.TOO_LATE_TO_REOPEN: _(
        "A session can be reopened for two minutes. It cannot be reopened any more."
    ),
    Code.TOO_LONG: _("That is too long. Split it in two."),
    Code.TOO_MANY_CAMERAS: _("Four cameras are on, and no more fit. Your voice is welcome."),
    Code.TOO_MANY_MICROPHONES: _("Six microphones are on, and no more fit. Wait until one is off."),
    Code.UNKNOWN_MESSAGE: _("This message is no longer there."),
    Code.UNKNOWN_PERSON: _("This person is not in the room any more."),
    Code.UNSEEN_CHARACTERS: _("There are characters in it that cannot be seen. Type it by hand."),
    Code.WAITING: _("You are in the waiting room. A facilitator will let you in."),
    "bad_ticket": _("The page is too old. Load it again."),
    "frame_too_big": _("That is too long. Split it in two."),
    "id_missing": _("Something went wrong. Load the page again."),
    "malformed": _("Something went wrong. Load the page again."),
    "too_fast": _("That was a little fast. Wait a moment and try again."),
    "too_many_sockets": _("This room is already open in five windows. Close one of them."),
    "unavailable": _("That did not arrive. Try again in a moment."),
    "unknown_type": _("Something went wrong. Load the page again."),
}

TEXTS: Final[dict[str, StrPromise]] = {
    # The strip at the top.
    "connecting": _("Connecting …"),
    "connected": _("You are connected."),
    "reconnecting": _("No connection. Trying again …"),
    "starts_in": _("starts in {minutes} min"),
    "started_ago": _("started {minutes} min ago"),
    "time_left": _("{minutes} min left"),
    "overtime": _("over time"),
    "in_room": _("In the room now: {count}."),
    # The state of the room.
    "entry_open": _("The waiting room is open. The session has not begun."),
    "open": _("The session is on."),
    "paused": _("A facilitator has paused the room."),
    "no_facilitator": _("The room is on hold until a facilitator is back."),
    "host_is_back": _("The room is on hold. A facilitator is back and can continue."),
    "ended": _("The session has ended. Thank you for coming."),
    "is_locked": _("The room is locked: nobody new can come in."),
    "unlocked": _("The room is no longer locked."),
    "leads": _("{name} leads the session now."),
    "you_lead": _("You lead the session now."),
    "step_now": _("Now on the agenda: {title}."),
    "agenda_changed": _("The agenda has changed."),
    # The waiting room.
    "hosts_told": _(
        "{name} can see that you are here. People are let in one by one, mostly within a minute."
    ),
    "no_host_yet": _("No facilitator is here yet. You are let in when one comes."),
    # People.
    "came": _("{name} came in."),
    "went": _("{name} left."),
    "sent_back": _("{name} went back to the waiting room."),
    "waits": _("{name} is waiting."),
    "raised": _("{name} raised a hand."),
    "reported": _("{name} was reported."),
    "several": _("{count} small things happened in the room."),
    "you": _("You"),
    "you_too": _("you"),
    "facilitator": _("facilitator"),
    "someone": _("Someone"),
    "admit": _("Admit"),
    "admit_name": _("Admit {name}"),
    "invite_to_speak": _("Invite to speak"),
    "invite_to_speak_name": _("Invite to speak: {name}"),
    # Turns.
    "turn": _("{name} is speaking"),
    "your_turn": _("It's your turn"),
    "left": _("{time} left"),
    "hand_place": _("hand raised, place {place}"),
    "time_is_up": _("Your time is over. Finish in your own time, then press “I'm done”."),
    "finishing": _("{name} is finishing."),
    # Messages.
    "wrote": _("{name}: {text}"),
    "several_messages": _("{count} new messages."),
    "redacted": _("This message was removed."),
    "edited": _("edited"),
    "open_it": _("Open"),
    "wrote_private": _("{name} wrote to the facilitators."),
    "wrote_among": _("{name} wrote among facilitators."),
    "answered": _("The facilitators answered you in private."),
    "badge_chat": _("unread messages: {count}"),
    "badge_host": _("things that wait: {count}"),
    "badge_among": _("unread messages: {count}"),
    # Calls for help.
    "help": _("{name} needs help now"),
    "help_at": _("Asked at {time}."),
    "help_more": _("More calls for help wait: {count}."),
    "help_told": _("The facilitators have been told. Stay here; they answer in private."),
    "help_told_nobody": _(
        "No facilitator is in the room. Those who are away get a message; do not wait for it if you "
        "are in danger."
    ),
    "help_seen": _("{name} has seen it and is with you."),
    "help_seen_staff": _("{name} has seen the call for help."),
    # Audio and video.
    "no_microphone": _("No microphone is open to this page. You can still listen and write."),
    "no_camera": _("No camera is open to this page. Nobody needs to see you."),
    "mic_on": _("microphone on"),
    "mic_off": _("microphone off"),
    "held_mute": _("muted for now"),
    "in_text": _("in text"),
    "listens": _("just listening"),
    "may_speak": _("You may speak again. Your microphone is still off."),
    "cameras_on": _("Cameras are allowed again."),
    "media_there": _("Audio is there."),
    "media_down": _(
        "Audio is away for the moment. The room goes on in writing; it comes back by itself."
    ),
    "media_crowded": _("So many are here that the room goes on in writing."),
    "needs_direct": _(
        "This site has no relay. To hear the others, choose “Connect me directly” in the device "
        "settings."
    ),
    "elsewhere": _("You joined audio in another window."),
    "down_to_audio": _(
        "Your connection is weak, so video is off for you. The device settings bring it back."
    ),
    "down_to_text": _("You take part in writing now. Nobody hears or sees you."),
    "private_to_all": _(
        "What you say and show is encrypted between you and the others; this site cannot hear it."
    ),
    "private_to_server": _(
        "What you say and show is encrypted to this site, which passes it on and keeps nothing."
    ),
    # Reactions.
    "heart": _("{name} sends a heart."),
    "candle": _("{name} lights a candle."),
    "clap": _("{name} claps."),
    "thanks": _("{name} says thank you."),
    "with_you": _("{name} is with you."),
}
