"""Spare keys: what opens an account whose passphrase is forgotten."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from accounts.models.person import Person, folded


class SpareKeyQuerySet(models.QuerySet["SpareKey"]):
    """Spare keys."""

    def of_handle(self, handle: str) -> Self:
        """Keep the key of an account that is open; nobody's handle keeps none."""
        return self.filter(person__handle=folded(handle), person__deactivated_at=None)


class SpareKey(models.Model):
    """A recovery code: one for a person, good for one use; only its SHA-256 is kept, in hex.

    With more than 128 random bits it needs no slow hash: nobody finds it by trying.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="spare_key")
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[SpareKeyQuerySet] = SpareKeyQuerySet.as_manager()  # type: ignore[assignment]
