"""Which notices are owed for the days ahead: written in sets by the database, never person by person.

Three things bring reminders: a session comes within reach or changes, someone joins, someone
chooses anew. Each runs the same statement under another filter, and the ledger's unique key makes every
repetition harmless. Who declines, leaves or withdraws is found when the notice falls due.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from notifications.expressions import Seconds
from notifications.models import Consent, Heartbeat, Notice, Plan, ReminderChoice, Way
from notifications.models.ledger import URGENT_LEAD_MINUTES
from notifications.news import plan_news
from notifications.writing import insert_missing
from scheduler.models import Membership, Occurrence, Person

CHUNK: Final = 1000  # sessions in one transaction: about a second for a million memberships
JITTER_SECONDS: Final = 120  # everyone meets on the hour; their mails need not leave in one second
OVERLAP: Final = timedelta(minutes=5)  # someone who joined in a slow transaction is still found
SWEEP_EVERY: Final = timedelta(hours=1)

_MEMBERSHIP: Final = "person__memberships"
_OCCURRENCE: Final = f"{_MEMBERSHIP}__group__occurrences"


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far ahead sessions are planned for reminders of certain leads."""

    reach: Plan.Reach
    ahead: timedelta
    leads: tuple[int, int]  # minutes, both included


HORIZONS: Final = (
    Horizon(Plan.Reach.NEAR, timedelta(hours=48), (0, 24 * 60)),
    Horizon(Plan.Reach.FAR, timedelta(days=9), (24 * 60 + 1, 7 * 24 * 60)),
)


def plan(now: datetime) -> int:
    """Write every notice that is owed and missing; return how many were.

    Transactions stay short, and two planners at once only do each other's work twice.
    """
    last = _last_tick(now)
    written = 0
    for horizon in HORIZONS:
        while chunk := _unplanned(horizon, now):
            written += _plan_chunk(horizon, chunk, now)
        if last is not None:
            joined = {f"{_MEMBERSHIP}__since__gte": last - OVERLAP}
            written += _write(horizon, now, Q(**joined))
    written += plan_news(now, since=(last or now) - OVERLAP)
    _expire(now)
    Heartbeat.objects.beat(now)
    return written


@transaction.atomic
def plan_person(person: Person, now: datetime) -> None:
    """Write one person's notices anew after she chose, consented or withdrew."""
    hers = Notice.objects.filter(person=person, expires_at__gt=now)
    hers.filter(
        Q(state=Notice.State.PLANNED)
        | Q(state=Notice.State.DROPPED, reason=Notice.Reason.WITHDRAWN)
    ).delete()
    for horizon in HORIZONS:
        _write(horizon, now, Q(person=person))


def _last_tick(now: datetime) -> datetime | None:
    """Return when the last tick was; every hour forget the plans, so that nothing slips for good."""
    swept = Heartbeat.age(now, "sweep")
    if swept is None or swept > SWEEP_EVERY:
        Plan.objects.all().delete()
        Heartbeat.objects.beat(now, "sweep")
    age = Heartbeat.age(now)
    return None if age is None else now - age


def _unplanned(horizon: Horizon, now: datetime) -> dict[int, int]:
    """Return the schedule version of each session that waits to be planned, soonest first."""
    planned = Plan.objects.filter(
        occurrence=OuterRef("pk"), reach=horizon.reach, version=OuterRef("sequence")
    )
    waiting = Occurrence.objects.filter(
        ~Exists(planned), starts_at__gt=now, starts_at__lte=now + horizon.ahead
    )
    return dict(waiting.order_by("starts_at").values_list("pk", "sequence")[:CHUNK])


@transaction.atomic
def _plan_chunk(horizon: Horizon, versions: dict[int, int], now: datetime) -> int:
    """Plan some sessions. A version that rises meanwhile differs from its mark: it comes again."""
    _drop_outdated(list(versions), now)
    written = _write(horizon, now, Q(**{f"{_OCCURRENCE}__in": list(versions)}))
    Plan.objects.bulk_create(
        [
            Plan(occurrence_id=pk, reach=horizon.reach, version=version)
            for pk, version in versions.items()
        ],
        update_conflicts=True,
        unique_fields=["occurrence", "reach"],
        update_fields=["version"],
    )
    return written


