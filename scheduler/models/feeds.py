"""Secret calendar addresses: only their hashes are known here."""

from __future__ import annotations

import secrets
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scheduler.models.people import Person


def new_uid_key() -> str:
    """Return the key from which one subscription's event UIDs are made."""
    return secrets.token_hex(32)


class FeedQuerySet(models.QuerySet["Feed"]):
    """Calendar addresses."""

    def in_use(self) -> Self:
        """Leave out revoked ones."""
        return self.filter(revoked_at=None)


class Feed(models.Model):
    """One device's calendar address. ``token_hash`` is SHA-256 in hex of what the address holds."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="feeds")
    label = models.CharField(_("which device or calendar"), max_length=40)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    uid_key = models.CharField(max_length=64, default=new_uid_key, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_fetched_on = models.DateField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[FeedQuerySet] = FeedQuerySet.as_manager()  # type: ignore[assignment]
