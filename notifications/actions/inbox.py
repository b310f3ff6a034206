"""Marking the inbox as read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.models import Notice

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person


def mark_read(*, person: Person, now: datetime) -> int:
    """Mark all notices in a person's inbox as read; return how many were unread."""
    return Notice.objects.inbox_of(person).unread().order_by().update(read_at=now)
