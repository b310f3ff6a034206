"""Fills the tables of a running server: read by its ``manage.py shell``, answers in JSON."""

from __future__ import annotations

import json
import sys

from django.conf import settings
from django.test import Client

from tests.lines import Evening, an_evening


def signed_in(evening: Evening, name: str) -> str:
    """Return the session key of a person's browser."""
    browser = Client()
    browser.force_login(evening.person(name))
    return str(browser.session.session_key)


def main() -> None:
    evening = an_evening()
    world = {
        "door": f"/s/{evening.occurrence.key}/",
        "cookie": settings.SESSION_COOKIE_NAME,
        "people": {name: signed_in(evening, name) for name in evening.members},
    }
    sys.stdout.write(json.dumps(world))


main()
