"""Presence: a person is here as long as one of their lines is, and a little longer."""

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

LENGTH: Final = timedelta(seconds=30)
GRACE: Final = timedelta(seconds=8)  # a tunnel, a lift, a reloaded page
SOCKETS_EACH: Final = 5


class Lost(NamedTuple):
    """People, each with a room, whose lines are all dead; and the leases that say so."""

    people: tuple[tuple[int, str], ...]
    lease_ids: tuple[int, ...]


class TooManySockets(CommonhourError):
    """A person who already has as many windows open as one may."""

    code = "too_many_sockets"

    def __init__(self) -> None:
        super().__init__("This room is already open in five windows. Close one of them.")


def take_lease(*, room_id: int, membership_id: int, now: datetime) -> Lease:
    """Note that a socket opened.

    Raises:
        TooManySockets: the person has five already.
    """
    with transaction.atomic():
        Membership.objects.select_for_update(no_key=True).only("pk").get(pk=membership_id)
        mine = Lease.objects.running(now).filter(room=room_id, membership=membership_id)
        # A line that just died still counts, for eight seconds; a closed one does not.
        if mine.filter(expires_at__gt=now + GRACE).count() >= SOCKETS_EACH:
            raise TooManySockets
        return Lease.objects.create(
            room_id=room_id, membership_id=membership_id, expires_at=now + LENGTH
        )


def renew_leases(*, lease_ids: Collection[int], now: datetime) -> None:
    """Say that these sockets are still open."""
    Lease.objects.filter(pk__in=lease_ids).update(expires_at=now + LENGTH)


def drop_lease(*, lease_id: int, now: datetime) -> None:
    """Note that a socket closed; its person is missed after a grace of eight seconds."""
    Lease.objects.filter(pk=lease_id).update(expires_at=now + GRACE)


def lost(*, now: datetime) -> Lost:
    """Return the leases that ran out, and the people who have no other.

    The leases stay until those people were shown out: whoever does that may die before it is done.
    """
    out = list(Lease.objects.filter(expires_at__lte=now).values_list("pk", "room", "membership"))
    rooms = {room for _, room, _ in out}
    running = Lease.objects.running(now).filter(room__in=rooms)
    here = set(running.values_list("room", "membership"))
    gone = sorted({(room, member) for _, room, member in out} - here)
    return Lost(
        people=tuple((room, str(member)) for room, member in gone),
        lease_ids=tuple(pk for pk, _, _ in out),
    )


def forget_leases(*, lease_ids: Collection[int], now: datetime) -> None:
    """Delete leases whose people were shown out, or have others; but none that was renewed since."""
    if lease_ids:
        Lease.objects.filter(pk__in=lease_ids, expires_at__lte=now).delete()
