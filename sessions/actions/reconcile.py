"""One look, each second, at everything that may have changed behind a process's back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from accounts.models import BrowserSession, Person
from scheduler.models import Membership, Occurrence
from sessions.actions.leases import lost
from sessions.actions.rooms import Missed, Review
from sessions.models import Room, SignIn
from sessions.room import commands as c
from sessions.room.state import Phase, Role

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


WINDOWS_AT_HAND: Final = 8192


class Presence(NamedTuple):
    """Where an open socket is, by which sign-in, and whether it hears what facilitators hear.

    ``is_staff`` is None while that is about to change.
    """

    room_id: int
    sign_in: SignIn
    is_staff: bool | None


class Place(NamedTuple):
    """What decides who may be in a room."""

    phase: str
    group_id: int
    substitute_id: int | None


class Member(NamedTuple):
    """What decides where somebody may be, and the mark of the password."""

    group_id: int
    state: str
    role: str
    password: str


class Verdict(Enum):
    """What the tables say of a presence."""

    FINE = 1
    STRANGER = 2  # does not belong to the session, or no more
    CHANGED = 3  # facilitates it since, or no more
    SIGNED_OUT = 4


class Due(NamedTuple):
    """What the house itself must do, room by room, and the leases that nobody needs after it."""

    commands: dict[int, list[c.Command]]
    lease_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look found.

    ``tops`` is the newest event of each room; ``due`` what the house itself must do;
    ``strangers`` no longer belong to the session whose room they are in; ``signed_out`` are
    sign-ins that are over: signed out, run out, or made with a password that was changed since.
    """

    tops: dict[int, int]
    due: Due
    strangers: frozenset[Presence]
    signed_out: frozenset[SignIn]


def look(*, rooms: Collection[int], present: Collection[Presence], now: datetime) -> Seen:
    """Compare what a process believes with what the tables say: five queries, whatever the load.

    When it is acted on, it may be wrong already: the commands in ``due`` look again.
    """
    tops, places = _places(rooms)
    members = _members({here.sign_in.who for here in present})
    running = _running({here.sign_in.session_key for here in present}, now)
    found: defaultdict[Verdict, set[Presence]] = defaultdict(set)
    for here in present:
        who = here.sign_in.who
        verdict = _judge(here, places.get(here.room_id), members.get(who))
        is_over = here.sign_in.session_key not in running
        found[Verdict.SIGNED_OUT if is_over else verdict].add(here)
    todo = due(now)
    for here in found[Verdict.STRANGER] | found[Verdict.CHANGED]:
        todo.commands.setdefault(here.room_id, []).append(Review(by=here.sign_in.who))
    return Seen(
        tops=tops,
        due=todo,
        strangers=frozenset(found[Verdict.STRANGER]),
        signed_out=frozenset(here.sign_in for here in found[Verdict.SIGNED_OUT]),
    )


def due(now: datetime) -> Due:
    """Return what the house itself must do now, in any room of the installation."""
    gone = lost(now=now)
    commands: dict[int, list[c.Command]] = {}
    for room in Room.objects.asked_by_the_clock(now).values_list("pk", flat=True):
        commands.setdefault(room, []).append(c.Tick())
    for room, who in gone.people:
        commands.setdefault(room, []).append(Missed(by=who))
    return Due(commands, gone.lease_ids)


def _places(rooms: Collection[int]) -> tuple[dict[int, int], dict[int, Place]]:
    """Return the newest event of each room, and what decides who may be in it."""
    shown = ("pk", "seq", "phase", "occurrence__group", "occurrence__substitute")
    rows = list(Room.objects.filter(pk__in=rooms).values_list(*shown))
    return {row[0]: row[1] for row in rows}, {row[0]: Place(*row[2:]) for row in rows}


def _members(people: Collection[str]) -> dict[str, Member]:
    """Return the memberships of those whose accounts are open, with their passwords' marks."""
    known = Membership.objects.filter(pk__in=map(int, people), person__deactivated_at=None)
    rows = known.values_list("pk", "group", "state", "role", "person__password")
    return {str(row[0]): Member(*row[1:]) for row in rows}


# A thousand windows ask this each second, and what decides it changes once an evening.
@lru_cache(maxsize=WINDOWS_AT_HAND)
def _judge(here: Presence, place: Place | None, member: Member | None) -> Verdict:
    """Return what the tables say of a presence, signing out left aside."""
    if place is None or member is None:
        return Verdict.STRANGER
    pk = int(here.sign_in.who)
    session = Occurrence(group_id=place.group_id, substitute_id=place.substitute_id)
    membership = Membership(pk=pk, group_id=member.group_id, state=member.state, role=member.role)
    if Person(password=member.password).get_session_auth_hash() != here.sign_in.auth_hash:
        return Verdict.SIGNED_OUT
    if not session.admits(membership):
        return Verdict.STRANGER
    is_staff = session.role_of(membership) != Role.MEMBER
    if here.is_staff in {None, is_staff} or place.phase == Phase.ENDED:
        return Verdict.FINE
    return Verdict.CHANGED


def _running(keys: Collection[str], now: datetime) -> set[str]:
    """Return the browser sessions that are signed in."""
    rows = BrowserSession.objects.filter(session_key__in=keys, expire_date__gt=now)
    return set(rows.values_list("session_key", flat=True))
