"""Fills the tables of a running server: read by its ``manage.py shell``, answers in JSON."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client

from tests import make
from tests.lines import an_evening

if TYPE_CHECKING:
    from scheduler.models import Person


def signed_in(person: Person) -> str:
    """Return the session key of a person's browser."""
    browser = Client()
    browser.force_login(person)
    return str(browser.session.session_key)


def main() -> None:
    evening = an_evening()
    nour = make.membership(make.person("nour"), evening.group, alias="نور")
    make.seat(nour, evening.occurrence)
    people = {name: evening.person(name) for name in evening.members}
    people |= {"nour": nour.person, "chen": make.person("chen")}
    world = {
        "door": f"/s/{evening.occurrence.key}/",
        "cookie": settings.SESSION_COOKIE_NAME,
        "people": {name: signed_in(person) for name, person in people.items()},
    }
    sys.stdout.write(json.dumps(world))


main()
