"""Forget what nobody needs any more: old notices, and all that hung on a closed account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from notifications.models import Consent, Contact, Device, Notice, Preferences, ReminderChoice

if TYPE_CHECKING:
    from datetime import datetime

NOTICES_KEPT: Final = timedelta(days=30)


@transaction.atomic
def delete_old(*, now: datetime) -> None:
    """Delete notices whose last use is 30 days past, and what closed accounts left behind.

    A notice says that somebody had a session at an hour. It is kept for as long as someone may
    ask whether it was sent, and no longer. Doing it again changes nothing.
    """
    Notice.objects.filter(expires_at__lt=now - NOTICES_KEPT).delete()
    for left_behind in (Notice, Consent, ReminderChoice, Preferences, Device, Contact):
        left_behind.objects.filter(person__deactivated_at__isnull=False).delete()
