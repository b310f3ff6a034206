"""What lets a browser into a room, and what keeps it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from django.db import models

from scheduler.models import Membership
from sessions.models.rooms import Room

if TYPE_CHECKING:
    from datetime import datetime


class SignIn(NamedTuple):
    """By which sign-in a socket was opened: it must not outlive it, nor the password behind it."""

    session_key: str
    who: str
    auth_hash: str


class Ticket(models.Model):
    """A key for one socket: used once, within a minute. Only its SHA-256 is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    room = models.ForeignKey(Room, models.CASCADE, related_name="tickets")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="tickets")
    session_key = models.CharField(max_length=64)  # hash of the browser session it was given to
    auth_hash = models.CharField(max_length=64, blank=True)  # changes with the password
    expires_at = models.DateTimeField(db_index=True)

    @property
    def sign_in(self) -> SignIn:
        """Return the sign-in of whoever asked for this key."""
        return SignIn(self.session_key, str(self.membership_id), self.auth_hash)


class LeaseQuerySet(models.QuerySet["Lease"]):
    """Leases, by time."""

    def running(self, now: datetime) -> Self:
        """Keep those of lines that are, or may still be, alive."""
        return self.filter(expires_at__gt=now)


class Lease(models.Model):
    """One open socket of one person. Its process renews it; a dead process cannot."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="leases")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="leases")
    expires_at = models.DateTimeField(db_index=True)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["room", "membership"], name="lease_by_person")]
