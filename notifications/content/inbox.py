"""The entries of one person's inbox page, with group names, because the page requires sign-in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.urls import reverse

from notifications.content.notice_content import content_of, group_name
from notifications.kinds.registry import kind_of
from notifications.models import Notice
from notifications.queries.due_notices import read_due_notices
from scheduler.models import GroupMessage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from notifications.content.notice_content import NoticeContent
    from notifications.queries.due_notices import DueNotice


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """One notice in an inbox.

    Attributes:
        text: the text of a facilitator's message, if the person is still a member.
        is_over: it was settled, or its time has passed.
    """

    content: NoticeContent
    at: datetime
    is_new: bool
    text: str
    is_over: bool


def inbox_entries(page: Iterable[Notice], now: datetime) -> list[InboxEntry]:
    """Return the entries for some of a person's notices, the newest first.

    Notices for an older schedule version are left out: of two moves only the last is shown.
    """
    pks = [notice.pk for notice in page]
    rows = Notice.objects.filter(pk__in=pks).order_by("-done_at", "-pk")
    current = [due for due in read_due_notices(rows) if not _is_outdated(due)]
    texts = _message_texts(current)
    return [_entry(due, texts, now) for due in current]


def _entry(due: DueNotice, texts: dict[int, str], now: datetime) -> InboxEntry:
    notice, kind = due.notice, kind_of(due.notice)
    return InboxEntry(
        content=_content(due),
        at=notice.done_at or notice.due_at,
        is_new=notice.read_at is None,
        text=texts.get(notice.about, "") if kind.shows_message else "",
        is_over=due.is_settled or (kind.is_over_when_expired and notice.expires_at <= now),
    )


def _content(due: DueNotice) -> NoticeContent:
    content = content_of(due, name=due.own_name or group_name(due))
    page = content.kind.inbox_page
    return replace(content, path=reverse(page)) if page else content


def _is_outdated(due: DueNotice) -> bool:
    session = due.notice.occurrence
    return session is not None and session.sequence != due.notice.version


def _message_texts(dues: list[DueNotice]) -> dict[int, str]:
    messages = [d.notice.about for d in dues if kind_of(d.notice).shows_message and d.is_member]
    return dict(GroupMessage.objects.filter(pk__in=messages).values_list("pk", "text"))
