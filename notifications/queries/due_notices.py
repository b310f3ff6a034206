"""Due notices: a notice with what its message and its validity depend on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, cast

from django.db.models import Exists, F, OuterRef, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils import timezone

from notifications.kinds.registry import settled_case, topic_case
from notifications.models import Consent, Notice, Preferences
from scheduler.models import Membership, ScheduleChange, Seat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django_stubs_ext import WithAnnotations


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice with what its message and its validity depend on.

    Attributes:
        is_member: the recipient is an active member of the group.
        has_declined: they declined their seat in the session.
        is_settled: it was overtaken, as its kind defines.
        consent_key: the key of the consent in force to its topic on its transport, if any.
        own_name: what the recipient calls the group; may be empty.
        moved_from: the start of the session before its last move, if it was moved.
    """

    notice: Notice
    is_member: bool
    has_declined: bool
    is_settled: bool
    consent_key: str | None
    own_name: str
    preferences: Preferences
    moved_from: datetime | None


class _Annotations(TypedDict):
    is_member: bool
    has_declined: bool
    is_settled: bool
    consent_key: str | None
    own_name: str
    was_at: str | None


def read_due_notices(notices: QuerySet[Notice]) -> list[DueNotice]:
    """Read notices with what belongs to each, in one query and in their order."""
    member = Membership.objects.filter(person=OuterRef("person"), group=OuterRef("about_group"))
    consents = Consent.objects.in_force().filter(
        person=OuterRef("person"), transport=OuterRef("transport"), topic=OuterRef("topic")
    )
    rows = notices.select_related(
        "person__message_preferences", "occurrence__group", "group"
    ).annotate(
        topic=topic_case(),
        about_group=Coalesce(F("occurrence__group"), F("group")),
        is_member=Exists(member.active()),
        own_name=Coalesce(Subquery(member.values("own_name")[:1]), Value("")),
        has_declined=Exists(_declined_seats()),
        is_settled=settled_case(timezone.now()),
        consent_key=Subquery(consents.values("key")[:1]),
        was_at=Subquery(_moves().values(was_at=KT("before__starts_at"))[:1]),
    )
    annotated = cast("Iterable[WithAnnotations[Notice, _Annotations]]", rows)
    return [
        DueNotice(
            notice=row,
            is_member=row.is_member,
            has_declined=row.has_declined,
            is_settled=row.is_settled,
            consent_key=row.consent_key,
            own_name=row.own_name,
            preferences=_preferences_of(row),
            moved_from=datetime.fromisoformat(row.was_at) if row.was_at else None,
        )
        for row in annotated
    ]


def _preferences_of(notice: Notice) -> Preferences:
    """Return the recipient's preferences; defaults, not stored, if they never chose."""
    chosen: Preferences | None = getattr(notice.person, "message_preferences", None)
    return chosen or Preferences(person=notice.person)


def _declined_seats() -> QuerySet[Seat]:
    return Seat.objects.filter(
        occurrence=OuterRef("occurrence"),
        membership__person=OuterRef("person"),
        state=Seat.State.DECLINED,
    )


def _moves() -> QuerySet[ScheduleChange]:
    """Return the moves of a session, the last first."""
    kinds = [ScheduleChange.Kind.MOVED, ScheduleChange.Kind.RETIMED]
    moves = ScheduleChange.objects.filter(occurrence=OuterRef("occurrence"), kind__in=kinds)
    return moves.order_by("-at", "-pk")
