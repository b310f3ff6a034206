"""Admission: waiting room, seats, lock, removal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scheduler.rules.names import alias_key
from sessions.room import commands, payloads, session_controls
from sessions.room.audiences import Audience
from sessions.room.chat import REASON_LENGTH, text_refusal
from sessions.room.payloads import Joined, Waiting
from sessions.room.refusals import Code, Refusal
from sessions.room.state import AdmissionStatus, Participant, Phase, Role
from sessions.room.turns import withdraw_from_turns

if TYPE_CHECKING:
    from sessions.room.transition import Transition


def enter(transition: Transition, command: commands.Enter) -> Refusal | None:
    """Admit a facilitator; put a member into the waiting room.

    A member who was admitted before comes straight in while a seat is free.
    """
    if refusal := _entry_refusal(transition, command):
        return refusal
    known = transition.state.people.get(command.by)
    if known and known.is_inside and known.role is not command.role:
        _move(transition, command.by, AdmissionStatus.OUT)  # comes in again under the new role
        count = transition.state.inside_count
        changed = payloads.RoleChanged(who=command.by, role=command.role, count=count)
        transition.emit(changed, also=command.by)
    person = _register(transition, command)
    if person.is_inside:
        return None
    if person.is_staff or (person.was_admitted and transition.state.free_seats > 0):
        _let_in(transition, command.by)
    else:
        _let_wait(transition, command.by)
    return None


def leave(transition: Transition, command: commands.Leave | commands.Expel) -> Refusal | None:
    """Take a person out; hands, turn and round go on without them."""
    person = transition.state.people[command.by]
    if person.status in {AdmissionStatus.OUT, AdmissionStatus.REMOVED}:
        return None
    audience = Audience.ROOM if person.is_inside else Audience.STAFF
    _move(transition, command.by, AdmissionStatus.OUT)
    is_expelled = isinstance(command, commands.Expel)
    count = transition.state.inside_count
    transition.emit(payloads.Left(who=command.by, is_expelled=is_expelled, count=count), audience)
    return None


def admit(transition: Transition, command: commands.Admit) -> Refusal | None:
    """Let one person in. The first admission opens the room."""
    state = transition.state
    person = state.people.get(command.who)
    if person is None or person.status is not AdmissionStatus.WAITING:
        return Refusal(Code.NOT_WAITING)
    if state.is_locked:
        return Refusal(Code.LOCKED)
    if state.free_seats < 1:
        return Refusal(Code.FULL)
    seated = sum(other.has_seat for _, other in state.waiting())
    if not person.has_seat and state.free_seats <= seated:
        return Refusal(Code.SEATS_ARE_HELD)
    session_controls.start(transition)
    _let_in(transition, command.who)
    return None


def admit_all(transition: Transition, _: commands.AdmitAll) -> Refusal | None:
    """Let in everyone who waits, as far as places are free.

    People with a seat come first, then those on standby by rank, then the others; each group in
    order of arrival. While somebody is on standby, every place is booked: until the start they are
    kept for those who booked them.
    """
    state = transition.state
    if state.is_locked:
        return Refusal(Code.LOCKED)
    admitted = [who for who, person in state.waiting() if person.has_seat]
    standby = _on_standby(transition)
    if transition.now >= state.starts_at or not standby:
        admitted += standby
        admitted += [who for who, _ in state.waiting() if who not in admitted]
    if admitted and state.free_seats < 1:
        return Refusal(Code.FULL)
    session_controls.start(transition)
    for who in admitted[: state.free_seats]:
        _let_in(transition, who)
    return None


def send_back(transition: Transition, command: commands.SendBack) -> Refusal | None:
    """Return a person to the waiting room; they must be admitted again."""
    if refusal := _target_refusal(transition, command.who, {AdmissionStatus.INSIDE}):
        return refusal
    _move(transition, command.who, AdmissionStatus.WAITING, was_admitted=False)
    count = transition.state.inside_count
    transition.emit(payloads.SentBack(who=command.who, count=count), also=command.who)
    _emit_waiting(transition, command.who)
    return None


def remove(transition: Transition, command: commands.Remove) -> Refusal | None:
    """Remove a person for the rest of this session."""
    statuses = {AdmissionStatus.INSIDE, AdmissionStatus.WAITING, AdmissionStatus.OUT}
    if refusal := _target_refusal(transition, command.who, statuses):
        return refusal
    if refusal := text_refusal(command.reason, max_length=REASON_LENGTH):
        return refusal
    is_inside = transition.state.people[command.who].is_inside
    _move(transition, command.who, AdmissionStatus.REMOVED, was_admitted=False)
    transition.emit(
        payloads.Removed(who=command.who, count=transition.state.inside_count),
        Audience.ROOM if is_inside else Audience.STAFF,
        also=command.who,
    )
    return None


def let_back(transition: Transition, command: commands.LetBack) -> Refusal | None:
    """Undo a removal."""
    person = transition.state.people.get(command.who)
    if person is None or person.status is not AdmissionStatus.REMOVED:
        return Refusal(Code.NOT_REMOVED)
    transition.change_person(command.who, status=AdmissionStatus.OUT)
    transition.emit(payloads.LetBack(who=command.who), Audience.STAFF)
    return None


def lock(transition: Transition, command: commands.Lock) -> Refusal | None:
    """Lock or unlock the room. People who were admitted may still come back."""
    if transition.state.is_locked != command.on:
        transition.change(is_locked=command.on)
        transition.emit(payloads.Locked(on=command.on), Audience.EVERYONE)
    return None


def _on_standby(transition: Transition) -> list[str]:
    """Return the waiting people without a seat, by rank."""
    ranks = {
        who: person.standby
        for who, person in transition.state.waiting()
        if person.standby and not person.has_seat
    }
    return sorted(ranks, key=lambda who: (ranks[who], who))


def _entry_refusal(transition: Transition, command: commands.Enter) -> Refusal | None:
    """Return why a person may neither come in nor wait."""
    state = transition.state
    known = state.people.get(command.by)
    if state.phase is Phase.CLOSED:
        return Refusal(Code.ENTRY_CLOSED)
    if known and known.status is AdmissionStatus.REMOVED:
        return Refusal(Code.REMOVED)
    is_new = known is None or not (known.was_admitted or known.status is AdmissionStatus.WAITING)
    if state.is_locked and is_new and command.role is Role.MEMBER:
        return Refusal(Code.LOCKED)
    key = alias_key(command.alias)
    if any(key == other.alias_key for who, other in state.people.items() if who != command.by):
        return Refusal(Code.ALIAS_TAKEN)
    return None


def _register(transition: Transition, command: commands.Enter) -> Participant:
    """Add or update a participant from the tables' data; keep the rest of a known one."""
    new = Participant(alias="", alias_key="", role=command.role, status=AdmissionStatus.OUT)
    person = replace(
        transition.state.people.get(command.by, new),
        alias=command.alias,
        alias_key=alias_key(command.alias),
        role=command.role,
        has_seat=command.has_seat,
        standby=command.standby,
        is_new=command.is_new,
    )
    transition.change(people=transition.state.people | {command.by: person})
    return person


