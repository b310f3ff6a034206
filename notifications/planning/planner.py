"""Inserts the notices for the days ahead, in sets and never person by person.

Reminders are planned when a session comes within a horizon or changes, when somebody joins, when
somebody changes their choices, and when somebody changes their time zone. Each runs the same
statement under another filter, and the ledger's unique keys make repetition harmless. Declined
seats, ended memberships and withdrawn consents are found when a notice falls due.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q

from notifications.kinds.registry import ABOUT_CANCELLATION
from notifications.models import Heartbeat, Notice, PlannedVersion, Preferences, Transport
from notifications.planning.change_notices import plan_changes
from notifications.planning.quiet_hours_deferral import insert_quiet_spans, renew_quiet_spans
from notifications.planning.reminders import (
    HORIZONS,
    JITTER_SECONDS,
    ReminderHorizon,
    insert_reminders,
)
from scheduler.models import Membership, Occurrence

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Person

__all__ = ["JITTER_SECONDS", "plan", "plan_person"]

CHUNK_SESSIONS: Final = 500  # in one transaction: half a second if twenty people meet in each
PARTS: Final = 32  # sessions are divided among planners by their ids
LOCK_CLASS: Final = 7202  # of the planners' advisory locks, among all in the database
OVERLAP: Final = timedelta(minutes=5)  # finds members who joined in a slow transaction
SWEEP_INTERVAL: Final = timedelta(minutes=5)
SWEEP_SHARES: Final = 12


def plan(now: datetime) -> int:
    """Insert every notice that is missing; return how many were.

    Transactions are short. Concurrent planners share the work: each plans the parts that no
    other has locked.
    """
    last = _last_tick(now)
    inserted = sum(_plan_horizon(horizon, now) for horizon in HORIZONS)
    if last is not None:
        inserted += _plan_new_members(now, last - OVERLAP)
        _follow_zone_changes(now, last - OVERLAP)
    inserted += plan_changes(now, since=(last or now) - OVERLAP)
    _drop_expired(now)
    Heartbeat.objects.beat(now)
    return inserted


@transaction.atomic
def plan_person(person: Person, now: datetime) -> None:
    """Plan one person's reminders again after they changed choices, address or consent."""
    insert_quiet_spans(Preferences.objects.filter(person=person), now)
    _plan_again(Q(person=person), now)


def _plan_again(people: Q, now: datetime) -> None:
    """Plan some people's reminders again from the start. Notices that were sent stay as they are."""
    reminders = Notice.objects.filter(people, kind=Notice.Kind.REMINDER, expires_at__gt=now)
    reversible = [Notice.Reason.WITHDRAWN, Notice.Reason.QUIET]
    reminders.filter(
        Q(state=Notice.State.PLANNED) | Q(state=Notice.State.DROPPED, reason__in=reversible)
    ).delete()
    for horizon in HORIZONS:
        insert_reminders(horizon, now, lambda _membership: people)


def _last_tick(now: datetime) -> datetime | None:
    """Return when the planner last ran, None if never; sweep if that is due."""
    swept = Heartbeat.age(now, "sweep")
    if swept is None or swept > SWEEP_INTERVAL:
        _sweep(now, since=now - (swept or SWEEP_INTERVAL * SWEEP_SHARES))
        Heartbeat.objects.beat(now, "sweep")
    age = Heartbeat.age(now)
    return None if age is None else now - age


