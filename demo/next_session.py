"""The session that starts soon whenever somebody opens the demo."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from civiltime.recurrence import Frequency, Rule
from demo.bridge_of_reeds import FIRST_LIGHT
from scheduler.actions.schedule import create_series
from scheduler.actions.seats import book_seat
from scheduler.models import Group, Membership, Occurrence

LEAD_TIME: Final = timedelta(minutes=5)
SOON: Final = timedelta(minutes=10)
ONCE: Final = Rule(Frequency.DAILY, count=1)


@transaction.atomic
def ensure_session_soon(*, now: datetime) -> Occurrence:
    """Return the session that is on or starts within ten minutes; create one if there is none.

    A new one starts on a full minute, at most five minutes from now, with a seat for everybody.
    """
    group = Group.objects.get(name=FIRST_LIGHT.name)
    near = group.occurrences.not_over(now).taking_place().filter(starts_at__lte=now + SOON)
    return near.first() or _create_session(group, now)


def _create_session(group: Group, now: datetime) -> Occurrence:
    starts_at = (now + LEAD_TIME).replace(second=0, microsecond=0)
    series = create_series(
        by=group.memberships.get(role=Membership.Role.FACILITATOR).person,
        group=group,
        first_local=starts_at.astimezone(group.tz).replace(tzinfo=None),
        rule=ONCE,
        duration_minutes=FIRST_LIGHT.minutes,
        now=now,
    )
    occurrence = series.occurrences.get()
    for membership in group.memberships.active().select_related("person"):
        book_seat(person=membership.person, occurrence=occurrence, now=now)
    return occurrence
