"""Moves what would fall due in quiet hours: to their end where that is early enough, else before.

Set-based: which zone is quiet when stands as instants in ``QuietSpan``, written by Python from its
tz database. PostgreSQL has one of its own, which may be of another year.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection

from civiltime import zones
from notifications.models import Preferences, QuietSpan
from notifications.planning.quiet_hours import QuietHours

if TYPE_CHECKING:
    from django.db.models import QuerySet

USEFUL: Final = timedelta(minutes=10)  # what comes later than this before the start helps nobody
EARLY: Final = timedelta(minutes=40)  # from here on there is time to spread a whole zone's mails
GRACE: Final = timedelta(minutes=30)  # what was due before the quiet began may still go
# Nine thousand people's nights end at 07:00: their mails need not leave in one second.
SPREAD: Final = timedelta(minutes=20)
LITTLE_SPREAD: Final = timedelta(minutes=2)
PRIME: Final = 7919
WRITTEN_AHEAD: Final = timedelta(days=11)
WRITTEN_BACK: Final = timedelta(days=2)


def spread_of(person_id: int, ends_at: datetime, latest: datetime) -> timedelta:
    """Return how long after the end of the quiet one person's news waits; the same for all of it."""
    width = SPREAD if ends_at + EARLY <= latest else LITTLE_SPREAD
    return timedelta(seconds=person_id * PRIME % int(width.total_seconds()))


def write_spans(chosen: QuerySet[Preferences], now: datetime) -> None:
    """Write when it is quiet for some people's choices, for the days ahead."""
    columns = ("person__tz", "quiet_from", "quiet_until")
    after, before = now - WRITTEN_BACK, now + WRITTEN_AHEAD
    hours = [
        QuietHours(*row) for row in chosen.exclude(quiet_from=None).values_list(*columns).distinct()
    ]
    QuietSpan.objects.bulk_create(
        (
            QuietSpan(
                tz=one.tz.key,
                quiet_from=one.quiet_from,
                quiet_until=one.quiet_until,
                begins_at=span.begins_at,
                ends_at=span.ends_at,
                tz_version=zones.TZ_VERSION,
            )
            for one in hours
            for span in one.spans(after=after, before=before)
        ),
        ignore_conflicts=True,
        batch_size=2000,
    )


def rewrite_spans(now: datetime) -> None:
    """Forget spans that are over or of another tz database, and write what is missing."""
    QuietSpan.objects.exclude(tz_version=zones.TZ_VERSION).delete()
    QuietSpan.objects.filter(ends_at__lt=now - WRITTEN_BACK).delete()
    write_spans(Preferences.objects.all(), now)


# Which way a notice moves: it joins each row of ``owed`` with the span in which it would fall due.
# Written by hand, because no relation leads from a notice to a span; and part of the statement that
# writes the notices, because to move them afterwards took eight times as long.
IN_QUIET: Final = """
LEFT JOIN notifications_preferences AS chosen
    ON chosen.person_id = owed.person_id AND owed.transport <> 'inbox'
LEFT JOIN accounts_person AS person ON person.id = chosen.person_id
LEFT JOIN scheduler_occurrence AS session
    ON session.id = owed.occurrence_id AND owed.kind = 'reminder'
LEFT JOIN notifications_quietspan AS span ON span.tz = person.tz
    AND span.quiet_from = chosen.quiet_from AND span.quiet_until = chosen.quiet_until
    AND span.begins_at <= owed.due_at AND span.ends_at > owed.due_at
"""
MOVED: Final = """CASE
    WHEN span.ends_at IS NULL THEN owed.due_at
    WHEN {early} <= COALESCE(session.starts_at, owed.expires_at) THEN {spread_after}
    WHEN {useful} <= COALESCE(session.starts_at, owed.expires_at) THEN {little_after}
    WHEN owed.kind = 'reminder' THEN {spread_before}
    ELSE owed.due_at
END"""
SHIFTED: Final = {  # an instant and a number of seconds, in the two dialects
    "postgresql": "({at} + make_interval(secs => {by}))",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%S', {at}, ({by}) || ' seconds')",
}


def moved() -> str:
    """Return the SQL of when a row of ``owed`` falls due where it is not quiet, given ``IN_QUIET``."""
    return MOVED.format(
        early=_shifted("span.ends_at", _seconds(EARLY)),
        useful=_shifted("span.ends_at", _seconds(USEFUL)),
        spread_after=_shifted("span.ends_at", _share(SPREAD)),
        little_after=_shifted("span.ends_at", _share(LITTLE_SPREAD)),
        spread_before=_shifted("span.begins_at", f"-({_share(SPREAD)})"),
    )


def _shifted(at: str, by: str) -> str:
    return SHIFTED[connection.vendor].format(at=at, by=by)


def _seconds(span: timedelta) -> str:
    return str(int(span.total_seconds()))


def _share(spread: timedelta) -> str:
    """Return a person's own share of some minutes, the same for all that she is told."""
    return f"owed.person_id * {PRIME} %% {_seconds(spread)}"