def _sweep(now: datetime, *, since: datetime) -> None:
    """Make a twelfth of the sessions be planned again for each five minutes since the last sweep.

    Each is therefore planned again once an hour, however irregular the ticks are, and a notice
    that was missed for whatever reason is planned within the hour.
    """
    PlannedVersion.objects.filter(occurrence__starts_at__lte=now).delete()
    interval = SWEEP_INTERVAL.total_seconds()
    begun, reached = int(since.timestamp() // interval), int(now.timestamp() // interval)
    shares = {step % SWEEP_SHARES for step in range(begun + 1, reached + 1)[-SWEEP_SHARES:]}
    known = PlannedVersion.objects.annotate(share=F("occurrence_id") % SWEEP_SHARES)
    known.filter(share__in=shares).update(version=PlannedVersion.STALE)
    renew_quiet_spans(now)


def _plan_horizon(horizon: ReminderHorizon, now: datetime) -> int:
    """Plan the unplanned sessions of one horizon, the part with the soonest session first."""
    parts: dict[int, list[int]] = defaultdict(list)
    for session in _unplanned(horizon, now).order_by("starts_at").values_list("pk", flat=True):
        parts[session % PARTS].append(session)
    return sum(
        _plan_chunk(horizon, number, sessions[start : start + CHUNK_SESSIONS], now)
        for number, sessions in parts.items()
        for start in range(0, len(sessions), CHUNK_SESSIONS)
    )


def _unplanned(horizon: ReminderHorizon, now: datetime) -> QuerySet[Occurrence]:
    """Return the sessions within a horizon that are not planned for their present version."""
    planned = PlannedVersion.objects.filter(
        occurrence=OuterRef("pk"), horizon=horizon.horizon, version=OuterRef("sequence")
    )
    return Occurrence.objects.filter(
        ~Exists(planned), starts_at__gt=now, starts_at__lte=now + horizon.ahead
    )


@transaction.atomic
def _plan_chunk(horizon: ReminderHorizon, part: int, sessions: list[int], now: datetime) -> int:
    """Plan some sessions of a part; return how many notices are new.

    A session that changes meanwhile has another version than its ``PlannedVersion`` afterwards,
    so the next tick plans it again.
    """
    if not _locks_part(part):
        return 0
    waiting = _unplanned(horizon, now).filter(pk__in=sessions)
    versions = dict(waiting.values_list("pk", "sequence"))
    if not versions:
        return 0
    sessions = list(versions)
    if changed := _planned_before(sessions):
        _drop_outdated(changed, now)
    inserted = insert_reminders(
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
    return inserted


def _planned_before(sessions: list[int]) -> list[int]:
    """Return the sessions that were planned for another version; most were never planned."""
    planned = PlannedVersion.objects.filter(occurrence__in=sessions)
    outdated = planned.exclude(version=F("occurrence__sequence"))
    return list(outdated.values_list("occurrence", flat=True).distinct())


def _locks_part(part: int) -> bool:
    """Whether the current transaction got the lock on a part. SQLite has one writer at a time."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, part])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _plan_new_members(now: datetime, since: datetime) -> int:
    """Plan for members who joined since an instant, whose sessions may be planned already."""
    if not Membership.objects.filter(since__gte=since).exists():
        return 0
    return sum(
        insert_reminders(horizon, now, lambda membership: Q(**{f"{membership}__since__gte": since}))
        for horizon in HORIZONS
    )


def _follow_zone_changes(now: datetime, since: datetime) -> None:
    """Plan again for people with quiet hours who chose another time zone since an instant."""
    changed = Preferences.objects.exclude(quiet_from=None).filter(person__tz_chosen_at__gte=since)
    people = list(changed.values_list("person_id", flat=True))
    if people:
        with transaction.atomic():
            insert_quiet_spans(changed, now)
            _plan_again(Q(person__in=people), now)


def _drop_outdated(occurrences: list[int], now: datetime) -> None:
    """Drop waiting notices of cancelled sessions, and those for an older schedule version."""
    waiting = Notice.objects.waiting().filter(occurrence__in=occurrences)
    cancelled = waiting.exclude(occurrence__cancelled_at=None).exclude(kind__in=ABOUT_CANCELLATION)
    cancelled.update(state=Notice.State.DROPPED, reason=Notice.Reason.CANCELLED, done_at=now)
    moved = waiting.exclude(version=F("occurrence__sequence"))
    moved.update(state=Notice.State.DROPPED, reason=Notice.Reason.MOVED, done_at=now)


def _drop_expired(now: datetime) -> None:
    """Drop waiting notices that have expired.

    The filter names all transports and urgencies, because the index of waiting notices begins with
    these columns and would otherwise be read to its end.
    """
    expired = Notice.objects.waiting().filter(
        transport__in=Transport.values,
        is_urgent__in=[True, False],
        next_try_at__lte=now,
        expires_at__lte=now,
    )
    expired.update(state=Notice.State.DROPPED, reason=Notice.Reason.TOO_LATE, done_at=now)
