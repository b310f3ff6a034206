"""Moves what would fall due in quiet hours: to their end where that is early enough, else before.

Set-based: which zone is quiet when stands as instants in ``QuietSpan``, written by Python from its
tz database. PostgreSQL has one of its own, which may be of another year.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, When

from notifications.expressions import Seconds
from notifications.models import Notice, Preferences, QuietSpan, Way
from notifications.quiet import QuietHours
from scheduler import zones

if TYPE_CHECKING:
    from django.db.models.expressions import CombinedExpression

Rows: TypeAlias = "QuerySet[Notice]"

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


def spare_quiet_hours(written: Rows) -> None:
    """Move those of some waiting notices that would fall due in their readers' quiet hours.

    What two reminders of one session would say at the same moment is said by one of them.
    """
    if not QuietSpan.objects.exists():
        return
    noisy = written.waiting().exclude(way=Way.INBOX)  # type: ignore[attr-defined]
    quiet = noisy.filter(person__message_preferences__quiet_from__isnull=False).annotate(
        quiet_ends=_span("ends_at"), latest=_latest()
    )
    for enough, spread in ((EARLY, SPREAD), (USEFUL, LITTLE_SPREAD)):
        _move(
            quiet.filter(quiet_ends__lte=F("latest") - enough), _span("ends_at") + _within(spread)
        )
    reminders = quiet.filter(kind=Notice.Kind.REMINDER)
    _move(reminders.filter(quiet_ends__isnull=False), _span("begins_at") - _within(SPREAD))
    same = Notice.objects.filter(
        person=OuterRef("person"),
        occurrence=OuterRef("occurrence"),
        kind=Notice.Kind.REMINDER,
        way=OuterRef("way"),
        version=OuterRef("version"),
        due_at=OuterRef("due_at"),
        expires_at__gt=OuterRef("due_at"),  # that one will go itself, and not run out before
        lead_minutes__gt=OuterRef("lead_minutes"),
    )
    reminders.filter(Exists(same)).update(
        state=Notice.State.DROPPED, reason=Notice.Reason.QUIET, done_at=F("planned_at")
    )


def _move(rows: Rows, at: CombinedExpression) -> None:
    rows.update(due_at=at, next_try_at=at)


def _latest() -> Case:
    """Return until when a notice is of use: a reminder until the start, whatever follows it."""
    is_reminder = When(kind=Notice.Kind.REMINDER, then=F("occurrence__starts_at"))
    return Case(is_reminder, default=F("expires_at"))


def _within(spread: timedelta) -> Seconds:
    """Return a person's own share of some minutes, the same for all that she is told."""
    return Seconds(F("person_id") * PRIME % int(spread.total_seconds()))


def _span(end: str) -> Subquery:
    """Return when the quiet begins or ends in which a notice would fall due; NULL when it is loud."""
    spans = QuietSpan.objects.filter(
        tz=OuterRef("person__tz"),
        quiet_from=OuterRef("quiet_from"),
        quiet_until=OuterRef("quiet_until"),
        begins_at__lte=OuterRef(OuterRef("due_at")),
        ends_at__gt=OuterRef(OuterRef("due_at")),
    )
    hers = Preferences.objects.filter(person=OuterRef("person_id"))
    return Subquery(hers.values(end_of_quiet=Subquery(spans.values(end)[:1])))
