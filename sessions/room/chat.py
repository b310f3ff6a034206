"""Text: to the room, to the facilitators, about a person."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sessions.room import payloads
from sessions.room.audiences import Audience, audiences_of
from sessions.room.refusals import Code, Refusal
from sessions.room.state import EDIT_WINDOW, MESSAGES_KEPT, ChatMessage, HelpCall

if TYPE_CHECKING:
    from sessions.room import commands
    from sessions.room.transition import Transition

TEXT_LENGTH: Final = 2000
REASON_LENGTH: Final = 500


def say(transition: Transition, command: commands.Say) -> Refusal | None:
    """Write a chat message. In strict turns only the holder and facilitators may."""
    state = transition.state
    is_allowed = state.holds_turn(command.by) or state.people[command.by].is_staff
    if state.is_strict and not is_allowed:
        return Refusal(Code.NOT_YOUR_TURN if state.turn else Code.HAND_FIRST)
    if refusal := text_refusal(command.text):
        return refusal
    alias = state.people[command.by].alias
    said = payloads.Said(by=command.by, alias=alias, text=command.text.strip())
    message = ChatMessage(seq=transition.emit(said), by=command.by, at=transition.now)
    transition.change(messages=(*transition.state.messages, message)[-MESSAGES_KEPT:])
    return None


def edit(transition: Transition, command: commands.Edit) -> Refusal | None:
    """Replace the text of the author's own message."""
    message = _message(transition, command.message_seq)
    if message is None:
        return Refusal(Code.UNKNOWN_MESSAGE)
    if message.by != command.by:
        return Refusal(Code.NOT_YOUR_MESSAGE)
    if transition.now - message.at > EDIT_WINDOW:
        return Refusal(Code.TOO_LATE)
    if refusal := text_refusal(command.text):
        return refusal
    text = command.text.strip()
    transition.emit(payloads.Edited(message_seq=message.seq, by=command.by, text=text))
    return None


def redact(transition: Transition, command: commands.Redact) -> Refusal | None:
    """Delete the text of a message."""
    message = _message(transition, command.message_seq)
    if message is None:
        return Refusal(Code.UNKNOWN_MESSAGE)
    others = tuple(other for other in transition.state.messages if other != message)
    transition.change(messages=others)
    transition.emit(payloads.Redacted(message_seq=message.seq))
    return None


def react(transition: Transition, command: commands.React) -> Refusal | None:
    """Show a reaction."""
    transition.emit(payloads.Reacted(by=command.by, reaction=command.reaction))
    return None


def message_facilitators(
    transition: Transition, command: commands.MessageFacilitators
) -> Refusal | None:
    """Write to the facilitators; the author receives the message too."""
    return _write_privately(transition, command, who=command.by)


def answer(transition: Transition, command: commands.Answer) -> Refusal | None:
    """Answer a private message; every facilitator receives the answer."""
    person = transition.state.people.get(command.who)
    if person is None or not audiences_of(person):
        return Refusal(Code.UNKNOWN_PERSON)
    return _write_privately(transition, command, who=command.who)


def back_channel(transition: Transition, command: commands.BackChannel) -> Refusal | None:
    """Write to the facilitators, as one of them."""
    if refusal := text_refusal(command.text):
        return refusal
    alias = transition.state.people[command.by].alias
    message = payloads.BackChannel(by=command.by, alias=alias, text=command.text.strip())
    transition.emit(message, Audience.STAFF)
    return None


def caption(transition: Transition, command: commands.Caption) -> Refusal | None:
    """Show a line of captions."""
    if refusal := text_refusal(command.text):
        return refusal
    transition.emit(payloads.Captioned(text=command.text.strip()))
    return None


def ask_for_help(transition: Transition, command: commands.AskForHelp) -> Refusal | None:
    """Notify the facilitators that a person needs help now."""
    person = transition.state.people[command.by]
    call = HelpCall(alias=person.alias, asked_at=transition.now)
    transition.change(help_calls=transition.state.help_calls | {command.by: call})
    transition.emit(payloads.HelpAsked(who=command.by), Audience.STAFF, also=command.by)
    return None


def see_help(transition: Transition, command: commands.SeeHelp) -> Refusal | None:
    """Note who has seen a call for help; the first facilitator counts."""
    state = transition.state
    call = state.help_calls.get(command.who)
    if call is None or call.seen_by is not None:
        return None
    alias = state.people[command.by].alias
    seen = replace(call, seen_by=alias)
    transition.change(help_calls=state.help_calls | {command.who: seen})
    event = payloads.HelpSeen(who=command.who, by=command.by, alias=alias)
    transition.emit(event, Audience.STAFF, also=command.who)
    return None


def report(transition: Transition, command: commands.Report) -> Refusal | None:
    """Record that a person was reported. The event has no reporter.

    It is shown to the facilitators, but to nobody where a facilitator was reported.
    """
    subject = transition.state.people.get(command.who)
    if subject is None:
        return Refusal(Code.UNKNOWN_PERSON)
    if refusal := text_refusal(command.reason, max_length=REASON_LENGTH):
        return refusal
    audience = Audience.NOBODY if subject.is_staff else Audience.STAFF
    transition.emit(payloads.Reported(who=command.who), audience)
    return None


def text_refusal(text: str, *, max_length: int = TEXT_LENGTH) -> Refusal | None:
    """Refuse text that is blank, longer than ``max_length`` characters, or not printable.

    Not printable are control characters and surrogates.
    """
    if not text.strip():
        return Refusal(Code.EMPTY)
    if len(text) > max_length:
        return Refusal(Code.TOO_LONG)
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text):
        return Refusal(Code.UNSEEN_CHARACTERS)
    return None


def _write_privately(
    transition: Transition, command: commands.MessageFacilitators | commands.Answer, *, who: str
) -> Refusal | None:
    if refusal := text_refusal(command.text):
        return refusal
    # The alias is kept in the event, because its author may have left when it is read.
    alias = transition.state.people[command.by].alias
    text = command.text.strip()
    message = payloads.PrivateMessage(who=who, by=command.by, alias=alias, text=text)
    transition.emit(message, Audience.STAFF, also=who)
    return None


def _message(transition: Transition, seq: int) -> ChatMessage | None:
    messages = transition.state.messages
    return next((message for message in messages if message.seq == seq), None)
