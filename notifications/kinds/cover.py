"""Cover for a facilitator: somebody is asked, steps in, steps back, or is no longer needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from notifications.kinds.definition import (
    NoticeRule,
    NotificationKind,
    Texts,
    no_page,
    other_members,
    page_named,
)
from notifications.kinds.substitute import MEMBERS, changes_of_substitute, was_changed_again
from notifications.models import Notice, Topic
from notifications.sql_functions import EpochSeconds
from scheduler.models import CoverInvitation, CoverRequest, Membership, ScheduleChange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models.expressions import Combinable


def _last_change() -> Combinable:
    """Return the id of the last change of substitute of a request's session; 0 if none.

    As ``about`` it lets the same people be asked again after somebody stepped back.
    """
    changes = ScheduleChange.objects.filter(
        occurrence=OuterRef("request__occurrence"), kind=ScheduleChange.Kind.COVERED
    )
    return Coalesce(Subquery(changes.order_by("-pk").values("pk")[:1]), 0)


def _invited(now: datetime, _since: datetime) -> Iterator[NoticeRule]:
    yield NoticeRule(
        rows=CoverInvitation.objects.waiting(now),
        person="person",
        occurrence="request__occurrence",
        columns={"about": _last_change()},
    )


def _is_answered_or_closed(now: datetime) -> Combinable:
    waiting = CoverInvitation.objects.waiting(now).filter(
        request__occurrence=OuterRef("occurrence"), person=OuterRef("person")
    )
    return ~Exists(waiting)


def _others_invited_and_asker(now: datetime, since: datetime) -> Iterator[NoticeRule]:
    """Yield rules for the others who were asked, and for the person who had asked."""
    yield NoticeRule(
        rows=CoverInvitation.objects.taken_by_others().filter(
            request__closed_at__gte=since, request__occurrence__starts_at__gt=now
        ),
        person="person",
        occurrence="request__occurrence",
        columns={"about": EpochSeconds(F("request__closed_at"))},
    )
    yield NoticeRule(
        rows=CoverRequest.objects.filter(
            taken_by__isnull=False, closed_at__gte=since, occurrence__starts_at__gt=now
        ).exclude(taken_by=F("by")),
        person="by",
        occurrence="occurrence",
        columns={"about": EpochSeconds(F("closed_at"))},
    )


def _facilitators_without_cover(now: datetime, since: datetime) -> Iterator[NoticeRule]:
    """Yield a rule for facilitators of sessions whose substitute stepped back."""
    roles = set(Membership.Role) - {Membership.Role.MEMBER}
    yield NoticeRule(
        rows=changes_of_substitute(now, since).filter(after__substitute=None),
        person=f"{MEMBERS}__person",
        recipients=other_members(MEMBERS, since="at", by="by")
        & Q(**{f"{MEMBERS}__role__in": [*roles]}),
        occurrence="occurrence",
        columns={"about": F("pk")},
    )


def _no_longer_needed(now: datetime, _since: datetime) -> Iterator[NoticeRule]:
    """Yield a rule for people who had accepted a request that was taken back."""
    yield NoticeRule(
        rows=CoverInvitation.objects.accepted(now).filter(
            request__taken_by=None, request__occurrence__starts_at__gt=now
        ),
        person="person",
        occurrence="request__occurrence",
        columns={"about": _last_change()},
    )


KINDS: Final = (
    NotificationKind(
        kind=Notice.Kind.ASKED,
        icon="hand-heart",
        action=_("Answer"),
        topic=Topic.COVER,
        source=_invited,
        texts=Texts(_("Can you step in for somebody?"), _("Can you step in? %(what)s")),
        page=page_named("covering"),
        is_settled=_is_answered_or_closed,
        is_for_members=False,
    ),
    NotificationKind(
        kind=Notice.Kind.COVERED,
        icon="calendar-check",
        action=_("See my tasks"),
        topic=Topic.COVER,
        source=_others_invited_and_asker,
        texts=Texts(_("Somebody steps in:"), _("Somebody steps in: %(what)s")),
        page=page_named("dashboard"),
        is_for_members=False,
    ),
    NotificationKind(
        kind=Notice.Kind.UNCOVERED,
        icon="triangle-alert",
        action=_("See my tasks"),
        topic=Topic.COVER,
        source=_facilitators_without_cover,
        texts=Texts(
            _("The person who stepped in cannot come after all:"),
            _("Nobody steps in now: %(what)s"),
        ),
        page=page_named("dashboard"),
        is_settled=was_changed_again,
    ),
    NotificationKind(
        kind=Notice.Kind.RELEASED,
        icon="calendar-check",
        topic=Topic.COVER,
        source=_no_longer_needed,
        texts=Texts(
            _("You do not need to step in any more. Thank you:"),
            _("No need to step in: %(what)s"),
        ),
        page=no_page,
        is_for_members=False,
    ),
)
