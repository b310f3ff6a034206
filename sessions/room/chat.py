"""Words: to the room, to the facilitators, about somebody."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

from sessions.room.events import Circle, Code, Refusal, circles_of
from sessions.room.state import EDIT_WITHIN, LINES_KEPT, Line

if TYPE_CHECKING:
    from sessions.room import commands
    from sessions.room.transition import Draft

    _Written = commands.Say | commands.TellFacilitators | commands.Answer | commands.BackChannel

TEXT_LENGTH: Final = 2000
REASON_LENGTH: Final = 500


def say(draft: Draft, command: commands.Say) -> Refusal | None:
    """Write a line; when turns are strict, only the holder of the turn and facilitators may."""
    state = draft.state
    holder = state.turn.who if state.turn else None
    if state.is_strict and command.by != holder and not state.people[command.by].is_staff:
        return Refusal(Code.NOT_YOUR_TURN)
    if refusal := unfit(command.text):
        return refusal
    seq = draft.tell("said", **_signed(draft, command))
    line = Line(seq=seq, by=command.by, at=draft.now)
    draft.change(lines=(*draft.state.lines, line)[-LINES_KEPT:])
    return None


def edit(draft: Draft, command: commands.Edit) -> Refusal | None:
    """Put other words into a line."""
    line = _line(draft, command.line)
    if line is None:
        return Refusal(Code.UNKNOWN_LINE)
    if line.by != command.by:
        return Refusal(Code.NOT_YOUR_LINE)
    if draft.now - line.at > EDIT_WITHIN:
        return Refusal(Code.TOO_LATE)
    if refusal := unfit(command.text):
        return refusal
    draft.tell("edited", line=line.seq, by=command.by, text=command.text.strip())
    return None


def redact(draft: Draft, command: commands.Redact) -> Refusal | None:
    """Take a line away for good."""
    line = _line(draft, command.line)
    if line is None:
        return Refusal(Code.UNKNOWN_LINE)
    draft.change(lines=tuple(other for other in draft.state.lines if other != line))
    draft.tell("redacted", line=line.seq)
    return None


def react(draft: Draft, command: commands.React) -> Refusal | None:
    """Show a reaction."""
    draft.tell("reacted", by=command.by, reaction=command.reaction)
    return None


def tell_facilitators(draft: Draft, command: commands.TellFacilitators) -> Refusal | None:
    """Write a private line to the facilitators; the writer sees it too."""
    return _whisper(draft, command, who=command.by)


def answer(draft: Draft, command: commands.Answer) -> Refusal | None:
    """Answer a private line; every facilitator sees the answer."""
    person = draft.state.people.get(command.who)
    if person is None or not circles_of(person):
        return Refusal(Code.UNKNOWN_PERSON)
    return _whisper(draft, command, who=command.who)


def back_channel(draft: Draft, command: commands.BackChannel) -> Refusal | None:
    """Write among facilitators."""
    if refusal := unfit(command.text):
        return refusal
    draft.tell("back_channel", Circle.STAFF, **_signed(draft, command))
    return None


def caption(draft: Draft, command: commands.Caption) -> Refusal | None:
    """Write along what is being said aloud."""
    if refusal := unfit(command.text):
        return refusal
    draft.tell("captioned", text=command.text.strip())
    return None


def ask_for_help(draft: Draft, command: commands.AskForHelp) -> Refusal | None:
    """Tell the facilitators that this person needs help now."""
    draft.tell("help_asked", Circle.STAFF, also=command.by, who=command.by)
    return None


def report(draft: Draft, command: commands.Report) -> Refusal | None:
    """Note that somebody was reported. Never tells by whom, nor tells staff about staff."""
    subject = draft.state.people.get(command.who)
    if subject is None:
        return Refusal(Code.UNKNOWN_PERSON)
    if refusal := unfit(command.reason, at_most=REASON_LENGTH):
        return refusal
    draft.tell("reported", Circle.NOBODY if subject.is_staff else Circle.STAFF, who=command.who)
    return None


def unfit(text: str, *, at_most: int = TEXT_LENGTH) -> Refusal | None:
    """Refuse words that are none, too many, or hide something."""
    if not text.strip():
        return Refusal(Code.EMPTY)
    if len(text) > at_most:
        return Refusal(Code.TOO_LONG)
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text):
        return Refusal(Code.UNSEEN_CHARACTERS)
    return None


def _whisper(
    draft: Draft, command: commands.TellFacilitators | commands.Answer, *, who: str
) -> Refusal | None:
    if refusal := unfit(command.text):
        return refusal
    draft.tell("private_line", Circle.STAFF, also=who, who=who, **_signed(draft, command))
    return None


def _signed(draft: Draft, command: _Written) -> dict[str, Any]:
    """Return words with their author's name, which a line keeps when its author has gone."""
    alias = draft.state.people[command.by].alias
    return {"by": command.by, "alias": alias, "text": command.text.strip()}


def _line(draft: Draft, seq: int) -> Line | None:
    return next((line for line in draft.state.lines if line.seq == seq), None)
