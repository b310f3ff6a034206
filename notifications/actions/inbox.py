"""Noting that somebody has seen what lies in her inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.models import Notice

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person


def mark_read(*, person: Person, now: datetime) -> int:
    """Count everything in a person's inbox as seen; return how much of it was new."""
    return Notice.objects.inbox_of(person).unread().order_by().update(read_at=now)
