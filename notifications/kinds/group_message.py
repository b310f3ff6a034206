"""A facilitator wrote to the members of a group. The text itself is only in the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from notifications.kinds.definition import (
    NoticeRule,
    NotificationKind,
    Texts,
    group_page,
    other_members,
)
from notifications.models import Notice, Topic
from scheduler.models import GroupMessage
from scheduler.models.messages import MESSAGE_AGE_SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def _members(_now: datetime, since: datetime) -> Iterator[NoticeRule]:
    yield NoticeRule(
        rows=GroupMessage.objects.filter(at__gte=since, group__closed_at=None),
        person="group__memberships__person",
        recipients=other_members("group__memberships", since="at", by="by"),
        columns={
            "group_id": F("group"),
            "about": F("pk"),
            "expires_at": F("at") + MESSAGE_AGE_SHOWN,
        },
        is_batched=False,
    )


KINDS: Final = (
    NotificationKind(
        kind=Notice.Kind.MESSAGE,
        icon="message-square",
        action=_("See the group"),
        topic=Topic.MESSAGES,
        source=_members,
        texts=Texts(_("There is a message for you."), _("A message for you")),
        page=group_page,
        shows_message=True,
    ),
)
