"""Spare keys: what opens an account whose password is forgotten."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models.person import Person, normalize_username


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    """Spare keys."""

    def of_username(self, username: str) -> Self:
        """Keep the key of an account that is open; nobody's user name keeps none."""
        return self.filter(
            person__username=normalize_username(username), person__deactivated_at=None
        )


class RecoveryCode(models.Model):
    """A recovery code: one for a person, good for one use; only its SHA-256 is kept, in hex.

    With more than 128 random bits it needs no slow hash: nobody finds it by trying.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="recovery_code")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecoveryCodeQuerySet.as_manager()
