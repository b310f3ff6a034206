"""The way in and out: waiting room, seats, lock, removal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scheduler.rules.names import alias_key
from sessions.room import commands, session_controls
from sessions.room.chat import REASON_LENGTH, unfit
from sessions.room.events import Circle, Code, Refusal
from sessions.room.state import Occupant, Phase, Role, Standing
from sessions.room.turns import step_down

if TYPE_CHECKING:
    from sessions.room.transition import Draft


def enter(draft: Draft, command: commands.Enter) -> Refusal | None:
    """Come to the door: facilitators walk in, everyone else waits to be admitted.

    Who was admitted once walks back in while a seat is free.
    """
    if refusal := _stopped_at_the_door(draft, command):
        return refusal
    known = draft.state.people.get(command.by)
    if known and known.is_inside and known.role is not command.role:
        _put(draft, command.by, Standing.OUT)  # and come back as what one is now
        _tell(draft, "role_changed", also=command.by, who=command.by, role=command.role)
    person = _register(draft, command)
    if person.is_inside:
        return None
    if person.is_staff or (person.was_admitted and draft.state.free_seats > 0):
        _come_in(draft, command.by)
    else:
        _wait(draft, command.by)
    return None


def leave(draft: Draft, command: commands.Leave | commands.Expel) -> Refusal | None:
    """Go; hands, turn and round go on without this person."""
    person = draft.state.people[command.by]
    if person.standing in {Standing.OUT, Standing.REMOVED}:
        return None
    circle = Circle.ROOM if person.is_inside else Circle.STAFF
    _put(draft, command.by, Standing.OUT)
    is_expelled = isinstance(command, commands.Expel)
    _tell(draft, "left", circle, who=command.by, is_expelled=is_expelled)
    return None


def admit(draft: Draft, command: commands.Admit) -> Refusal | None:
    """Let one person in; the first one admitted opens the room."""
    person = draft.state.people.get(command.who)
    if person is None or person.standing is not Standing.WAITING:
        return Refusal(Code.NOT_WAITING)
    if draft.state.is_locked:
        return Refusal(Code.LOCKED)
    if draft.state.free_seats < 1:
        return Refusal(Code.FULL)
    held = sum(other.has_seat for _, other in draft.state.waiting())
    if not person.has_seat and draft.state.free_seats <= held:
        return Refusal(Code.SEATS_ARE_HELD)
    session_controls.begin(draft)
    _come_in(draft, command.who)
    return None


def admit_all(draft: Draft, _: commands.AdmitAll) -> Refusal | None:
    """Let in those who wait and hold a seat, in order of arrival, while seats are free.

    From the start on, those on standby come in after them, in the order of their line.
    """
    if draft.state.is_locked:
        return Refusal(Code.LOCKED)
    expected = [who for who, person in draft.state.waiting() if person.has_seat]
    if draft.now >= draft.state.starts_at:
        expected += _standby(draft)
    if expected and draft.state.free_seats < 1:
        return Refusal(Code.FULL)
    session_controls.begin(draft)
    for who in expected[: draft.state.free_seats]:
        _come_in(draft, who)
    return None


def _standby(draft: Draft) -> list[str]:
    places = {
        who: person.standby
        for who, person in draft.state.waiting()
        if person.standby and not person.has_seat
    }
    return sorted(places, key=lambda who: (places[who], who))


def send_back(draft: Draft, command: commands.SendBack) -> Refusal | None:
    """Return a person to the waiting room, to be admitted anew."""
    if refusal := _out_of_reach(draft, command.who, {Standing.INSIDE}):
        return refusal
    _put(draft, command.who, Standing.WAITING, was_admitted=False)
    _tell(draft, "sent_back", also=command.who, who=command.who)
    draft.tell("waiting", Circle.STAFF, also=command.who, **_card(draft, command.who))
    return None


def remove(draft: Draft, command: commands.Remove) -> Refusal | None:
    """Remove a person for the rest of this session."""
    standings = {Standing.INSIDE, Standing.WAITING, Standing.OUT}
    if refusal := _out_of_reach(draft, command.who, standings):
        return refusal
    if refusal := unfit(command.reason, at_most=REASON_LENGTH):
        return refusal
    circle = Circle.ROOM if draft.state.people[command.who].is_inside else Circle.STAFF
    _put(draft, command.who, Standing.REMOVED, was_admitted=False)
    _tell(draft, "removed", circle, also=command.who, who=command.who)
    return None


def let_back(draft: Draft, command: commands.LetBack) -> Refusal | None:
    """Undo a removal: the person may come to the door again."""
    person = draft.state.people.get(command.who)
    if person is None or person.standing is not Standing.REMOVED:
        return Refusal(Code.NOT_REMOVED)
    draft.change_person(command.who, standing=Standing.OUT)
    draft.tell("let_back", Circle.STAFF, who=command.who)
    return None


def lock(draft: Draft, command: commands.Lock) -> Refusal | None:
    """Stop new entries, or allow them again. Who was admitted may still come back."""
    if draft.state.is_locked != command.on:
        draft.change(is_locked=command.on)
        draft.tell("locked", Circle.DOOR, on=command.on)
    return None


def _stopped_at_the_door(draft: Draft, command: commands.Enter) -> Refusal | None:
    state = draft.state
    known = state.people.get(command.by)
    if state.phase is Phase.CLOSED:
        return Refusal(Code.DOORS_CLOSED)
    if known and known.standing is Standing.REMOVED:
        return Refusal(Code.REMOVED)
    is_new = known is None or not (known.was_admitted or known.standing is Standing.WAITING)
    if state.is_locked and is_new and command.role is Role.MEMBER:
        return Refusal(Code.LOCKED)
    key = alias_key(command.alias)
    if any(key == other.alias_key for who, other in state.people.items() if who != command.by):
        return Refusal(Code.ALIAS_TAKEN)
    return None


def _register(draft: Draft, command: commands.Enter) -> Occupant:
    """Write down who is at the door; what is already known about them stays."""
    blank = Occupant(alias="", alias_key="", role=command.role, standing=Standing.OUT)
    person = replace(
        draft.state.people.get(command.by, blank),
        alias=command.alias,
        alias_key=alias_key(command.alias),
        role=command.role,
        has_seat=command.has_seat,
        standby=command.standby,
    )
    draft.change(people=draft.state.people | {command.by: person})
    return person


def _come_in(draft: Draft, who: str) -> None:
    """Seat a person inside; a member hears the room from the first admission on, not before."""
    person = draft.state.people[who]
    heard = person.hears_from if person.was_admitted else 0
    hears_from = 0 if person.is_staff else heard or draft.state.seq + 1
    draft.change_person(who, standing=Standing.INSIDE, was_admitted=True, hears_from=hears_from)
    _tell(draft, "joined", also=who, **_card(draft, who))
    if person.is_staff:
        session_controls.facilitator_came(draft, who)


def _wait(draft: Draft, who: str) -> None:
    if draft.state.people[who].standing is not Standing.OUT:
        return
    draft.change_person(who, standing=Standing.WAITING)
    draft.tell("waiting", Circle.STAFF, also=who, **_card(draft, who))


def _put(draft: Draft, who: str, standing: Standing, **fields: bool) -> None:
    draft.change_person(who, standing=standing, **fields)
    step_down(draft, who)
    session_controls.facilitator_may_have_left(draft)


def _tell(draft: Draft, kind: str, circle: Circle = Circle.ROOM, **data: Any) -> None:
    """Tell a coming or going, and how many are inside now: a crowd is not listed."""
    draft.tell(kind, circle, **data, count=sum(1 for _ in draft.state.inside()))


def _out_of_reach(draft: Draft, who: str, standings: set[Standing]) -> Refusal | None:
    person = draft.state.people.get(who)
    if person is None or person.standing not in standings:
        return Refusal(Code.UNKNOWN_PERSON)
    return Refusal(Code.IS_STAFF) if person.is_staff else None


def _card(draft: Draft, who: str) -> dict[str, Any]:
    return card_of(who, draft.state.people[who])


def card_of(who: str, person: Occupant) -> dict[str, Any]:
    """Return what others may see of a person: alias, role, seat."""
    return {
        "who": who,
        "alias": person.alias,
        "role": person.role,
        "has_seat": person.has_seat,
        "only_listens": person.only_listens,
        "microphone": person.microphone,
        "camera": person.camera,
        "is_muted": person.is_muted,
        "receives": person.receives,
        "is_direct": person.is_direct,
    }
