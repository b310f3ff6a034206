"""Fills the tables of a running server: read by its ``manage.py shell``, answers in JSON."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.test import Client
from django.utils import timezone

from scheduler.models import Group, Organisation
from tests import make
from tests.support.ws_client import make_live_session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import Person
    from scheduler.models import Membership, Occurrence


OTHERS: Final = 16  # a server is dear to start: some tests share one, and none a room


def signed_in(person: Person) -> str:
    """Return the session key of a person's browser."""
    browser = Client()
    browser.force_login(person)
    return str(browser.session.session_key)


def another_hour(group: Group, members: Iterable[Membership]) -> Occurrence:
    """Return another session of the group that is on now, with seats for all."""
    starts_at = timezone.now() - timedelta(minutes=2)
    occurrence = make.occurrence(group, starts_at=starts_at)
    for member in members:
        make.seat(member, occurrence)
    return occurrence


def main() -> None:
    evening = make_live_session()
    Organisation.objects.update(allows_guests=True)
    Group.objects.update(welcomes_guests=True)
    nour = make.membership(make.person("nour"), evening.group, alias="نور")
    make.seat(nour, evening.occurrence)
    people = {name: evening.person(name) for name in evening.members}
    people |= {"nour": nour.person, "chen": make.person("chen")}
    members = evening.members | {"nour": nour}
    others = [another_hour(evening.group, members.values()) for _ in range(OTHERS)]
    world = {
        "door": f"/s/{evening.occurrence.key}/",
        "other_doors": [f"/s/{occurrence.key}/" for occurrence in others],
        "cookie": settings.SESSION_COOKIE_NAME,
        "who": {name: str(member.pk) for name, member in members.items()},
        "people": {name: signed_in(person) for name, person in people.items()},
    }
    sys.stdout.write(json.dumps(world))


main()
