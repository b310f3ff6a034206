"""Which notices are owed for the days ahead: written in sets by the database, never person by person.

Four things bring reminders: a session comes within reach or changes, someone joins, someone
chooses anew, someone moves to another zone. Each runs the same statement under another filter, and
the ledger's unique key makes every repetition harmless. Who declines, leaves or withdraws is found
when the notice falls due.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q

from notifications.models import Heartbeat, Notice, PlannedVersion, Preferences, Transport
from notifications.planning.clock_changes import plan_clock_changes
from notifications.planning.notice_rules import plan_changes
from notifications.planning.quiet_hours_deferral import rewrite_spans, write_spans
from notifications.planning.reminders import HORIZONS, JITTER_SECONDS, Horizon, insert_reminders
from scheduler.models import Membership, Occurrence

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Person

__all__ = ["JITTER_SECONDS", "plan", "plan_person"]

CHUNK: Final = 500  # sessions in one transaction: half a second where twenty meet
PARTS: Final = 32  # the sessions are shared out among planners by their numbers
LOCK_CLASS: Final = 7202  # the advisory locks of planners, among all of the database
OVERLAP: Final = timedelta(minutes=5)  # someone who joined in a slow transaction is still found
SWEEP_EVERY: Final = timedelta(minutes=5)
SHARES: Final = 12


def plan(now: datetime) -> int:
    """Write every notice that is owed and missing; return how many were.

    Transactions stay short. Several planners at once share the sessions out: each takes a part that
    nobody else has in hand.
    """
    last = _last_tick(now)
    written = sum(_plan_horizon(horizon, now) for horizon in HORIZONS)
    if last is not None:
        written += _plan_newcomers(now, last - OVERLAP)
        _follow_to_other_zones(now, last - OVERLAP)
    written += plan_changes(now, since=(last or now) - OVERLAP)
    written += plan_clock_changes(now)
    _expire(now)
    Heartbeat.objects.beat(now)
    return written


@transaction.atomic
def plan_person(person: Person, now: datetime) -> None:
    """Write one person's reminders anew after she chose, agreed or withdrew."""
    write_spans(Preferences.objects.filter(person=person), now)
    _plan_anew(Q(person=person), now)


def _plan_anew(whose: Q, now: datetime) -> None:
    """Write the reminders of some people again, as if none had been planned; sent ones stay sent."""
    reminders = Notice.objects.filter(whose, kind=Notice.Kind.REMINDER, expires_at__gt=now)
    again = [Notice.Reason.WITHDRAWN, Notice.Reason.QUIET]
    reminders.filter(
        Q(state=Notice.State.PLANNED) | Q(state=Notice.State.DROPPED, reason__in=again)
    ).delete()
    for horizon in HORIZONS:
        insert_reminders(horizon, now, lambda _membership: whose)


def _last_tick(now: datetime) -> datetime | None:
    """Return when the last tick was; now and then doubt some plans, so that nothing slips for good."""
    swept = Heartbeat.age(now, "sweep")
    if swept is None or swept > SWEEP_EVERY:
        _sweep(now)
        Heartbeat.objects.beat(now, "sweep")
    age = Heartbeat.age(now)
    return None if age is None else now - age


