"""Which reminders are due for some sessions: one statement, whatever the number of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import BooleanField, Case, ExpressionWrapper, F, Q, Value, When

from notifications.models import Notice, PlannedVersion, ReminderChoice, Topic
from notifications.models.ledger import URGENT_LEAD_MINUTES
from notifications.planning.insert_notices import insert_missing
from notifications.queries.deliverable_addresses import has_allowed
from notifications.sql_functions import Seconds
from scheduler.models import Membership

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    # Takes the lookup path to a membership, returns a condition.
    Where = Callable[[str], Q]

JITTER_SECONDS: Final = 120  # sessions begin on the hour; their mails need not leave in one second
PERSON_PRIME: Final = 7919
OCCURRENCE_PRIME: Final = 104_729


@dataclass(frozen=True, slots=True)
class ReminderHorizon:
    """How far ahead of now sessions are planned for reminders with certain leads.

    Attributes:
        lead_minutes: the least and the greatest lead, both included.
    """

    horizon: PlannedVersion.Horizon
    ahead: timedelta
    lead_minutes: tuple[int, int]


HORIZONS: Final = (
    ReminderHorizon(PlannedVersion.Horizon.NEAR, timedelta(hours=48), (0, 24 * 60)),
    ReminderHorizon(PlannedVersion.Horizon.FAR, timedelta(days=9), (24 * 60 + 1, 7 * 24 * 60)),
)


def insert_reminders(horizon: ReminderHorizon, now: datetime, where: Where) -> int:
    """Insert each reminder that the ledger lacks; return how many those were.

    A person's general choices hold for all groups except those with choices of their own.
    """
    is_general = Q(group_reminders=None, person__memberships__group_reminders=None)
    is_of_group = Q(group_reminders__isnull=False)
    return _insert(horizon, now, "person__memberships", is_general, where) + _insert(
        horizon, now, "group_reminders__membership", is_of_group, where
    )


def _insert(
    horizon: ReminderHorizon, now: datetime, membership: str, choices: Q, where: Where
) -> int:
    is_urgent = ExpressionWrapper(
        Q(lead_minutes__lte=URGENT_LEAD_MINUTES), output_field=BooleanField()
    )
    occurrence = f"{membership}__group__occurrences"
    conditions = choices & where(membership) & has_allowed(Topic.REMINDERS)
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
    horizon: ReminderHorizon, now: datetime, membership: str, conditions: Q
) -> QuerySet[ReminderChoice]:
    """Return a row for each choice, transport and session within the horizon.

    A reminder is due its lead before the start, or up to ``JITTER_SECONDS`` earlier. It expires
    when the next one is due, and the last one when the session starts, so that after an outage
    only the nearest is sent. No reminder is due for a time before the person joined, chose or
    consented, or before the session was moved.
    """
    occurrence = f"{membership}__group__occurrences"
    start = F(f"{occurrence}__starts_at")
    jitter = (
        F("person_id") * PERSON_PRIME + F("for_occurrence") * OCCURRENCE_PRIME
    ) % JITTER_SECONDS
    return (
        ReminderChoice.objects.filter(
            # One call: a second one would join memberships and sessions again.
            conditions,
            lead_minutes__range=horizon.lead_minutes,
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
