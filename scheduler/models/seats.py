"""Seats at sessions, the waiting list, and recurring seats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from scheduler.models.choices import SeatState
from scheduler.models.groups import Membership
from scheduler.models.schedule import Occurrence, Series

if TYPE_CHECKING:
    from datetime import datetime


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats, by state."""

    def going(self) -> Self:
        """Keep booked seats."""
        return self.filter(state=Seat.State.GOING)

    def of_members(self) -> Self:
        """Leave out facilitators, who take no seat."""
        return self.filter(membership__role=Membership.Role.MEMBER)

    def held(self, now: datetime) -> Self:
        """Keep seats that are booked, or offered with a valid offer."""
        offered = Q(state=Seat.State.OFFERED, offered_until__gt=now)
        return self.of_members().filter(Q(state=Seat.State.GOING) | offered)

    def waiting(self) -> Self:
        """Keep the waiting list, in order."""
        return self.of_members().filter(state=Seat.State.WAITLISTED).order_by("since", "pk")

    def on_offer(self, now: datetime) -> Self:
        """Keep valid offers of sessions that take place, to active members."""
        return self.filter(
            state=Seat.State.OFFERED,
            offered_until__gt=now,
            occurrence__cancelled_at=None,
            membership__state=Membership.State.ACTIVE,
        )


class Seat(models.Model):
    """A membership at an occurrence.

    ``since`` is when the present state began; it orders the waiting list. ``offered_until`` is set
    while the state is OFFERED and never after the session's start.
    """

    State = SeatState

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="seat_rows")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="seats")
    state = models.CharField(max_length=10, choices=State.choices, default=State.GOING)
    since = models.DateTimeField(default=timezone.now, editable=False)
    offered_until = models.DateTimeField(null=True, editable=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "membership"], name="seat_is_one_per_member"
            ),
            models.CheckConstraint(
                condition=Q(state=SeatState.OFFERED, offered_until__isnull=False)
                | Q(~Q(state=SeatState.OFFERED), offered_until=None),
                name="seat_offer_has_an_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["offered_until"],
                condition=Q(state=SeatState.OFFERED),
                name="seat_offers_by_end",
            ),
            models.Index(
                fields=["occurrence"],
                condition=Q(state=SeatState.WAITLISTED),
                name="seats_waited_for",
            ),
        ]


class RecurringSeat(models.Model):
    """A member comes to every session of a series, until they cancel."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="recurring_seats")
    series = models.ForeignKey(Series, models.CASCADE, related_name="recurring_seats")
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "series"], name="recurring_seat_is_one_per_series"
            )
        ]
