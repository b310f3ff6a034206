"""Hands, turns and rounds: who speaks, and who is next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sessions.room import payloads
from sessions.room.refusals import Code, Refusal
from sessions.room.state import Turn
from sessions.room.visibility import TurnsView

if TYPE_CHECKING:
    from sessions.room import commands
    from sessions.room.transition import Transition

SHARE_SECONDS: Final = range(30, 1801)


def raise_hand(transition: Transition, command: commands.RaiseHand) -> Refusal | None:
    """Append a person to the queue."""
    state, who = transition.state, command.by
    if state.people[who].only_listens:
        return Refusal(Code.LISTENS_ONLY)
    if who not in state.hands and not state.holds_turn(who):
        transition.change(hands=(*state.hands, who))
        transition.emit(payloads.HandRaised(who=who, turns=TurnsView.of(transition.state)))
    return None


def lower_hand(transition: Transition, command: commands.LowerHand) -> Refusal | None:
    """Take a person out of the queue."""
    who = command.who or command.by
    if who != command.by and not transition.state.people[command.by].is_staff:
        return Refusal(Code.STAFF_ONLY)
    _lower(transition, who)
    return None


def listen(transition: Transition, command: commands.Listen) -> Refusal | None:
    """Set whether a person only listens; one who does is never asked to speak."""
    if transition.state.people[command.by].only_listens == command.on:
        return None
    transition.change_person(command.by, only_listens=command.on)
    transition.emit(payloads.ListeningChanged(who=command.by, on=command.on))
    if command.on:
        withdraw_from_turns(transition, command.by)
    return None


def invite_to_speak(transition: Transition, command: commands.InviteToSpeak) -> Refusal | None:
    """Begin a person's turn, or the turn of the next in order."""
    who = command.who or _next_in_order(transition)
    if who is None:
        return Refusal(Code.NOBODY_NEXT)
    if refusal := _turn_refusal(transition, who):
        return refusal
    _begin_turn(transition, who)
    return None


def finish_turn(transition: Transition, command: commands.FinishTurn) -> Refusal | None:
    """End the current turn and begin the next one, if there is one."""
    state = transition.state
    is_allowed = state.holds_turn(command.by) or state.people[command.by].is_staff
    if state.turn is None:
        return Refusal(Code.NO_TURN)
    if not is_allowed:
        return Refusal(Code.NOT_YOUR_TURN)
    if command.who and (refusal := _turn_refusal(transition, command.who)):
        return refusal
    _advance(transition, state.turn.who, to=command.who)
    return None


def skip_turn(transition: Transition, command: commands.SkipTurn) -> Refusal | None:
    """Take a person out of the current round."""
    remaining = transition.state.still_to_share
    if remaining is None:
        return Refusal(Code.NO_ROUND)
    if transition.state.holds_turn(command.by):
        _advance(transition, command.by)
    elif command.by in remaining:
        transition.change(still_to_share=_without(remaining, command.by))
        view = TurnsView.of(transition.state)
        transition.emit(payloads.ShareSkipped(who=command.by, turns=view))
    return None


def start_round(transition: Transition, _: commands.StartRound) -> Refusal | None:
    """Queue everyone inside who speaks, in order of arrival, and begin the first turn."""
    order = tuple(who for who, person in transition.state.inside() if not person.only_listens)
    if not order:
        return Refusal(Code.NOBODY_NEXT)
    transition.change(still_to_share=order, turn=None)
    transition.emit(payloads.RoundStarted(turns=TurnsView.of(transition.state)))
    _begin_turn(transition, order[0])
    return None


def end_round(transition: Transition, _: commands.EndRound) -> Refusal | None:
    """End the round. The current turn goes on."""
    if transition.state.still_to_share is None:
        return Refusal(Code.NO_ROUND)
    _end_round(transition)
    return None


def set_turns(transition: Transition, command: commands.SetTurns) -> Refusal | None:
    """Set whether turns are strict, and the length of a share from the next turn on."""
    seconds = command.share_seconds
    if seconds is not None and seconds not in SHARE_SECONDS:
        return Refusal(Code.OUT_OF_RANGE)
    transition.change(is_strict=command.strict, share_seconds=seconds)
    transition.emit(payloads.TurnsSet(turns=TurnsView.of(transition.state)))
    return None


def withdraw_from_turns(transition: Transition, who: str) -> None:
    """Take a person who left, or only listens, out of hands, round and turn."""
    _lower(transition, who)
    remaining = transition.state.still_to_share
    if remaining and who in remaining:
        transition.change(still_to_share=_without(remaining, who))
    if transition.state.holds_turn(who):
        _advance(transition, who)


def _lower(transition: Transition, who: str) -> None:
    if who in transition.state.hands:
        transition.change(hands=_without(transition.state.hands, who))
        transition.emit(payloads.HandLowered(who=who, turns=TurnsView.of(transition.state)))


def _advance(transition: Transition, speaker: str, *, to: str | None = None) -> None:
    """End the speaker's turn, then begin the next one or end the round."""
    transition.change(turn=None)
    following = to or _next_in_order(transition)
    if following is not None:
        _begin_turn(transition, following)
        return
    transition.emit(payloads.TurnEnded(who=speaker, turns=TurnsView.of(transition.state)))
    if transition.state.still_to_share == ():
        _end_round(transition)


def _end_round(transition: Transition) -> None:
    transition.change(still_to_share=None)
    transition.emit(payloads.RoundEnded(turns=TurnsView.of(transition.state)))


def _begin_turn(transition: Transition, who: str) -> None:
    state, seconds = transition.state, transition.state.share_seconds
    remaining = state.still_to_share
    transition.change(
        turn=Turn(
            who=who,
            began_at=transition.now,
            ends_at=transition.now + timedelta(seconds=seconds) if seconds else None,
        ),
        hands=_without(state.hands, who),
        still_to_share=None if remaining is None else _without(remaining, who),
    )
    transition.emit(payloads.TurnBegan(who=who, turns=TurnsView.of(transition.state)))


def _turn_refusal(transition: Transition, who: str) -> Refusal | None:
    """Return why a person cannot have the turn."""
    person = transition.state.people.get(who)
    if person is None or not person.is_inside:
        return Refusal(Code.UNKNOWN_PERSON)
    return Refusal(Code.LISTENS_ONLY) if person.only_listens else None


def _next_in_order(transition: Transition) -> str | None:
    """Return the next person of the round, or the first hand outside a round."""
    state = transition.state
    order = state.hands if state.still_to_share is None else state.still_to_share
    return order[0] if order else None


def _without(order: tuple[str, ...], who: str) -> tuple[str, ...]:
    return tuple(other for other in order if other != who)
