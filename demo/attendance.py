"""Seats of the past month and of the coming days."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from scheduler.actions.seats import book_seat
from scheduler.models import Membership, Occurrence

if TYPE_CHECKING:
    from datetime import datetime

ATTENDANCE_RATE: Final = 0.7
BOOKING_RATE: Final = 0.6
AHEAD: Final = timedelta(days=8)


def create_attendance(*, now: datetime) -> int:
    """Book seats for members, the same ones in each demo; return the number of past sessions.

    A past seat is booked by the same action with ``now`` a day before the session.
    """
    dice = Random("commonhour")  # noqa: S311 - repeatable is the point
    known = Occurrence.objects.filter(starts_at__lt=now + AHEAD).order_by("group", "starts_at")
    members = Membership.objects.active().filter(role=Membership.Role.MEMBER).order_by("pk")
    tally: Counter[bool] = Counter()
    for occurrence in known:
        is_past = occurrence.starts_at < now
        tally[is_past] += 1
        asked_at = min(now, occurrence.starts_at - timedelta(days=1))
        for membership in members.filter(group=occurrence.group_id).select_related("person"):
            if dice.random() < (ATTENDANCE_RATE if is_past else BOOKING_RATE):
                book_seat(person=membership.person, occurrence=occurrence, now=asked_at)
    return tally[True]
