"""End the browser sessions of a person, and delete expired ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import BrowserSession

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person


def end_browser_sessions(*, person: Person) -> int:
    """Sign a person out of every browser; return how many sessions were deleted."""
    return BrowserSession.objects.filter(person_id=person.pk).delete()[0]


def delete_expired_sessions(*, now: datetime) -> int:
    """Delete sessions past their expiry; return how many. A tick calls it."""
    return BrowserSession.objects.filter(expire_date__lte=now).delete()[0]