def _let_in(transition: Transition, who: str) -> None:
    """Admit a person. A member may read events from their first admission on."""
    person = transition.state.people[who]
    earlier = person.first_visible_seq if person.was_admitted else 0
    first = 0 if person.is_staff else earlier or transition.state.seq + 1
    inside = transition.change_person(
        who, status=AdmissionStatus.INSIDE, was_admitted=True, first_visible_seq=first
    )
    joined = Joined.of(who, inside, count=transition.state.inside_count)
    transition.emit(joined, also=who)
    if person.is_staff:
        _emit_hosts(transition)
        session_controls.facilitator_joined(transition, who)


def _let_wait(transition: Transition, who: str) -> None:
    if transition.state.people[who].status is AdmissionStatus.OUT:
        transition.change_person(who, status=AdmissionStatus.WAITING)
        _emit_waiting(transition, who)


def _emit_waiting(transition: Transition, who: str) -> None:
    waiting = Waiting.of(who, transition.state.people[who])
    transition.emit(waiting, Audience.STAFF, also=who)


def _move(transition: Transition, who: str, status: AdmissionStatus, **fields: bool) -> None:
    """Change the status of a person who is no longer inside."""
    was_host = transition.state.people[who].is_staff and transition.state.people[who].is_inside
    transition.change_person(who, status=status, **fields)
    if was_host:
        _emit_hosts(transition)
    withdraw_from_turns(transition, who)
    session_controls.check_facilitator_left(transition)


def _emit_hosts(transition: Transition) -> None:
    hosts = payloads.HostsChanged(hosts=transition.state.hosts)
    transition.emit(hosts, Audience.EVERYONE)


def _target_refusal(
    transition: Transition, who: str, statuses: set[AdmissionStatus]
) -> Refusal | None:
    """Return why facilitators cannot act on a person, who must have one of the statuses."""
    person = transition.state.people.get(who)
    if person is None or person.status not in statuses:
        return Refusal(Code.UNKNOWN_PERSON)
    return Refusal(Code.IS_STAFF) if person.is_staff else None
