"""Compares a process's open connections with the tables, once a second."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from accounts.models import BrowserSession, Person
from scheduler.models import Membership, Occurrence
from sessions.actions.leases import expired_leases
from sessions.actions.rooms import LeaveIfDisconnected, RecheckAccess
from sessions.models import Room, SignIn
from sessions.room import commands as c
from sessions.room.state import Phase

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


MAX_CACHED_ACCESS: Final = 8192


class OpenConnection(NamedTuple):
    """Room and sign-in of an open connection, and whether it receives what facilitators do.

    ``is_staff`` is None while its snapshot is being made.
    """

    room_id: int
    sign_in: SignIn
    is_staff: bool | None


class RoomRow(NamedTuple):
    """The columns that decide who has access to a room."""

    phase: str
    group_id: int
    substitute_id: int | None


class MemberRow(NamedTuple):
    """The columns that decide which rooms a member has access to, and the password hash."""

    group_id: int
    state: str
    role: str
    password: str


class Access(Enum):
    """What the tables say about an open connection."""

    ALLOWED = 1
    DENIED = 2  # the person does not, or no longer, belong to the session
    ROLE_CHANGED = 3
    SIGNED_OUT = 4


class DueWork(NamedTuple):
    """System commands by room, and the leases that can be deleted after them."""

    commands: dict[int, list[c.Command]]
    lease_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """The result of a comparison.

    ``latest_seqs`` is the number of each room's last event. ``denied`` connections have no access
    to their room. ``signed_out`` sign-ins are over: signed out, expired, or made with an old
    password.
    """

    latest_seqs: dict[int, int]
    due: DueWork
    denied: frozenset[OpenConnection]
    signed_out: frozenset[SignIn]


def reconcile(
    *, rooms: Collection[int], connections: Collection[OpenConnection], now: datetime
) -> Reconciliation:
    """Compare open connections with the tables, in five queries for any number of them.

    The result can be outdated when it is used: the commands in ``due`` check access again.
    """
    latest_seqs, room_rows = _rooms(rooms)
    members = _members({one.sign_in.who for one in connections})
    signed_in = _signed_in({one.sign_in.session_key for one in connections}, now)
    by_access: defaultdict[Access, set[OpenConnection]] = defaultdict(set)
    for one in connections:
        access = _access(one, room_rows.get(one.room_id), members.get(one.sign_in.who))
        is_over = one.sign_in.session_key not in signed_in
        by_access[Access.SIGNED_OUT if is_over else access].add(one)
    due = due_work(now)
    for one in by_access[Access.DENIED] | by_access[Access.ROLE_CHANGED]:
        due.commands.setdefault(one.room_id, []).append(RecheckAccess(by=one.sign_in.who))
    return Reconciliation(
        latest_seqs=latest_seqs,
        due=due,
        denied=frozenset(by_access[Access.DENIED]),
        signed_out=frozenset(one.sign_in for one in by_access[Access.SIGNED_OUT]),
    )


def due_work(now: datetime) -> DueWork:
    """Return the system commands that are due in any room of the installation."""
    expired = expired_leases(now=now)
    commands: dict[int, list[c.Command]] = {}
    for room_id in Room.objects.due(now).values_list("pk", flat=True):
        commands.setdefault(room_id, []).append(c.Tick())
    for room_id, who in expired.people:
        commands.setdefault(room_id, []).append(LeaveIfDisconnected(by=who))
    return DueWork(commands, expired.lease_ids)


def _rooms(room_ids: Collection[int]) -> tuple[dict[int, int], dict[int, RoomRow]]:
    """Return the last event number and the access columns of each room."""
    columns = ("pk", "seq", "phase", "occurrence__group", "occurrence__substitute")
    rows = list(Room.objects.filter(pk__in=room_ids).values_list(*columns))
    return {row[0]: row[1] for row in rows}, {row[0]: RoomRow(*row[2:]) for row in rows}


def _members(people: Collection[str]) -> dict[str, MemberRow]:
    """Return the memberships whose accounts are open, by id."""
    known = Membership.objects.filter(pk__in=map(int, people), person__deactivated_at=None)
    rows = known.values_list("pk", "group", "state", "role", "person__password")
    return {str(row[0]): MemberRow(*row[1:]) for row in rows}


# Cached, because it is asked for every connection each second and its arguments hardly change.
@lru_cache(maxsize=MAX_CACHED_ACCESS)
def _access(one: OpenConnection, room: RoomRow | None, member: MemberRow | None) -> Access:
    """Return a connection's access, leaving aside whether its browser session is over."""
    if room is None or member is None:
        return Access.DENIED
    pk = int(one.sign_in.who)
    occurrence = Occurrence(group_id=room.group_id, substitute_id=room.substitute_id)
    membership = Membership(pk=pk, group_id=member.group_id, state=member.state, role=member.role)
    if Person(password=member.password).get_session_auth_hash() != one.sign_in.auth_hash:
        return Access.SIGNED_OUT
    if not occurrence.admits(membership):
        return Access.DENIED
    is_staff = occurrence.is_facilitated_by(membership)
    if one.is_staff in {None, is_staff} or room.phase == Phase.ENDED:
        return Access.ALLOWED
    return Access.ROLE_CHANGED


def _signed_in(keys: Collection[str], now: datetime) -> set[str]:
    """Return the keys of browser sessions that are not over."""
    rows = BrowserSession.objects.filter(session_key__in=keys, expire_date__gt=now)
    return set(rows.values_list("session_key", flat=True))
