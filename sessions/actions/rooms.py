"""Carries out commands in rooms: locked, authorised, numbered and stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from scheduler.actions.seats import standby_order
from scheduler.models import Membership, Occurrence, Seat
from sessions.actions import records, room_log
from sessions.media.choose import offered
from sessions.models import Attendance, Lease, Room
from sessions.room import Refusal, State, apply
from sessions.room import commands as c
from sessions.room.refusals import Code
from sessions.room.state import AdmissionStatus, Phase, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sessions.models import RoomEvent
    from sessions.room import Event


BEFORE_START: Final = frozenset({Phase.CLOSED, Phase.ENTRY_OPEN})
PRESENT: Final = frozenset({AdmissionStatus.INSIDE, AdmissionStatus.WAITING})


@c.command
class RequestEntry(c.Command):
    """Enter with the alias, role and seat that the tables hold."""


@c.command
class RecheckAccess(c.Command):
    """Check a person's access and role, which every command does first, and do nothing else."""


@c.command
class LeaveIfDisconnected(c.Command):
    """Leave, unless the person has an open connection by now."""


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """A command with the id under which a repetition is recognised; empty for none."""

    command: c.Command
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a request: the number it has in the log, or why it was refused."""

    seq: int | None = None
    refusal: Code | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The results of a batch of requests, in order, and all of their events."""

    outcomes: tuple[Outcome, ...]
    events: tuple[Event, ...]


def room_of(*, occurrence: Occurrence) -> Room:
    """Return the room of an occurrence; create it on first use."""
    state = State(
        starts_at=occurrence.starts_at, ends_at=occurrence.ends_at, capacity=occurrence.seats
    )
    columns = room_log.state_columns(state)
    room, _ = Room.objects.get_or_create(occurrence=occurrence, defaults=columns)
    return room


def execute(*, room_id: int, requests: Sequence[CommandRequest], now: datetime) -> BatchResult:
    """Carry out requests in order, in one transaction, under the room's lock.

    The access of every author is checked first: people without access are expelled, people whose
    role changed enter again. A request that was carried out before is not repeated.

    Raises:
        Room.DoesNotExist: there is no such room.
    """
    with transaction.atomic():
        work = RoomTransaction(room_log.lock_room(room_id), now)
        work.apply(c.Tick())
        work.check_access({request.command.by for request in requests})
        work.load_seqs([request.message_id for request in requests])
        outcomes = tuple(work.execute(request) for request in requests)
        work.save()
    return BatchResult(outcomes, tuple(work.events))


class RoomTransaction:
    """The commands of one database transaction in one locked room."""

    def __init__(self, room: Room, now: datetime) -> None:
        self.room = room
        self.now = now
        self.before = room.read_state()
        self.state = _with_media_settings(self.before)
        if self.state.phase in BEFORE_START:
            self.state = _with_schedule(self.state, self.occurrence)
        self.events: list[Event] = []
        self.rows: list[RoomEvent] = []
        self.members: dict[str, Membership] = {}
        self.seqs: dict[str, int] = {}  # of requests that were carried out, by message id

    @cached_property
    def occurrence(self) -> Occurrence:
        """Return the whole occurrence, which only entering needs."""
        return Occurrence.objects.select_related("group").get(pk=self.room.occurrence_id)

    def check_access(self, people: set[str]) -> None:
        """Load the memberships of people; expel those without access, re-enter changed roles."""
        occurrence = self.room.occurrence
        members = Membership.objects.with_open_accounts([int(who) for who in people if who])
        self.members = {str(one.pk): one for one in members if occurrence.admits(one)}
        for who in sorted(people - self.members.keys() - {""}):
            self.apply(c.Expel(by=who))
        for who, member in self.members.items():
            known = self.state.people.get(who)
            if known and known.status in PRESENT and known.role != occurrence.role_of(member):
                self.apply(self._enter_command(member))

    def load_seqs(self, message_ids: list[str]) -> None:
        """Load which requests were carried out before."""
        self.seqs = room_log.seqs_of_messages(self.room, message_ids)

    def execute(self, request: CommandRequest) -> Outcome:
        """Carry out one request, unless it was before or its author has no access."""
        if seq := self.seqs.get(request.message_id):
            return Outcome(seq=seq)
        command = request.command
        if command.by and command.by not in self.members and not isinstance(command, c.Leave):
            return Outcome(refusal=Code.NOT_HERE)
        resolved = self._resolve(command)
        if resolved is None:
            return Outcome(seq=self.state.seq)
        return self.apply(resolved, message_id=request.message_id)

    def apply(self, command: c.Command, *, message_id: str = "") -> Outcome:
        """Apply a command to the state, and keep its events for ``save``."""
        result = apply(self.state, command, self.now)
        if isinstance(result, Refusal):
            return Outcome(refusal=result.code)
        self.state, events = result
        if message_id and events:
            self.seqs[message_id] = events[0].seq
        names = [message_id, *[""] * len(events)]
        for event, name in zip(events, names, strict=False):
            self.rows.append(room_log.new_row(event, message_id=name))
        self.events += events
        records.record(self.room, command, events, rows=self.rows, now=self.now)
        return Outcome(seq=events[0].seq if events else self.state.seq)

    def save(self) -> None:
        """Store the state and the new events, if anything changed."""
        if self.state != self.before:
            room_log.store(self.room, self.state, self.rows)

    def _resolve(self, command: c.Command) -> c.Command | None:
        """Return the room's own command for one that the tables complete; None for nothing to do."""
        if isinstance(command, RecheckAccess):
            return None
        if isinstance(command, RequestEntry):
            return self._enter_command(self.members[command.by])
        if isinstance(command, LeaveIfDisconnected):
            is_connected = int(command.by) in self._connected
            return None if is_connected else c.Leave(by=command.by)
        return command

    def _enter_command(self, member: Membership) -> c.Enter:
        return c.Enter(
            by=str(member.pk),
            alias=member.alias,
            role=Role(self.occurrence.role_of(member)),
            has_seat=member.pk in self._seated,
            standby=self._standby.get(member.pk),
            is_new=member.pk not in self._came_lately,
        )

    @cached_property
    def _came_lately(self) -> set[int]:
        """Return who of the authors was in another session, as far back as attendance is kept."""
        stays = Attendance.objects.filter(membership__in=[int(who) for who in self.members])
        others = stays.exclude(occurrence=self.room.occurrence_id)
        return set(others.values_list("membership", flat=True))

    @cached_property
    def _connected(self) -> set[int]:
        leases = Lease.objects.running(self.now).filter(room=self.room)
        return set(leases.values_list("membership", flat=True))

    @cached_property
    def _seated(self) -> set[int]:
        seats = Seat.objects.held(self.now).filter(occurrence=self.occurrence)
        return set(seats.values_list("membership", flat=True))

    @cached_property
    def _standby(self) -> dict[int, int]:
        order = standby_order(occurrence=self.occurrence, now=self.now)
        return {member: rank for rank, member in enumerate(order, start=1)}


def _with_schedule(state: State, occurrence: Occurrence) -> State:
    """Return the state with the times and the capacity that the schedule has now."""
    return replace(
        state,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        capacity=occurrence.seats,
    )


def _with_media_settings(state: State) -> State:
    """Return the state with the media backends that this installation offers now."""
    backends = offered()
    if (state.backends, state.direct_allowed) == (backends, settings.DIRECT_CALLS):
        return state
    return replace(state, backends=backends, direct_allowed=settings.DIRECT_CALLS)
