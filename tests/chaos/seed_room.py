"""Seats 41 people in one room. Run by ``manage.py shell`` in the database of a chaos run."""

from __future__ import annotations

import json
import sys

from django.conf import settings
from django.test import Client
from django.utils import timezone

from sessions.actions import rooms
from tests import make

PEOPLE = 40


def main() -> None:
    group = make.group(capacity=100)
    members = [
        make.membership(
            make.person(),
            group,
            alias=f"Number {number}",
            role="member" if number else "facilitator",
        )
        for number in range(PEOPLE + 1)
    ]
    occurrence = make.occurrence(group, starts_at=timezone.now(), minutes=60)
    for member in members:
        make.seat(member, occurrence)
    keys = []
    for member in members:
        browser = Client()
        browser.force_login(member.person)
        keys.append(browser.session.session_key)
    hall = {
        "room": rooms.room_of(occurrence=occurrence).pk,
        "ticket": f"/s/{occurrence.key}/ticket/",
        "cookie": settings.SESSION_COOKIE_NAME,
        "keys": keys,
    }
    sys.stdout.write(json.dumps(hall))


main()
