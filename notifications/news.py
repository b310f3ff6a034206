"""What changed in the schedule, and who must hear of it: pulled from the changes, in sets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import BooleanField, Case, DateTimeField, F, Q, Value, When

from notifications.models import Consent, Notice, Way
from notifications.writing import insert_missing
from scheduler.models import Membership, ScheduleChange

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

# Calendars poll once a day: what happens sooner is told at once.
URGENT: Final = timedelta(hours=48)
# Whoever rearranges a month makes several changes: they leave as one mail.
GATHERED_FOR: Final = timedelta(minutes=10)

KINDS: Final = {
    ScheduleChange.Kind.MOVED: Notice.Kind.MOVED,
    ScheduleChange.Kind.CANCELLED: Notice.Kind.CANCELLED,
    ScheduleChange.Kind.RESTORED: Notice.Kind.RESTORED,
}
_OCCURRENCE: Final = "person__memberships__group__occurrences"


def plan_news(now: datetime, *, since: datetime) -> int:
    """Write a notice to every member for each session that was changed since an instant.

    Whoever made the change knows of it. A change that was overtaken by another has an older
    schedule version, and is dropped when it falls due.
    """
    return sum(_plan_kind(change, kind, now, since) for change, kind in KINDS.items())


def _plan_kind(change: str, kind: Notice.Kind, now: datetime, since: datetime) -> int:
    starts_at = F(f"{_OCCURRENCE}__starts_at")
    soon = Q(**{f"{_OCCURRENCE}__starts_at__lt": now + URGENT})
    due_at = Case(
        When(soon, then=Value(now)),
        default=Value(now + GATHERED_FOR),
        output_field=DateTimeField(),
    )
    is_urgent = Case(When(soon, then=Value(True)), default=False, output_field=BooleanField())
    return insert_missing(
        _readers(change, now, since),
        now,
        occurrence_id=F(f"{_OCCURRENCE}__pk"),
        kind=Value(kind.value),
        lead_minutes=Value(0),
        version=F(f"{_OCCURRENCE}__sequence"),
        is_urgent=is_urgent,
        due_at=due_at,
        next_try_at=due_at,
        expires_at=starts_at,
    )


def _readers(change: str, now: datetime, since: datetime) -> QuerySet[Consent]:
    made = f"{_OCCURRENCE}__changes"
    return (
        Consent.objects.in_force()
        .filter(
            # One call: each further one would join memberships and sessions anew.
            ~Q(way=Way.EMAIL) | Q(person__email_verified_at__isnull=False),
            Q(**{f"{made}__by": None}) | ~Q(**{f"{made}__by": F("person")}),
            **{
                "person__deactivated_at": None,
                "person__memberships__state": Membership.State.ACTIVE,
                f"{_OCCURRENCE}__starts_at__gt": now,
                f"{made}__kind": change,
                f"{made}__at__gte": since,
            },
        )
        .annotate(changed_at=F(f"{made}__at"), member_since=F("person__memberships__since"))
        .filter(member_since__lte=F("changed_at"))
    )
