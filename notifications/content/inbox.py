"""The inbox of one person, as its page shows it: group by name, because it asked who she is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.urls import reverse

from notifications.content.notice_content import content_of, name_of_group
from notifications.delivery.validity import read
from notifications.models import Notice
from scheduler.models import GroupMessage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from notifications.content.notice_content import NoticeContent
    from notifications.delivery.validity import Due

Kind = Notice.Kind


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """One thing in an inbox.

    Attributes:
        text: what was written to her, if it is a message and she still belongs.
        is_over: it has been settled, or its time has passed: nothing is left to do.
    """

    content: NoticeContent
    at: datetime
    is_new: bool
    text: str
    is_over: bool


def inbox_entries(page: Iterable[Notice], now: datetime) -> list[InboxEntry]:
    """Return what some of a person's notices say, leaving out what was overtaken since.

    A session that moved twice is told once, at the time that holds.
    """
    dues = [due for due in read(_rows(page)) if not _is_overtaken(due)]
    texts = _texts(dues)
    return [_entry(due, texts, now) for due in dues]


def _rows(page: Iterable[Notice]) -> QuerySet[Notice]:
    pks = [notice.pk for notice in page]
    return Notice.objects.filter(pk__in=pks).order_by("-done_at", "-pk")


def _entry(due: Due, texts: dict[int, str], now: datetime) -> InboxEntry:
    notice = due.notice
    return InboxEntry(
        content=_content(due),
        at=notice.done_at or notice.due_at,
        is_new=notice.read_at is None,
        text=texts.get(notice.about, "") if notice.kind == Kind.MESSAGE else "",
        is_over=due.is_settled or (notice.kind == Kind.OFFERED and notice.expires_at <= now),
    )


def _content(due: Due) -> NoticeContent:
    content = content_of(due, name=due.own_name or name_of_group(due))
    return replace(content, path=reverse("my_groups")) if content.kind == Kind.ANSWERED else content


def _is_overtaken(due: Due) -> bool:
    session = due.notice.occurrence
    return session is not None and session.sequence != due.notice.version


def _texts(dues: list[Due]) -> dict[int, str]:
    told = [d.notice.about for d in dues if d.notice.kind == Kind.MESSAGE and d.belongs]
    return dict(GroupMessage.objects.filter(pk__in=told).values_list("pk", "text"))
