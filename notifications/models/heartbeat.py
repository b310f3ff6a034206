"""When each periodic task last ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from datetime import datetime, timedelta

TICK = "tick"


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """Heartbeats of periodic tasks."""

    def beat(self, now: datetime, name: str = TICK) -> None:
        """Record that a periodic task ran."""
        self.update_or_create(name=name, defaults={"at": now})


class Heartbeat(models.Model):
    """The last run of one periodic task. ``TICK`` is the planner's."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    @classmethod
    def age(cls, now: datetime, name: str = TICK) -> timedelta | None:
        """Return the time since a periodic task last ran; None if it never did."""
        last = cls.objects.filter(name=name).values_list("at", flat=True).first()
        return None if last is None else now - last
