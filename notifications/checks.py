"""Whether a notice that falls due is still true: asked late, just before it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict, cast

from django.db.models import Exists, OuterRef, Subquery

from notifications.models import Consent, Notice, Way
from scheduler.models import Membership, Seat

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django_stubs_ext import WithAnnotations

    from notifications.leases import Claim

Reason = Notice.Reason


@dataclass(frozen=True, slots=True)
class Due:
    """A notice with what its message and its checks need."""

    notice: Notice
    belongs: bool
    has_declined: bool
    consent_key: str | None


class _Facts(TypedDict):
    belongs: bool
    has_declined: bool
    consent_key: str | None


def held_by(claim: Claim) -> list[Due]:
    """Read a claimed batch in one query, urgent ones first."""
    member = {"person": OuterRef("person"), "group": OuterRef("occurrence__group")}
    declined = Seat.objects.filter(
        occurrence=OuterRef("occurrence"),
        membership__person=OuterRef("person"),
        state=Seat.State.DECLINED,
    )
    consents = Consent.objects.in_force().filter(person=OuterRef("person"), way=OuterRef("way"))
    rows = (
        Notice.objects.filter(claim.notices)
        .select_related("person", "occurrence__group")
        .annotate(
            belongs=Exists(Membership.objects.active().filter(**member)),
            has_declined=Exists(declined),
            consent_key=Subquery(consents.values("key")[:1]),
        )
        .order_by("-is_urgent", "next_try_at", "pk")
    )
    annotated = cast("Iterable[WithAnnotations[Notice, _Facts]]", rows)
    return [Due(row, row.belongs, row.has_declined, row.consent_key) for row in annotated]


def reason_to_drop(due: Due, now: datetime) -> Notice.Reason | None:
    """Return why a notice must not go any more; None if it may."""
    notice, session, person = due.notice, due.notice.occurrence, due.notice.person
    doubts = {
        Reason.CANCELLED: _is_off(notice),
        Reason.MOVED: notice.version != session.sequence,
        Reason.TOO_LATE: now >= min(notice.expires_at, session.starts_at),
        Reason.LEFT: not due.belongs or not person.is_active,
        Reason.DECLINED: due.has_declined and notice.kind in _FOR_WHO_COMES,
        Reason.WITHDRAWN: due.consent_key is None,
        Reason.UNREACHABLE: notice.way == Way.EMAIL and not person.can_be_mailed,
    }
    return next((reason for reason, holds in doubts.items() if holds), None)


_FOR_WHO_COMES: Final = {Notice.Kind.REMINDER, Notice.Kind.CANCELLED}


def _is_off(notice: Notice) -> bool:
    """Whether a session will not take place, which is news only once."""
    session = notice.occurrence
    is_told_so = notice.kind == Notice.Kind.CANCELLED
    return session.group.closed_at is not None or session.is_cancelled != is_told_so
