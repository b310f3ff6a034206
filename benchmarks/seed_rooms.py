"""Fills rooms with people for a benchmark, and prints a key for each. Run by ``manage.py shell``."""

from __future__ import annotations

import json
import secrets
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from accounts.browser_sessions import SessionStore
from sessions.actions.rooms import CommandRequest, RequestEntry, execute, room_of
from sessions.actions.tickets import issue_ticket
from sessions.models import Ticket
from sessions.room import commands as c
from tests import make

if TYPE_CHECKING:
    from scheduler.models import Membership
    from sessions.models import Room

TICKET_LIFETIME: Final = timedelta(minutes=10)  # longer than real ones, for a busy machine


def fill(rooms: int, people: int, what: str) -> None:
    """Print for each room a key for everyone inside: a ticket, or a path with a cookie."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    filled = [_filled(people) for _ in range(rooms)]
    key_of = _ticket if what == "tickets" else _cookie
    keys = [[key_of(room, member) for member in members] for room, members in filled]
    Ticket.objects.update(expires_at=timezone.now() + TICKET_LIFETIME)
    sys.stdout.write(json.dumps(keys))


def hall(people: int) -> None:
    """Print a full room for ``tests.journeys.browsers.Hall``; its people are "0", "1", …."""
    room, members = _filled(people)
    names = [str(number) for number in range(people)]
    world = {
        "door": f"/s/{room.occurrence.key}/",
        "cookie": settings.SESSION_COOKIE_NAME,
        "who": dict(zip(names, (str(member.pk) for member in members), strict=True)),
        "people": dict(zip(names, map(_sign_in, members), strict=True)),
    }
    sys.stdout.write(json.dumps(world))


def _filled(people: int) -> tuple[Room, list[Membership]]:
    mark = secrets.token_hex(6)  # unique for each run
    group = make.group(capacity=people, organisation=make.organisation(mark))
    members = [
        make.membership(
            make.person(f"{mark}-{number}"),
            group,
            alias=f"N {number}",
            role="member" if number else "facilitator",
        )
        for number in range(people)
    ]
    occurrence = make.occurrence(group, starts_at=timezone.now())
    for member in members:
        make.seat(member, occurrence)
    room = room_of(occurrence=occurrence)
    entries = [CommandRequest(RequestEntry(by=str(member.pk))) for member in members]
    admission = CommandRequest(c.AdmitAll(by=str(members[0].pk)))
    execute(room_id=room.pk, requests=[*entries, admission], now=timezone.now())
    return room, members


def _sign_in(member: Membership) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(member.person_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _ticket(room: Room, member: Membership) -> str:
    return issue_ticket(
        room=room,
        membership=member,
        session_key=_sign_in(member),
        auth_hash=member.person.get_session_auth_hash(),
        now=timezone.now(),
    )


def _cookie(room: Room, member: Membership) -> str:
    return f"/members/{room.occurrence_id}/ {settings.SESSION_COOKIE_NAME}={_sign_in(member)}"
