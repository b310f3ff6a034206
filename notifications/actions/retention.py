"""Deletion of old notices, and of what belongs to closed accounts."""

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
    """Delete notices that expired 30 days ago, and everything of closed accounts.

    A notice reveals that somebody had a session at some time. It is kept for as long as people may
    ask whether it was sent, and no longer. Idempotent.
    """
    Notice.objects.filter(expires_at__lt=now - NOTICES_KEPT).delete()
    for model in (Notice, Consent, ReminderChoice, Preferences, Device, Contact):
        model.objects.filter(person__deactivated_at__isnull=False).delete()
