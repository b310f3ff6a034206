"""Before an import: two accounts and a partner. Read by ``manage.py shell``."""

from __future__ import annotations

from django.utils import timezone

from accounts.actions.people import sign_up
from civiltime import zones
from scheduler.actions.organisations import found_organisation
from tests.make import PASSPHRASE


def main() -> None:
    now = timezone.now()
    amina, _bo = (
        sign_up(handle=handle, passphrase=PASSPHRASE, tz=zones.zone(tz), language="en", now=now)
        for handle, tz in (("amina", "Africa/Cairo"), ("bo", "Europe/Copenhagen"))
    )
    found_organisation(name="Open Lists", country="SK", coordinator=amina, now=now)


main()
