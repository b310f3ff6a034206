"""Before an import: two accounts and a partner. Read by ``manage.py shell``."""

from __future__ import annotations

from django.utils import timezone

from accounts.actions.people import sign_up
from civiltime import zones
from scheduler.actions.organisations import create_organisation
from tests.make import PASSWORD


def main() -> None:
    now = timezone.now()
    amina, _bo = (
        sign_up(username=username, password=PASSWORD, tz=zones.zone(tz), language="en", now=now)
        for username, tz in (("amina", "Africa/Cairo"), ("bo", "Europe/Copenhagen"))
    )
    create_organisation(name="Open Lists", country="SK", coordinator=amina, now=now)


main()
