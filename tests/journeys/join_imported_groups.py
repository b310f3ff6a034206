"""After an import: Amina runs every group, Bo belongs to each, asks for mail and a calendar.

Read by ``manage.py shell``; answers with the address of the calendar.
"""

from __future__ import annotations

import sys

from django.utils import timezone

from accounts.models import Person
from calendars.actions.feeds import create_feed
from notifications.actions.addresses import confirm_address
from notifications.actions.preferences import choose_reminders
from notifications.models import Transport
from scheduler.actions.invitations import invite
from scheduler.actions.memberships import adopt_group, join_group
from scheduler.models import Group


def main() -> None:
    now = timezone.now()
    amina, bo = (Person.objects.get(username=username) for username in ("amina", "bo"))
    for group in Group.objects.all():
        adopt_group(by=amina, group=group, alias="Amina", now=now)
        code = invite(by=amina, group=group, now=now)
        join_group(person=bo, group=group, alias="Harbour light", code=code, now=now)
    confirm_address(person=bo, email="bo@example.org", now=now)
    choose_reminders(person=bo, transport=Transport.EMAIL, leads=[24 * 60, 60], now=now)
    sys.stdout.write(f"/c/{create_feed(person=bo, label='phone', now=now).token}.ics")


main()
