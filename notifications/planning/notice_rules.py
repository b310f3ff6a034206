"""Every kind of news: which rows tell of it and who hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from notifications.models import Notice
from notifications.planning.change_notices import NoticeRule, insert_notices
from notifications.planning.sql_functions import EpochSeconds
from scheduler.models import (
    CoverInvitation,
    CoverRequest,
    GroupMessage,
    Membership,
    Occurrence,
    ScheduleChange,
    Seat,
)
from scheduler.models.messages import SHOWN_FOR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

Kind, Change = Notice.Kind, ScheduleChange.Kind

ANSWER_KEPT: Final = timedelta(days=14)
CHANGES: Final = {
    Kind.MOVED: [Change.MOVED, Change.RETIMED],
    Kind.CANCELLED: [Change.CANCELLED],
    Kind.RESTORED: [Change.RESTORED],
}


def plan_changes(now: datetime, *, since: datetime) -> int:
    """Write all news since an instant; return how many notices are new."""
    return sum(insert_notices(rule, now) for rule in _rules(now, since))


def _rules(now: datetime, since: datetime) -> Iterator[NoticeRule]:
    yield from _changes(now, since)
    yield from _substitutes(now, since)
    yield _offers(now)
    yield from _cover(now, since)
    yield _answers(since)
    yield _welcomes(now, since)
    yield _messages(since)


def _changes(now: datetime, since: datetime) -> Iterator[NoticeRule]:
    """Tell every member of each session that was changed.

    Whoever made the change knows of it. A change that was overtaken by another has an older
    schedule version, and is dropped when it falls due.
    """
    for kind, changes in CHANGES.items():
        yield NoticeRule(
            kind=kind,
            rows=ScheduleChange.objects.filter(
                kind__in=changes, at__gte=since, occurrence__starts_at__gt=now
            ),
            person="occurrence__group__memberships__person",
            who=_members("occurrence__group__memberships", since="at", by="by"),
            session="occurrence",
        )


def _substitutes(now: datetime, since: datetime) -> Iterator[NoticeRule]:
    """Tell members that somebody else leads; and who leads, that nobody does in her place any more."""
    path = "occurrence__group__memberships"
    changed = ScheduleChange.objects.filter(
        kind=Change.COVERED, at__gte=since, occurrence__starts_at__gt=now
    )
    nobody = Q(occurrence__substitute=None)
    another = Q(**{f"{path}__pk__gt": F("occurrence__substitute")})
    another |= Q(**{f"{path}__pk__lt": F("occurrence__substitute")})
    yield NoticeRule(
        kind=Kind.SUBSTITUTE,
        rows=changed,
        person=f"{path}__person",
        who=_members(path, since="at", by="by")
        & Q(**{f"{path}__role": Membership.Role.MEMBER})
        & (nobody | another),
        session="occurrence",
        columns={"about": F("pk")},
    )
    yield NoticeRule(
        kind=Kind.UNCOVERED,
        rows=changed.filter(after__substitute=None),
        person=f"{path}__person",
        who=_members(path, since="at", by="by")
        & Q(**{f"{path}__role__in": [*set(Membership.Role) - {Membership.Role.MEMBER}]}),
        session="occurrence",
        columns={"about": F("pk")},
    )


def _offers(now: datetime) -> NoticeRule:
    """Tell of a seat for as long as it is kept."""
    return NoticeRule(
        kind=Kind.OFFERED,
        rows=Seat.objects.on_offer(now),
        person="membership__person",
        session="occurrence",
        columns={
            "about": EpochSeconds(F("offered_until")),
            "expires_at": F("offered_until"),
        },
        is_batched=False,
    )


def _cover(now: datetime, since: datetime) -> Iterator[NoticeRule]:
    """Ask who could lead a session; tell who was asked, and who had asked, that it is settled.

    Who covered and stepped back is a change by itself: the others are asked anew.
    """
    covered = ScheduleChange.objects.filter(
        occurrence=OuterRef("request__occurrence"), kind=Change.COVERED
    )
    yield NoticeRule(
        kind=Kind.ASKED,
        rows=CoverInvitation.objects.waiting(now),
        person="person",
        session="request__occurrence",
        columns={"about": Coalesce(Subquery(covered.order_by("-pk").values("pk")[:1]), 0)},
    )
    settled = Q(request__closed_at__gte=since, request__occurrence__starts_at__gt=now)
    yield NoticeRule(
        kind=Kind.COVERED,
        rows=CoverInvitation.objects.settled_by_others().filter(settled),
        person="person",
        session="request__occurrence",
        columns={"about": EpochSeconds(F("request__closed_at"))},
    )
    yield NoticeRule(
        kind=Kind.COVERED,
        rows=CoverRequest.objects.filter(
            taken_by__isnull=False, closed_at__gte=since, occurrence__starts_at__gt=now
        ).exclude(taken_by=F("by")),
        person="by",
        session="occurrence",
        columns={"about": EpochSeconds(F("closed_at"))},
    )
    yield NoticeRule(
        kind=Kind.RELEASED,
        rows=CoverInvitation.objects.accepted(now).filter(
            request__taken_by=None, request__occurrence__starts_at__gt=now
        ),
        person="person",
        session="request__occurrence",
        columns={"about": Coalesce(Subquery(covered.order_by("-pk").values("pk")[:1]), 0)},
    )


def _answers(since: datetime) -> NoticeRule:
    """Tell who asked to join that there is an answer."""
    return NoticeRule(
        kind=Kind.ANSWERED,
        rows=Membership.objects.filter(
            answered_at__gte=since,
            since__gte=since,
            state__in=[Membership.State.ACTIVE, Membership.State.DECLINED],
        ),
        person="person",
        columns={
            "group_id": F("group"),
            "about": EpochSeconds(F("answered_at")),
            "expires_at": F("answered_at") + ANSWER_KEPT,
        },
    )


def _welcomes(now: datetime, since: datetime) -> NoticeRule:
    """Tell who has come when her first session is, and what it is like."""
    to_come = Occurrence.objects.taking_place().filter(group=OuterRef("group"), starts_at__gt=now)
    first = to_come.order_by("starts_at", "pk")
    return NoticeRule(
        kind=Kind.WELCOME,
        rows=Membership.objects.active()
        .filter(since__gte=since, role=Membership.Role.MEMBER, group__closed_at=None)
        .annotate(first_session=Subquery(first.values("pk")[:1]))
        .filter(first_session__isnull=False),
        person="person",
        columns={
            "occurrence_id": F("first_session"),
            "version": Subquery(first.values("sequence")[:1]),
            "expires_at": Subquery(first.values("starts_at")[:1]),
            "about": F("pk"),
        },
    )


def _messages(since: datetime) -> NoticeRule:
    """Tell the members that whoever leads has written to them."""
    return NoticeRule(
        kind=Kind.MESSAGE,
        rows=GroupMessage.objects.filter(at__gte=since, group__closed_at=None),
        person="group__memberships__person",
        who=_members("group__memberships", since="at", by="by"),
        columns={
            "group_id": F("group"),
            "about": F("pk"),
            "expires_at": F("at") + SHOWN_FOR,
        },
        is_batched=False,
    )


def _members(path: str, *, since: str, by: str) -> Q:
    """Keep who belonged when it happened, but for whoever did it herself.

    Greater or less stands for “another”: a negated path of many rows asks about all of them.
    """
    person = f"{path}__person"
    another = Q(**{by: None}) | Q(**{f"{person}__gt": F(by)}) | Q(**{f"{person}__lt": F(by)})
    return another & Q(
        **{f"{path}__state": Membership.State.ACTIVE, f"{path}__since__lte": F(since)}
    )
