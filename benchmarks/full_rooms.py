"""Fills rooms with people for a measurement, and hands out a key for each: read by manage.py shell."""

from __future__ import annotations

import json
import secrets
import sys
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from sessions.actions.rooms import Knock, Wish, fulfil, room_of
from sessions.actions.tickets import issue_ticket
from sessions.room import commands as c
from tests import make

if TYPE_CHECKING:
    from scheduler.models import Membership
    from sessions.models import Room


def fill(rooms: int, people: int) -> None:
    """Print, room by room, a key for everyone inside; they open sockets within a minute."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    sign_in = SessionStore()
    sign_in.create()
    key = str(sign_in.session_key)
    filled = [_filled(people) for _ in range(rooms)]
    sys.stdout.write(json.dumps([_tickets(room, members, key) for room, members in filled]))


def _filled(people: int) -> tuple[Room, list[Membership]]:
    mark = secrets.token_hex(6)  # each run of this file counts its people from one again
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
    knocks = [Wish(Knock(by=str(member.pk))) for member in members]
    admission = Wish(c.AdmitAll(by=str(members[0].pk)))
    fulfil(room_id=room.pk, wishes=[*knocks, admission], now=timezone.now())
    return room, members


def _tickets(room: Room, members: list[Membership], session_key: str) -> list[str]:
    return [
        issue_ticket(
            room=room,
            membership=member,
            session_key=session_key,
            auth_hash=member.person.get_session_auth_hash(),
            now=timezone.now(),
        )
        for member in members
    ]
