"""Which reminders are owed for some sessions: one statement, whoever and however many they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import BooleanField, Case, ExpressionWrapper, F, Q, Value, When

from notifications.models import Notice, PlannedVersion, ReminderChoice, Topic
from notifications.models.ledger import URGENT_LEAD_MINUTES
from notifications.planning.deliverable_addresses import has_allowed
from notifications.planning.insert_notices import insert_missing
from notifications.planning.sql_functions import Seconds
from scheduler.models import Membership

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    # Takes where a membership stands in the statement, returns what narrows it.
    Where = Callable[[str], Q]

JITTER_SECONDS: Final = 120  # everyone meets on the hour; their mails need not leave in one second


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far ahead sessions are planned for reminders of certain leads."""

    horizon: PlannedVersion.Horizon
    ahead: timedelta
    leads: tuple[int, int]  # minutes, both included


HORIZONS: Final = (
    Horizon(PlannedVersion.Horizon.NEAR, timedelta(hours=48), (0, 24 * 60)),
    Horizon(PlannedVersion.Horizon.FAR, timedelta(days=9), (24 * 60 + 1, 7 * 24 * 60)),
)


def insert_reminders(horizon: Horizon, now: datetime, where: Where) -> int:
    """Insert each reminder that is owed and that the ledger lacks; return how many that were.

    General choices count for every group but those with own times, whose own choices count.
    """
    general = Q(group_reminders=None, person__memberships__group_reminders=None)
    own = Q(group_reminders__isnull=False)
    return _write(horizon, now, "person__memberships", general, where) + _write(
        horizon, now, "group_reminders__membership", own, where
    )


def _write(horizon: Horizon, now: datetime, membership: str, which: Q, where: Where) -> int:
    is_urgent = ExpressionWrapper(
        Q(lead_minutes__lte=URGENT_LEAD_MINUTES), output_field=BooleanField()
    )
    occurrence = f"{membership}__group__occurrences"
    conditions = which & where(membership) & has_allowed(Topic.REMINDERS)
    conditions &= _takes_place(membership, now, now + horizon.ahead)
    return insert_missing(
        _due_reminders(horizon, now, membership, conditions),
        now,
        person_id=F("person_id"),
        occurrence_id=F("for_occurrence"),
        kind=Value(Notice.Kind.REMINDER.value),
        lead_minutes=F("lead_minutes"),
        transport=F("person__consents__transport"),
        version=F(f"{occurrence}__sequence"),
        is_urgent=is_urgent,
        due_at=F("falls_due_at"),
        expires_at=F("runs_out_at"),
    )


def _due_reminders(
    horizon: Horizon, now: datetime, membership: str, conditions: Q
) -> QuerySet[ReminderChoice]:
    """Select each choice of each member, by each way, for each session within reach.

    A reminder falls due its lead before the start, or a little earlier, and runs out when the
    next one falls due, the last one when the session starts: after an outage only the nearest
    goes. Nobody is reminded of a moment that was over when she joined, chose, agreed to that way
    or heard of a move.
    """
    occurrence = f"{membership}__group__occurrences"
    start = F(f"{occurrence}__starts_at")
    jitter = (F("person_id") * 7919 + F("for_occurrence") * 104_729) % JITTER_SECONDS
    return (
        ReminderChoice.objects.filter(
            # One call: each further one would join memberships and sessions anew.
            conditions,
            lead_minutes__range=horizon.leads,
        )
        .annotate(
            for_occurrence=F(f"{occurrence}__pk"),
            member_since=F(f"{membership}__since"),
            agreed_at=F("person__consents__granted_at"),
            moved_at=F(f"{occurrence}__moved_at"),
            falls_due_at=start - Seconds(F("lead_minutes") * 60 + jitter),
            runs_out_at=Case(
                When(next_lead_minutes=0, then=start),
                default=start - Seconds(F("next_lead_minutes") * 60 + jitter),
            ),
        )
        .filter(
            runs_out_at__gt=now,
            falls_due_at__gte=F("member_since"),
            agreed_at__lte=F("falls_due_at"),
            chosen_at__lte=F("falls_due_at"),
        )
        .filter(Q(moved_at=None) | Q(moved_at__lte=F("falls_due_at")))
    )


def _takes_place(membership: str, after: datetime, until: datetime) -> Q:
    return Q(
        **{
            f"{membership}__state": Membership.State.ACTIVE,
            f"{membership}__group__closed_at": None,
            f"{membership}__group__occurrences__cancelled_at": None,
            f"{membership}__group__occurrences__starts_at__gt": after,
            f"{membership}__group__occurrences__starts_at__lte": until,
        }
    )
