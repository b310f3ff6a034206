"""Deferral out of quiet hours: its limits, and the spans of quiet that the planner's SQL reads.

A notice that falls due in quiet hours leaves at their end if that is early enough, else before
them. Spans are instants, written from Python's tz database, because PostgreSQL has one of its own
that may be of another release.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from civiltime import zones
from notifications.models import Preferences, QuietSpan
from notifications.planning.quiet_hours import QuietHours

if TYPE_CHECKING:
    from django.db.models import QuerySet

USEFUL: Final = timedelta(minutes=10)  # a message less than this before the start is of no use
EARLY: Final = timedelta(minutes=40)  # with this much time left, a zone's messages are spread out
GRACE: Final = timedelta(minutes=30)  # how long after the begin a notice due before may still go
# At 07:00 the quiet hours of thousands of people end at once: their mails must not leave at once.
SPREAD: Final = timedelta(minutes=20)
SHORT_SPREAD: Final = timedelta(minutes=2)
PRIME: Final = 7919  # spreads people with neighbouring ids
DAYS_AHEAD: Final = timedelta(days=11)
DAYS_BACK: Final = timedelta(days=2)


def spread_of(person_id: int, ends_at: datetime, latest: datetime) -> timedelta:
    """Return how long after the end of a span one person's notices leave; all at the same time."""
    width = SPREAD if ends_at + EARLY <= latest else SHORT_SPREAD
    return timedelta(seconds=person_id * PRIME % int(width.total_seconds()))


def insert_quiet_spans(preferences: QuerySet[Preferences], now: datetime) -> None:
    """Insert the spans of quiet of some people's preferences for the days ahead."""
    columns = ("person__tz", "quiet_from", "quiet_until")
    with_quiet_hours = preferences.exclude(quiet_from=None)
    chosen = [QuietHours(*row) for row in with_quiet_hours.values_list(*columns).distinct()]
    QuietSpan.objects.bulk_create(
        (
            QuietSpan(
                tz=hours.tz.key,
                quiet_from=hours.quiet_from,
                quiet_until=hours.quiet_until,
                begins_at=span.begins_at,
                ends_at=span.ends_at,
                tz_version=zones.TZ_VERSION,
            )
            for hours in chosen
            for span in hours.spans(after=now - DAYS_BACK, before=now + DAYS_AHEAD)
        ),
        ignore_conflicts=True,
        batch_size=2000,
    )


def renew_quiet_spans(now: datetime) -> None:
    """Delete spans that are past or from another tz database, and insert missing ones."""
    QuietSpan.objects.exclude(tz_version=zones.TZ_VERSION).delete()
    QuietSpan.objects.filter(ends_at__lt=now - DAYS_BACK).delete()
    insert_quiet_spans(Preferences.objects.all(), now)
