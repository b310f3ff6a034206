"""Whatever happens in a room happens here: under its row lock, numbered, kept in its log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from scheduler.actions.seats import standby_order
from scheduler.models import Membership, Occurrence, Seat
from sessions.actions import attendance
from sessions.media.choose import offered
from sessions.models import Lease, Room, RoomEvent
from sessions.room import Refusal, State, apply
from sessions.room import commands as c
from sessions.room.deadlines import next_tick
from sessions.room.events import Code
from sessions.room.state import Phase, Role, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sessions.room import Event


NOT_BEGUN: Final = frozenset({Phase.CLOSED, Phase.DOORS_OPEN})
HERE: Final = frozenset({Standing.INSIDE, Standing.WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock(c.Command):
    """Come to the door under the alias, role and seat that the tables hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(c.Command):
    """Look at a person's right and role again, as with every command, and do nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed(c.Command):
    """Show a person out, unless a line of theirs is open by now."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A command, under a name that makes its repetition harmless."""

    command: c.Command
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish: the number it has in the log, or why it was refused."""

    seq: int | None = None
    refusal: Code | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of a batch of wishes: one outcome each, and everything there is to tell."""

    outcomes: tuple[Outcome, ...]
    events: tuple[Event, ...]


def room_of(*, occurrence: Occurrence) -> Room:
    """Return the room of an occurrence, and make it when nobody asked before."""
    state = State(
        starts_at=occurrence.starts_at, ends_at=occurrence.ends_at, capacity=occurrence.seats
    )
    room = Room(occurrence=occurrence)
    room.write(state, tick_at=next_tick(state))
    fields = {name: getattr(room, name) for name in ("seq", "phase", "state", "tick_at")}
    made, _ = Room.objects.get_or_create(occurrence=occurrence, defaults=fields)
    return made


def fulfil(*, room_id: int, wishes: Sequence[Wish], now: datetime) -> Happened:
    """Apply wishes in order, in one transaction, under the room's lock.

    Everyone's right is checked anew: who no longer belongs is shown out, whose role
    changed comes back in the new one. A wish that was fulfilled before is not repeated.
    """
    with transaction.atomic():
        clerk = _Clerk(Room.objects.locked(room_id), now)
        clerk.do(c.Tick())
        clerk.check_rights({wish.command.by for wish in wishes})
        clerk.numbers = clerk.room.numbers([wish.message_id for wish in wishes])
        outcomes = tuple(clerk.fulfil(wish) for wish in wishes)
        clerk.save()
    return Happened(outcomes, tuple(clerk.events))


class _Clerk:
    """Writes down what happens in one room during one transaction."""

    def __init__(self, room: Room, now: datetime) -> None:
        self.room = room
        self.now = now
        self.before = room.read()
        self.state = _offering(self.before)
        if self.state.phase in NOT_BEGUN:
            self.state = _following_the_schedule(self.state, self.occurrence)
        self.events: list[Event] = []
        self.rows: list[RoomEvent] = []
        self.members: dict[str, Membership] = {}
        self.numbers: dict[str, int] = {}  # of wishes that were fulfilled already

    @cached_property
    def occurrence(self) -> Occurrence:
        """Return the whole occurrence, which coming in asks about, and talking does not."""
        return Occurrence.objects.select_related("group").get(pk=self.room.occurrence_id)

    def check_rights(self, people: set[str]) -> None:
        """Show out who no longer belongs; know everyone else by today's alias and role."""
        occurrence = self.room.occurrence
        members = Membership.objects.with_open_accounts([int(who) for who in people if who])
        self.members = {str(one.pk): one for one in members if occurrence.admits(one)}
        for who in sorted(people - self.members.keys() - {""}):
            self.do(c.Expel(by=who))
        for who, member in self.members.items():
            known = self.state.people.get(who)
            if known and known.standing in HERE and known.role != occurrence.role_of(member):
                self.do(self._entrance(member))

    def fulfil(self, wish: Wish) -> Outcome:
        """Apply one wish, unless it was before."""
        if seq := self.numbers.get(wish.message_id):
            return Outcome(seq=seq)
        command = wish.command
        if command.by and command.by not in self.members and not isinstance(command, c.Leave):
            return Outcome(refusal=Code.NOT_HERE)
        if isinstance(command, Review) or (
            isinstance(command, Missed) and int(command.by) in self._with_lines
        ):
            return Outcome(seq=self.state.seq)
        if isinstance(command, Missed):
            command = c.Leave(by=command.by)
        if isinstance(command, Knock):
            command = self._entrance(self.members[command.by])
        return self.do(command, message_id=wish.message_id)

    def do(self, command: c.Command, *, message_id: str = "") -> Outcome:
        """Apply a command and keep what it tells."""
        result = apply(self.state, command, self.now)
        if isinstance(result, Refusal):
            return Outcome(refusal=result.code)
        self.state, events = result
        if message_id and events:
            self.numbers[message_id] = events[0].seq
        names = [message_id, *[""] * len(events)]
        for event, name in zip(events, names, strict=False):
            self.rows.append(RoomEvent.of(self.room, event, message_id=name))
        self.events += events
        attendance.keep(self.room, command, events, rows=self.rows, now=self.now)
        return Outcome(seq=events[0].seq if events else self.state.seq)

    def save(self) -> None:
        """Store the room and its new events; a wish that changed nothing writes nothing."""
        if self.state == self.before:
            return
        self.room.move_on(self.state, self.rows, tick_at=next_tick(self.state))

    def _entrance(self, member: Membership) -> c.Enter:
        return c.Enter(
            by=str(member.pk),
            alias=member.alias,
            role=Role(self.occurrence.role_of(member)),
            has_seat=member.pk in self._seated,
            standby=self._standby.get(member.pk),
        )

    @cached_property
    def _with_lines(self) -> set[int]:
        leases = Lease.objects.running(self.now).filter(room=self.room)
        return set(leases.values_list("membership", flat=True))

    @cached_property
    def _seated(self) -> set[int]:
        seats = Seat.objects.held(self.now).filter(occurrence=self.occurrence)
        return set(seats.values_list("membership", flat=True))

    @cached_property
    def _standby(self) -> dict[int, int]:
        line = standby_order(occurrence=self.occurrence, now=self.now)
        return {member: place for place, member in enumerate(line, start=1)}


def _following_the_schedule(state: State, occurrence: Occurrence) -> State:
    """Take over a moved hour or another capacity of a session that has not begun."""
    return replace(
        state,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        capacity=occurrence.seats,
    )


def _offering(state: State) -> State:
    """Take over what this installation carries voices with today."""
    backends = offered()
    if (state.backends, state.direct_allowed) == (backends, settings.DIRECT_CALLS):
        return state
    return replace(state, backends=backends, direct_allowed=settings.DIRECT_CALLS)
