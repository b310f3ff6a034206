"""One look, each second, at everything that may have changed behind a process's back."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from scheduler.models import Membership
from sessions.actions.leases import lost
from sessions.models import Room, SignIn
from sessions.room import commands as c
from sessions.room.state import Phase, Role

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


class Presence(NamedTuple):
    """Where an open socket is, by which sign-in, and whether it hears what facilitators hear.

    ``is_staff`` is None while that is about to change.
    """

    room_id: int
    sign_in: SignIn
    is_staff: bool | None


class Due(NamedTuple):
    """What the house itself must do, room by room, and the leases that nobody needs after it."""

    commands: dict[int, list[c.Command]]
    lease_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look found.

    ``tops`` is the newest event of each room; ``due`` what the house itself must do;
    ``strangers`` no longer belong to the session whose room they are in; ``changed`` facilitate
    it since, or no more; ``signed_out`` are sign-ins that are over: signed out, run out, or made
    with a passphrase that was changed since.
    """

    tops: dict[int, int]
    due: Due
    strangers: frozenset[Presence]
    changed: frozenset[Presence]
    signed_out: frozenset[SignIn]


def look(*, rooms: Collection[int], present: Collection[Presence], now: datetime) -> Seen:
    """Compare what a process believes with what the tables say: five queries, whatever the load."""
    places = _places(rooms)
    members = _members({here.sign_in.who for here in present})
    sign_ins = {here.sign_in for here in present}
    running = _running({sign_in.session_key for sign_in in sign_ins}, now)
    strangers = frozenset(here for here in present if _is_stranger(here, places, members))
    return Seen(
        tops={pk: room.seq for pk, room in places.items()},
        due=due(now),
        strangers=strangers,
        changed=frozenset(
            here
            for here in present
            if here not in strangers and _has_changed(here, places, members)
        ),
        signed_out=frozenset(
            sign_in
            for sign_in in sign_ins
            if sign_in.session_key not in running or _has_new_passphrase(sign_in, members)
        ),
    )


def due(now: datetime) -> Due:
    """Return what the house itself must do now, in any room of the installation."""
    gone = lost(now=now)
    commands: dict[int, list[c.Command]] = {}
    for room in Room.objects.asked_by_the_clock(now).values_list("pk", flat=True):
        commands.setdefault(room, []).append(c.Tick())
    for room, who in gone.people:
        commands.setdefault(room, []).append(c.Leave(by=who))
    return Due(commands, gone.lease_ids)


def _places(rooms: Collection[int]) -> dict[int, Room]:
    """Return rooms, with what decides who may be in them."""
    rows = Room.objects.filter(pk__in=rooms).select_related("occurrence")
    shown = ("seq", "phase", "occurrence__group", "occurrence__substitute")
    return {room.pk: room for room in rows.only(*shown)}


def _members(people: Collection[str]) -> dict[str, Membership]:
    """Return the memberships of those whose accounts are open, with their passphrases' marks."""
    known = Membership.objects.filter(pk__in=map(int, people), person__deactivated_at=None)
    shown = ("group", "state", "role", "person", "person__password")
    return {str(row.pk): row for row in known.select_related("person").only(*shown)}


def _is_stranger(here: Presence, places: dict[int, Room], members: dict[str, Membership]) -> bool:
    room, member = places.get(here.room_id), members.get(here.sign_in.who)
    return room is None or member is None or not room.occurrence.welcomes(member)


def _has_changed(here: Presence, places: dict[int, Room], members: dict[str, Membership]) -> bool:
    """Whether somebody became a facilitator of this session, or is one no more."""
    if here.is_staff is None:
        return False
    room, member = places[here.room_id], members[here.sign_in.who]
    is_staff = room.occurrence.role_of(member) != Role.MEMBER
    return room.phase != Phase.ENDED and is_staff is not here.is_staff


def _has_new_passphrase(sign_in: SignIn, members: dict[str, Membership]) -> bool:
    member = members.get(sign_in.who)
    return member is not None and member.person.get_session_auth_hash() != sign_in.auth_hash


def _running(keys: Collection[str], now: datetime) -> set[str]:
    """Return the browser sessions that are signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    rows = store.objects.filter(session_key__in=keys, expire_date__gt=now)
    return set(rows.values_list("session_key", flat=True))
