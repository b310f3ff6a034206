"""Somebody else leads a session, or the facilitator does after all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds.definition import (
    NoticeRule,
    NotificationKind,
    Texts,
    other_members,
    session_page,
)
from notifications.models import Notice, Topic
from scheduler.models import Membership, ScheduleChange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

MEMBERS: Final = "occurrence__group__memberships"


def changes_of_substitute(now: datetime, since: datetime) -> QuerySet[ScheduleChange]:
    """Return the changes of who leads a session that has not begun."""
    return ScheduleChange.objects.filter(
        kind=ScheduleChange.Kind.COVERED, at__gte=since, occurrence__starts_at__gt=now
    )


def was_changed_again(_now: datetime) -> Exists:
    """Return an expression over the ledger: the substitute has changed since change ``about``."""
    later = ScheduleChange.objects.filter(
        occurrence=OuterRef("occurrence"),
        kind=ScheduleChange.Kind.COVERED,
        pk__gt=OuterRef("about"),
    )
    return Exists(later)


def _members_without_the_substitute(now: datetime, since: datetime) -> Iterator[NoticeRule]:
    is_another = Q(**{f"{MEMBERS}__pk__gt": F("occurrence__substitute")})
    is_another |= Q(**{f"{MEMBERS}__pk__lt": F("occurrence__substitute")})
    yield NoticeRule(
        rows=changes_of_substitute(now, since),
        person=f"{MEMBERS}__person",
        recipients=other_members(MEMBERS, since="at", by="by")
        & Q(**{f"{MEMBERS}__role": Membership.Role.MEMBER})
        & (Q(occurrence__substitute=None) | is_another),
        occurrence="occurrence",
        columns={"about": F("pk")},
    )


AS_USUAL: Final = Texts(_("This is as usual again:"), _("As usual again: %(what)s"))


def _as_usual(notice: Notice) -> Texts | None:
    session = notice.occurrence
    return AS_USUAL if session and session.substitute_id is None else None


KINDS: Final = (
    NotificationKind(
        kind=Notice.Kind.SUBSTITUTE,
        icon="users-round",
        action=_("See the session"),
        topic=Topic.CHANGES,
        source=_members_without_the_substitute,
        texts=Texts(
            _("Somebody else hosts this time:"),
            _("Somebody else hosts: %(what)s"),
        ),
        texts_for=_as_usual,
        page=session_page,
        is_settled=was_changed_again,
    ),
)
