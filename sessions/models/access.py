"""Access to a room: tickets that open a connection, and leases of open ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from django.db import models

from scheduler.models import Membership
from sessions.models.rooms import Room

if TYPE_CHECKING:
    from datetime import datetime


class SignIn(NamedTuple):
    """The sign-in that opened a connection, which is closed when it ends or the password changes.

    ``who`` is the id of the membership, as text.
    """

    session_key: str
    who: str
    auth_hash: str


class Ticket(models.Model):
    """A token for one connection, valid once and for a minute. Only its SHA-256 is stored.

    ``session_key`` and ``auth_hash`` are of the browser session that asked for it.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    room = models.ForeignKey(Room, models.CASCADE, related_name="tickets")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="tickets")
    session_key = models.CharField(max_length=64)  # hash of the browser session it was given to
    auth_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    @property
    def sign_in(self) -> SignIn:
        """Return the sign-in that asked for this ticket."""
        return SignIn(self.session_key, str(self.membership_id), self.auth_hash)


class LeaseQuerySet(models.QuerySet["Lease"]):
    """Leases of connections."""

    def running(self, now: datetime) -> Self:
        """Keep leases that have not run out."""
        return self.filter(expires_at__gt=now)


class Lease(models.Model):
    """One open connection of one person, renewed by its process while it is open."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="leases")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="leases")
    expires_at = models.DateTimeField(db_index=True)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["room", "membership"], name="lease_by_person")]
