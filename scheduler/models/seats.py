"""Who means to come to which session."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scheduler.models.groups import Membership
from scheduler.models.schedule import Occurrence


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats, in some state."""

    def going(self) -> Self:
        """Keep the taken ones."""
        return self.filter(state=Seat.State.GOING)


class Seat(models.Model):
    """A membership at an occurrence."""

    class State(models.TextChoices):
        """Whether someone means to come."""

        GOING = "going", _("Going")
        DECLINED = "declined", _("Not this time")

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="seat_rows")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="seats")
    state = models.CharField(max_length=10, choices=State.choices, default=State.GOING)
    since = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[SeatQuerySet] = SeatQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "membership"], name="seat_is_one_per_member"
            )
        ]
