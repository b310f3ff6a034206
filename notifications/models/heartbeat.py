"""When each periodic work was last done, and up to which version each session is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from django.db import models

from scheduler.models import Occurrence

if TYPE_CHECKING:
    from datetime import datetime, timedelta

TICK = "tick"


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """Signs of life."""

    def beat(self, now: datetime, name: str = TICK) -> None:
        """Note that a periodic work was done."""
        self.update_or_create(name=name, defaults={"at": now})


class Heartbeat(models.Model):
    """When a periodic work was last done."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    objects: ClassVar[HeartbeatQuerySet] = HeartbeatQuerySet.as_manager()  # type: ignore[assignment]

    @classmethod
    def age(cls, now: datetime, name: str = TICK) -> timedelta | None:
        """Return how long ago a periodic work was last done; None if it never was."""
        last = cls.objects.filter(name=name).values_list("at", flat=True).first()
        return None if last is None else now - last


class PlannedVersion(models.Model):
    """A session whose notices were written for one reach, and the schedule version they are for.

    ``STALE`` is a version that no session reaches: it is planned once more, to be on the safe side.
    """

    STALE: Final = 2**31 - 1

    class Horizon(models.TextChoices):
        """How far ahead the planner looked: days for most notices, more for the week before."""

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
