"""Somebody in a live room called for help: facilitators of the group who are not there are told.

The notice names nobody and leads into the room. It is not delayed by
quiet hours, because it expires before they end.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds.definition import NoticeRule, NotificationKind, Texts, session_page
from notifications.models import Notice, Topic
from scheduler.models import Membership
from sessions.models import Attendance, RoomEvent
from sessions.room.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models.expressions import Combinable

OF_USE: Final = timedelta(minutes=15)
GROUP: Final = "room__occurrence__group"
MEMBERS: Final = f"{GROUP}__memberships"


def _is_in_the_room() -> Combinable:
    """Return an expression over a call and a member: whether the member is in that room."""
    stays = Attendance.objects.filter(
        occurrence=OuterRef("room__occurrence"), membership=OuterRef(MEMBERS), left_at=None
    )
    return Exists(stays)


def _absent_facilitators(_now: datetime, since: datetime) -> Iterator[NoticeRule]:
    roles = set(Membership.Role) - {Membership.Role.MEMBER}
    recipients = {f"{MEMBERS}__state": Membership.State.ACTIVE, f"{MEMBERS}__role__in": [*roles]}
    yield NoticeRule(
        rows=RoomEvent.objects.filter(kind=EventKind.HELP_ASKED, at__gte=since),
        person=f"{MEMBERS}__person",
        recipients=Q(**recipients) & Q(~_is_in_the_room()),
        columns={
            "occurrence_id": F("room__occurrence__pk"),
            "version": F("room__occurrence__sequence"),
            "about": F("pk"),
            "expires_at": F("at") + OF_USE,
        },
        is_batched=False,
    )


KINDS: Final = (
    NotificationKind(
        icon="life-buoy",
        kind=Notice.Kind.HELP,
        topic=Topic.COVER,
        source=_absent_facilitators,
        texts=Texts(
            _("Somebody needs you now. Please look in."),
            _("Somebody needs you now"),
        ),
        page=session_page,
        is_digested=False,
        is_over_when_expired=True,
    ),
)