def _drop_outdated(occurrences: list[int], now: datetime) -> None:
    outdated = Notice.objects.waiting().filter(occurrence__in=occurrences)
    cancelled = outdated.exclude(occurrence__cancelled_at=None).exclude(kind=Notice.Kind.CANCELLED)
    cancelled.update(state=Notice.State.DROPPED, reason=Notice.Reason.CANCELLED, done_at=now)
    moved = outdated.exclude(version=F("occurrence__sequence"))
    moved.update(state=Notice.State.DROPPED, reason=Notice.Reason.MOVED, done_at=now)


def _expire(now: datetime) -> None:
    late = Notice.objects.waiting().filter(next_try_at__lte=now, expires_at__lte=now)
    late.update(state=Notice.State.DROPPED, reason=Notice.Reason.TOO_LATE, done_at=now)


def _write(horizon: Horizon, now: datetime, where: Q) -> int:
    """Insert what ``_owed`` selects and the ledger lacks; return how many rows that were."""
    is_urgent = ExpressionWrapper(
        Q(lead_minutes__lte=URGENT_LEAD_MINUTES), output_field=BooleanField()
    )
    return insert_missing(
        _owed(horizon, now, where),
        now,
        occurrence_id=F("for_occurrence"),
        kind=Value(Notice.Kind.REMINDER.value),
        lead_minutes=F("lead_minutes"),
        version=F(f"{_OCCURRENCE}__sequence"),
        is_urgent=is_urgent,
        due_at=F("falls_due_at"),
        next_try_at=F("falls_due_at"),
        expires_at=F("runs_out_at"),
    )


def _owed(horizon: Horizon, now: datetime, where: Q) -> QuerySet[ReminderChoice]:
    """Select each choice of each member for each session within reach.

    A reminder falls due its lead before the start, or a little earlier, and runs out when the
    next one falls due, the last one when the session starts: after an outage only the nearest
    goes. Nobody is reminded of a moment that was over when she joined, chose or heard of a move.
    """
    start = F(f"{_OCCURRENCE}__starts_at")
    jitter = (F("person_id") * 7919 + F("for_occurrence") * 104_729) % JITTER_SECONDS
    return (
        ReminderChoice.objects.filter(
            # One call: each further one would join memberships and sessions anew.
            where & _may_be_reached() & _takes_place(now, now + horizon.ahead),
            lead_minutes__range=horizon.leads,
        )
        .annotate(
            for_occurrence=F(f"{_OCCURRENCE}__pk"),
            member_since=F(f"{_MEMBERSHIP}__since"),
            moved_at=F(f"{_OCCURRENCE}__moved_at"),
            falls_due_at=start - Seconds(F("lead_minutes") * 60 + jitter),
            runs_out_at=start - Seconds(Coalesce(_next_lead() * 60 + jitter, 0)),
        )
        .filter(
            runs_out_at__gt=now,
            falls_due_at__gte=F("member_since"),
            chosen_at__lte=F("falls_due_at"),
        )
        .filter(Q(moved_at=None) | Q(moved_at__lte=F("falls_due_at")))
    )


def _may_be_reached() -> Q:
    consent = Consent.objects.in_force().filter(person=OuterRef("person"), way=OuterRef("way"))
    has_address = ~Q(way=Way.EMAIL) | Q(person__email_verified_at__isnull=False)
    return Q(Exists(consent), has_address, person__deactivated_at=None)


def _takes_place(after: datetime, until: datetime) -> Q:
    return Q(
        **{
            f"{_MEMBERSHIP}__state": Membership.State.ACTIVE,
            f"{_MEMBERSHIP}__group__closed_at": None,
            f"{_OCCURRENCE}__cancelled_at": None,
            f"{_OCCURRENCE}__starts_at__gt": after,
            f"{_OCCURRENCE}__starts_at__lte": until,
        }
    )


def _next_lead() -> Subquery:
    """Select the lead of the reminder that follows, in minutes; NULL after the last one."""
    later = ReminderChoice.objects.filter(
        person=OuterRef("person"), way=OuterRef("way"), lead_minutes__lt=OuterRef("lead_minutes")
    )
    return Subquery(later.order_by("-lead_minutes").values("lead_minutes")[:1])
