"""Presence: a person is connected while one of their leases runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import transaction

from civiltime.errors import CommonhourError
from scheduler.models import Membership
from sessions.models import Lease

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

LEASE_LENGTH: Final = timedelta(seconds=30)
GRACE_PERIOD: Final = timedelta(seconds=8)  # after a connection closed: a tunnel, a reloaded page
MAX_CONNECTIONS: Final = 5  # of one person in one room


class ExpiredLeases(NamedTuple):
    """Leases that ran out, and the people, each with a room, who have no other."""

    people: tuple[tuple[int, str], ...]
    lease_ids: tuple[int, ...]


class TooManySockets(CommonhourError):
    """The person has as many open connections as allowed."""

    code = "too_many_sockets"

    def __init__(self) -> None:
        super().__init__("This room is already open in five windows. Close one of them.")


def take_lease(*, room_id: int, membership_id: int, now: datetime) -> Lease:
    """Record an open connection.

    Raises:
        TooManySockets: the person has ``MAX_CONNECTIONS`` already.
    """
    with transaction.atomic():
        Membership.objects.select_for_update(no_key=True).only("pk").get(pk=membership_id)
        mine = Lease.objects.running(now).filter(room=room_id, membership=membership_id)
        # A closed connection has at most the grace period left and does not count.
        if mine.filter(expires_at__gt=now + GRACE_PERIOD).count() >= MAX_CONNECTIONS:
            raise TooManySockets
        return Lease.objects.create(
            room_id=room_id, membership_id=membership_id, expires_at=now + LEASE_LENGTH
        )


def renew_leases(*, lease_ids: Collection[int], now: datetime) -> None:
    """Extend the leases of connections that are still open."""
    Lease.objects.filter(pk__in=lease_ids).update(expires_at=now + LEASE_LENGTH)


def drop_lease(*, lease_id: int, now: datetime) -> None:
    """Let the lease of a closed connection run out after the grace period."""
    Lease.objects.filter(pk=lease_id).update(expires_at=now + GRACE_PERIOD)


def expired_leases(*, now: datetime) -> ExpiredLeases:
    """Return the leases that ran out.

    They are not deleted here: the process that takes the people out may stop before it has done so.
    """
    expired = list(
        Lease.objects.filter(expires_at__lte=now).values_list("pk", "room", "membership")
    )
    running = Lease.objects.running(now).filter(room__in={room for _, room, _ in expired})
    connected = set(running.values_list("room", "membership"))
    gone = sorted({(room, member) for _, room, member in expired} - connected)
    return ExpiredLeases(
        people=tuple((room, str(member)) for room, member in gone),
        lease_ids=tuple(pk for pk, _, _ in expired),
    )


def delete_leases(*, lease_ids: Collection[int], now: datetime) -> None:
    """Delete expired leases, except those renewed since they were read."""
    if lease_ids:
        Lease.objects.filter(pk__in=lease_ids, expires_at__lte=now).delete()
