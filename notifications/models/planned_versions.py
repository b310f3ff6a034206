"""For which schedule version the reminders of a session were planned."""

from __future__ import annotations

from typing import Final

from django.db import models

from scheduler.models import Occurrence


class PlannedVersion(models.Model):
    """The schedule version (``sequence``) for which one session was planned within one horizon.

    ``STALE`` is a version that no session has, so a stale row makes the planner repeat its work.
    """

    STALE: Final = 2**31 - 1

    class Horizon(models.TextChoices):
        """How far ahead the planner searched: two days for most reminders, more for early ones."""

        NEAR = "near"
        FAR = "far"

    occurrence = models.ForeignKey(
        Occurrence, models.CASCADE, related_name="planned_versions", db_index=False
    )
    horizon = models.CharField(max_length=4, choices=Horizon.choices)
    version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "horizon"], name="version_is_planned_once_per_horizon"
            )
        ]
