"""Notices about what has happened: found by the rules of each kind, inserted in sets.

Everybody with an account gets them in the inbox; other transports need consent to the topic.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import BooleanField, Case, DateTimeField, F, Q, Value, When

from notifications.kinds.registry import KINDS
from notifications.models import Heartbeat, Transport
from notifications.planning.insert_notices import insert_missing
from notifications.queries.deliverable_addresses import has_allowed

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from notifications.kinds.definition import NoticeRule, NotificationKind

# Calendars are polled once a day, so a notice about a session sooner than this is sent at once.
URGENT_WITHIN: Final = timedelta(hours=48)
# Facilitators often make several changes in a row: they leave as one message.
BATCHING_DELAY: Final = timedelta(minutes=10)


def plan_changes(now: datetime, *, since: datetime) -> int:
    """Insert the notices about everything since an instant; return how many are new."""
    return sum(
        insert_notices(kind, rule, now)
        for kind in KINDS.values()
        if kind.source is not None and _is_to_be_evaluated(kind, now)
        for rule in kind.source(now, since)
    )


def insert_notices(kind: NotificationKind, rule: NoticeRule, now: datetime) -> int:
    """Insert one notice for each recipient and transport that a rule finds; return how many are new.

    Set-based and idempotent. Most ticks find no rows, and are spared the two long statements.
    """
    if not rule.rows.exists():
        return 0
    consent = has_allowed(kind.topic, person=rule.person, besides=frozenset({Transport.INBOX}))
    by_consent = rule.rows.filter(rule.recipients & consent)
    to_inbox = rule.rows.filter(rule.recipients, **{f"{rule.person}__deactivated_at": None})
    transport = F(f"{rule.person}__consents__transport")
    return _insert(kind, rule, by_consent, transport, now) + _insert(
        kind, rule, to_inbox, Value(Transport.INBOX.value), now
    )


def _is_to_be_evaluated(kind: NotificationKind, now: datetime) -> bool:
    """Whether a kind's source is due, and record it if it is one with an interval."""
    if kind.source_interval is None:
        return True
    age = Heartbeat.age(now, kind.kind.value)
    if age is not None and age < kind.source_interval:
        return False
    Heartbeat.objects.beat(now, kind.kind.value)
    return True


def _insert(
    kind: NotificationKind,
    rule: NoticeRule,
    rows: QuerySet[Any],
    transport: Combinable,
    now: datetime,
) -> int:
    is_soon = Q(pk__in=[])
    columns: dict[str, Combinable] = {}
    if rule.occurrence:
        is_soon = Q(**{f"{rule.occurrence}__starts_at__lt": now + URGENT_WITHIN})
        columns = {
            "occurrence_id": F(f"{rule.occurrence}__pk"),
            "version": F(f"{rule.occurrence}__sequence"),
            "expires_at": F(f"{rule.occurrence}__starts_at"),
        }
    due_at = Case(
        When(is_soon, then=Value(now)),
        default=Value(now + BATCHING_DELAY if rule.is_batched else now),
        output_field=DateTimeField(),
    )
    is_urgent = Case(When(is_soon, then=Value(True)), default=False, output_field=BooleanField())
    columns |= {
        "person_id": F(rule.person),
        "kind": Value(kind.kind.value),
        "transport": transport,
        "is_urgent": is_urgent,
        "due_at": due_at,
        **rule.columns,
    }
    return insert_missing(rows, now, **columns)
