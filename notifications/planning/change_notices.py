"""What happened that people must hear of: pulled from the tables, written to the ledger in sets.

Each kind of news is a ``NoticeRule``: which rows tell of it, and who hears it. Whoever has an account
finds it in her inbox; by other ways it goes to whoever allowed its topic there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import BooleanField, Case, DateTimeField, F, Q, Value, When

from notifications.models import Notice, Transport
from notifications.models.consent import TOPIC_OF
from notifications.planning.deliverable_addresses import has_allowed
from notifications.planning.insert_notices import insert_missing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

# Calendars poll once a day: what happens sooner is told at once.
URGENT: Final = timedelta(hours=48)
# Whoever rearranges a month makes several changes: they leave as one mail.
BATCHING_DELAY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """Rows that tell of one kind of news.

    Attributes:
        rows: the rows, narrowed by their own columns only.
        who: what leads from a row to those who hear of it, for one ``filter`` call.
        person: the path from a row to the person who hears of it.
        columns: what stands in the notice, besides person, way and due time.
        session: the path from a row to a session, if the news is about one.
    """

    kind: Notice.Kind
    rows: QuerySet[Any]
    person: str
    columns: Mapping[str, Combinable] = field(default_factory=dict)
    who: Q = field(default_factory=Q)
    session: str = ""
    is_batched: bool = True


def insert_notices(rule: NoticeRule, now: datetime) -> int:
    """Write one notice to each person of a story for each way she allowed, and to her inbox.

    Set-based and idempotent; returns how many are new. Most ticks find nothing to tell, and are
    spared two long statements.
    """
    if not rule.rows.exists():
        return 0
    allowed = rule.who & has_allowed(
        TOPIC_OF[rule.kind], person=rule.person, besides=frozenset({Transport.INBOX})
    )
    by_ways = rule.rows.filter(allowed)
    in_house = rule.rows.filter(rule.who, **{f"{rule.person}__deactivated_at": None})
    return _write(rule, by_ways, F(f"{rule.person}__consents__transport"), now) + _write(
        rule, in_house, Value(Transport.INBOX.value), now
    )


def _write(rule: NoticeRule, rows: QuerySet[Any], transport: Combinable, now: datetime) -> int:
    soon = Q(pk__in=[])
    columns: dict[str, Combinable] = {}
    if rule.session:
        soon = Q(**{f"{rule.session}__starts_at__lt": now + URGENT})
        columns = {
            "occurrence_id": F(f"{rule.session}__pk"),
            "version": F(f"{rule.session}__sequence"),
            "expires_at": F(f"{rule.session}__starts_at"),
        }
    later = now + BATCHING_DELAY if rule.is_batched else now
    due_at = Case(When(soon, then=Value(now)), default=Value(later), output_field=DateTimeField())
    basic: dict[str, Combinable] = {
        "person_id": F(rule.person),
        "kind": Value(rule.kind.value),
        "lead_minutes": Value(0),
        "version": Value(0),
        "is_urgent": Case(When(soon, then=Value(True)), default=False, output_field=BooleanField()),
        "due_at": due_at,
    }
    return insert_missing(rows, now, transport=transport, **basic | columns | dict(rule.columns))
