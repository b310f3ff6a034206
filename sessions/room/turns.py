"""Hands, turns and rounds: who speaks, and who comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sessions.room.events import Code, Refusal
from sessions.room.state import Turn

if TYPE_CHECKING:
    from sessions.room import commands
    from sessions.room.transition import Draft

SHARE_SECONDS: Final = range(30, 1801)


def raise_hand(draft: Draft, command: commands.RaiseHand) -> Refusal | None:
    """Join the end of the queue."""
    state = draft.state
    if state.people[command.by].only_listens:
        return Refusal(Code.LISTENS_ONLY)
    if command.by not in state.hands and not _holds_turn(draft, command.by):
        draft.change(hands=(*state.hands, command.by))
        draft.tell_floor("hand_raised", who=command.by)
    return None


def lower_hand(draft: Draft, command: commands.LowerHand) -> Refusal | None:
    """Leave the queue, or take somebody out of it."""
    who = command.who or command.by
    if who != command.by and not draft.state.people[command.by].is_staff:
        return Refusal(Code.STAFF_ONLY)
    if who in draft.state.hands:
        draft.change(hands=_without(draft.state.hands, who))
        draft.tell_floor("hand_lowered", who=who)
    return None


def listen(draft: Draft, command: commands.Listen) -> Refusal | None:
    """Sit where nobody is asked to speak."""
    if draft.state.people[command.by].only_listens == command.on:
        return None
    draft.change_person(command.by, only_listens=command.on)
    draft.tell("listening", who=command.by, on=command.on)
    if command.on:
        step_down(draft, command.by)
    return None


def give_turn(draft: Draft, command: commands.GiveTurn) -> Refusal | None:
    """Give the turn to a person or to the next in order."""
    who = command.who or _next_in_order(draft)
    if who is None:
        return Refusal(Code.NOBODY_NEXT)
    if refusal := _cannot_speak(draft, who):
        return refusal
    _begin_turn(draft, who)
    return None


def pass_turn(draft: Draft, command: commands.PassTurn) -> Refusal | None:
    """End the turn and begin the next one, if there is one."""
    state = draft.state
    if state.turn is None or not (
        _holds_turn(draft, command.by) or state.people[command.by].is_staff
    ):
        return Refusal(Code.NOT_YOUR_TURN)
    if command.who and (refusal := _cannot_speak(draft, command.who)):
        return refusal
    _move_on(draft, state.turn.who, to=command.who)
    return None


def skip_turn(draft: Draft, command: commands.SkipTurn) -> Refusal | None:
    """Leave one's place in the round without a word."""
    left = draft.state.still_to_share
    if left is None:
        return Refusal(Code.NO_ROUND)
    if _holds_turn(draft, command.by):
        _move_on(draft, command.by)
    elif command.by in left:
        draft.change(still_to_share=_without(left, command.by))
        draft.tell_floor("share_skipped", who=command.by)
    return None


def start_round(draft: Draft, _: commands.StartRound) -> Refusal | None:
    """Line up everyone who is inside and speaks, and give the first the turn."""
    order = tuple(who for who, person in draft.state.inside() if not person.only_listens)
    if not order:
        return Refusal(Code.NOBODY_NEXT)
    draft.change(still_to_share=order, turn=None)
    draft.tell_floor("round_started")
    _begin_turn(draft, order[0])
    return None


def end_round(draft: Draft, _: commands.EndRound) -> Refusal | None:
    """Go back to open discussion; the holder of the turn may finish."""
    if draft.state.still_to_share is None:
        return Refusal(Code.NO_ROUND)
    draft.change(still_to_share=None)
    draft.tell_floor("round_ended")
    return None


def set_turns(draft: Draft, command: commands.SetTurns) -> Refusal | None:
    """Choose strict or open turns and the length of a share."""
    seconds = command.share_seconds
    if seconds is not None and seconds not in SHARE_SECONDS:
        return Refusal(Code.OUT_OF_RANGE)
    draft.change(is_strict=command.strict, share_seconds=seconds)
    draft.tell_floor("turns_set")
    return None


def step_down(draft: Draft, who: str) -> None:
    """Take a person who left, or only listens, out of hands, turn and round."""
    state = draft.state
    if who in state.hands:
        draft.change(hands=_without(state.hands, who))
        draft.tell_floor("hand_lowered", who=who)
    if state.still_to_share and who in state.still_to_share:
        draft.change(still_to_share=_without(state.still_to_share, who))
    if _holds_turn(draft, who):
        _move_on(draft, who)


def _move_on(draft: Draft, speaker: str, *, to: str | None = None) -> None:
    draft.change(turn=None)
    follower = to or _next_in_order(draft)
    if follower is not None:
        _begin_turn(draft, follower)
        return
    draft.tell_floor("turn_ended", who=speaker)
    if draft.state.still_to_share == ():
        draft.change(still_to_share=None)
        draft.tell_floor("round_ended")


def _begin_turn(draft: Draft, who: str) -> None:
    state, seconds = draft.state, draft.state.share_seconds
    ends_at = draft.now + timedelta(seconds=seconds) if seconds else None
    draft.change(
        turn=Turn(who=who, began_at=draft.now, ends_at=ends_at),
        hands=_without(state.hands, who),
        still_to_share=None
        if state.still_to_share is None
        else _without(state.still_to_share, who),
    )
    draft.tell_floor("turn_began", who=who)


def _cannot_speak(draft: Draft, who: str) -> Refusal | None:
    person = draft.state.people.get(who)
    if person is None or not person.is_inside:
        return Refusal(Code.UNKNOWN_PERSON)
    return Refusal(Code.LISTENS_ONLY) if person.only_listens else None


def _next_in_order(draft: Draft) -> str | None:
    """Return who comes next: in a round the next to share, otherwise the first hand."""
    state = draft.state
    order = state.hands if state.still_to_share is None else state.still_to_share
    return order[0] if order else None


def _holds_turn(draft: Draft, who: str) -> bool:
    return draft.state.turn is not None and draft.state.turn.who == who


def _without(order: tuple[str, ...], who: str) -> tuple[str, ...]:
    return tuple(other for other in order if other != who)