def _sweep(now: datetime) -> None:
    """Forget plans of what has begun, and doubt a twelfth of the others: each of them once an hour."""
    PlannedVersion.objects.filter(occurrence__starts_at__lte=now).delete()
    share = int(now.timestamp() // SWEEP_EVERY.total_seconds()) % SHARES
    known = PlannedVersion.objects.annotate(share=F("occurrence_id") % SHARES)
    known.filter(share=share).update(version=PlannedVersion.STALE)
    rewrite_spans(now)


def _plan_horizon(horizon: Horizon, now: datetime) -> int:
    """Plan what waits within one reach, part by part, the part with the soonest session first."""
    parts: dict[int, list[int]] = defaultdict(list)
    for session in _unplanned(horizon, now).order_by("starts_at").values_list("pk", flat=True):
        parts[session % PARTS].append(session)
    return sum(
        _plan_chunk(horizon, number, sessions[start : start + CHUNK], now)
        for number, sessions in parts.items()
        for start in range(0, len(sessions), CHUNK)
    )


def _unplanned(horizon: Horizon, now: datetime) -> QuerySet[Occurrence]:
    """Return the sessions that wait to be planned."""
    planned = PlannedVersion.objects.filter(
        occurrence=OuterRef("pk"), horizon=horizon.horizon, version=OuterRef("sequence")
    )
    return Occurrence.objects.filter(
        ~Exists(planned), starts_at__gt=now, starts_at__lte=now + horizon.ahead
    )


@transaction.atomic
def _plan_chunk(horizon: Horizon, part: int, sessions: list[int], now: datetime) -> int:
    """Plan some sessions. A version that rises meanwhile differs from its mark: it comes again."""
    if not _is_ours(part):
        return 0
    waiting = _unplanned(horizon, now).filter(pk__in=sessions)
    versions = dict(waiting.values_list("pk", "sequence"))
    if not versions:
        return 0
    sessions = list(versions)
    if again := _planned_before(sessions):
        _drop_outdated(again, now)
    written = insert_reminders(
        horizon, now, lambda membership: Q(**{f"{membership}__group__occurrences__in": sessions})
    )
    PlannedVersion.objects.bulk_create(
        [
            PlannedVersion(occurrence_id=pk, horizon=horizon.horizon, version=version)
            for pk, version in versions.items()
        ],
        update_conflicts=True,
        unique_fields=["occurrence", "horizon"],
        update_fields=["version"],
    )
    return written


def _planned_before(sessions: list[int]) -> list[int]:
    """Return the sessions that were planned for another version; most are planned for the first time."""
    plans = PlannedVersion.objects.filter(occurrence__in=sessions).exclude(
        version=F("occurrence__sequence")
    )
    return list(plans.values_list("occurrence", flat=True).distinct())


def _is_ours(part: int) -> bool:
    """Whether no other planner has this part in hand; asked inside the transaction that plans it.

    SQLite has one writer at a time, so nobody else has anything in hand.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, part])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _plan_newcomers(now: datetime, since: datetime) -> int:
    """Plan for whoever joined since an instant, whose sessions may be planned already."""
    if not Membership.objects.filter(since__gte=since).exists():
        return 0
    written = 0
    for horizon in HORIZONS:
        written += insert_reminders(
            horizon, now, lambda membership: Q(**{f"{membership}__since__gte": since})
        )
    return written


def _follow_to_other_zones(now: datetime, since: datetime) -> None:
    """Let the quiet hours of whoever chose another zone since an instant be quiet there."""
    elsewhere = Preferences.objects.exclude(quiet_from=None).filter(person__tz_chosen_at__gte=since)
    people = list(elsewhere.values_list("person_id", flat=True))
    if people:
        with transaction.atomic():
            write_spans(elsewhere, now)
            _plan_anew(Q(person__in=people), now)


def _drop_outdated(occurrences: list[int], now: datetime) -> None:
    outdated = Notice.objects.waiting().filter(occurrence__in=occurrences)
    cancelled = outdated.exclude(occurrence__cancelled_at=None).exclude(kind=Notice.Kind.CANCELLED)
    cancelled.update(state=Notice.State.DROPPED, reason=Notice.Reason.CANCELLED, done_at=now)
    moved = outdated.exclude(version=F("occurrence__sequence"))
    moved.update(state=Notice.State.DROPPED, reason=Notice.Reason.MOVED, done_at=now)


def _expire(now: datetime) -> None:
    """Drop what is too late; each way by its name, or the index of what waits is read to its end."""
    late = Notice.objects.waiting().filter(
        transport__in=Transport.values,
        is_urgent__in=[True, False],
        next_try_at__lte=now,
        expires_at__lte=now,
    )
    late.update(state=Notice.State.DROPPED, reason=Notice.Reason.TOO_LATE, done_at=now)
