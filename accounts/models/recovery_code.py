"""Recovery codes: the only way to recover an account whose password is forgotten."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models.person import Person, normalize_username


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    """Recovery codes by user name."""

    def of_username(self, username: str) -> Self:
        """Keep the code of the active account with this user name."""
        return self.filter(
            person__username=normalize_username(username), person__deactivated_at=None
        )


class RecoveryCode(models.Model):
    """A person's recovery code, for one use. Only its SHA-256 is stored, in hex.

    It has more than 128 random bits, so a slow hash would add nothing.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="recovery_code")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecoveryCodeQuerySet.as_manager()
