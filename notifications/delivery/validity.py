"""Whether a notice that falls due is still true, and welcome: asked late, just before it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypedDict, cast

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Subquery, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils import timezone

from notifications.models import Consent, Notice, Preferences, Transport
from notifications.models.consent import topic_of_row
from notifications.planning.quiet_hours import QuietHours
from notifications.planning.quiet_hours_deferral import GRACE, USEFUL, spread_of
from scheduler.models import CoverInvitation, Membership, ScheduleChange, Seat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django_stubs_ext import WithAnnotations

    from notifications.delivery.leases import Claim

Kind, Reason = Notice.Kind, Notice.Reason


@dataclass(frozen=True, slots=True)
class Due:
    """A notice with what its message and its checks need."""

    notice: Notice
    belongs: bool
    has_declined: bool
    is_settled: bool
    consent_key: str | None
    own_name: str
    preferences: Preferences
    moved_from: datetime | None


class _Facts(TypedDict):
    belongs: bool
    has_declined: bool
    is_settled: bool
    consent_key: str | None
    own_name: str
    was_at: str | None


def held_by(claim: Claim) -> list[Due]:
    """Read a claimed batch in one query, urgent ones first."""
    return read(Notice.objects.filter(claim.notices).order_by("-is_urgent", "next_try_at", "pk"))


def read(notices: QuerySet[Notice]) -> list[Due]:
    """Read notices with what can be said of them, in one query and in their order."""
    member = Membership.objects.filter(person=OuterRef("person"), group=OuterRef("group_told"))
    consents = Consent.objects.in_force().filter(
        person=OuterRef("person"), transport=OuterRef("transport"), topic=OuterRef("topic")
    )
    rows = notices.select_related(
        "person__message_preferences", "occurrence__group", "group"
    ).annotate(
        topic=topic_of_row("kind"),
        group_told=Coalesce(F("occurrence__group"), F("group")),
        belongs=Exists(member.active()),
        own_name=Coalesce(Subquery(member.values("own_name")[:1]), Value("")),
        has_declined=Exists(_declined()),
        is_settled=_is_settled(timezone.now()),
        consent_key=Subquery(consents.values("key")[:1]),
        was_at=Subquery(_moves().values(was_at=KT("before__starts_at"))[:1]),
    )
    annotated = cast("Iterable[WithAnnotations[Notice, _Facts]]", rows)
    return [
        Due(
            row,
            row.belongs,
            row.has_declined,
            row.is_settled,
            row.consent_key,
            row.own_name,
            preferences_of(row),
            datetime.fromisoformat(row.was_at) if row.was_at else None,
        )
        for row in annotated
    ]


def preferences_of(notice: Notice) -> Preferences:
    """Return what the reader chose; a row that is not stored for who never chose."""
    chosen: Preferences | None = getattr(notice.person, "message_preferences", None)
    return chosen or Preferences(person=notice.person)


def reason_to_drop(due: Due, now: datetime) -> Notice.Reason | None:
    """Return why a notice must not go any more; None if it may."""
    notice, session, person = due.notice, due.notice.occurrence, due.notice.person
    ends_at = min(notice.expires_at, session.starts_at) if session else notice.expires_at
    reasons = {
        Reason.CANCELLED: _is_off(notice),
        Reason.MOVED: session is not None and notice.version != session.sequence,
        Reason.TOO_LATE: now >= ends_at,
        Reason.LEFT: not person.is_active or not (due.belongs or notice.kind in _FOR_OTHERS_TOO),
        Reason.DECLINED: due.has_declined and notice.kind in _FOR_WHO_COMES,
        Reason.SETTLED: due.is_settled,
        Reason.WITHDRAWN: due.consent_key is None and _needs_consent(notice),
        Reason.UNREACHABLE: notice.transport == Transport.EMAIL and not person.can_be_mailed,
        Reason.QUIET: _is_unwelcome(due, now),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


_FOR_WHO_COMES: Final = {Kind.REMINDER, Kind.CANCELLED}
_FOR_OTHERS_TOO: Final = {Kind.ANSWERED, Kind.ASKED, Kind.COVERED, Kind.RELEASED}
_NEVER_LATER_THAN_THE_START: Final = {Kind.REMINDER}


def wait_until(due: Due, now: datetime) -> datetime | None:
    """Return until when a notice should wait because it is quiet where its reader lives now.

    The planner has seen to most of it; this finds who moved to another zone since, and news.
    """
    hours = _quiet_hours(due)
    span = hours.around(now) if hours else None
    if span is None or span.ends_at + USEFUL > _latest(due.notice):
        return None
    return span.ends_at + spread_of(due.notice.person_id, span.ends_at, _latest(due.notice))


def _is_unwelcome(due: Due, now: datetime) -> bool:
    """Whether it is quiet, waiting would be too late, and she did not ask to be woken."""
    hours = _quiet_hours(due)
    span = hours.around(now) if hours else None
    if span is None or wait_until(due, now):
        return False
    if due.notice.kind != Kind.REMINDER:
        return not due.preferences.allows_urgent
    was_due_before = due.notice.due_at < span.begins_at
    return not (was_due_before and now - span.begins_at < GRACE)


def _quiet_hours(due: Due) -> QuietHours | None:
    chosen = due.preferences
    if (
        due.notice.transport == Transport.INBOX
        or chosen.quiet_from is None
        or chosen.quiet_until is None
    ):
        return None  # the inbox makes no noise
    return QuietHours(due.notice.person.tz, chosen.quiet_from, chosen.quiet_until)


def _latest(notice: Notice) -> datetime:
    session = notice.occurrence
    is_reminder = session is not None and notice.kind in _NEVER_LATER_THAN_THE_START
    return session.starts_at if session and is_reminder else notice.expires_at


def _needs_consent(notice: Notice) -> bool:
    return notice.transport != Transport.INBOX or notice.kind == Kind.REMINDER


def _is_off(notice: Notice) -> bool:
    """Whether a session will not take place, which is news only once."""
    session, group = notice.occurrence, notice.group
    if session is None:
        return group is not None and group.closed_at is not None
    is_told_so = notice.kind == Kind.CANCELLED
    return session.group.closed_at is not None or session.is_cancelled != is_told_so


def _declined() -> QuerySet[Seat]:
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


def _is_settled(now: datetime) -> Case:
    """Ask of each kind whether what it tells of has been overtaken."""
    offered = Seat.objects.on_offer(now).filter(
        occurrence=OuterRef("occurrence"), membership__person=OuterRef("person")
    )
    asked = CoverInvitation.objects.waiting(now).filter(
        request__occurrence=OuterRef("occurrence"), person=OuterRef("person")
    )
    later = ScheduleChange.objects.filter(
        occurrence=OuterRef("occurrence"),
        kind=ScheduleChange.Kind.COVERED,
        pk__gt=OuterRef("about"),
    )
    return Case(
        When(kind=Kind.OFFERED, then=~Exists(offered)),
        When(kind=Kind.ASKED, then=~Exists(asked)),
        When(kind__in=[Kind.SUBSTITUTE, Kind.UNCOVERED], then=Exists(later)),
        default=Value(False),
        output_field=BooleanField(),
    )
