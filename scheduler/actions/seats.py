"""Take a seat at a session, or give it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from scheduler.errors import CommonhourError
from scheduler.models import Membership, Occurrence, Person, Seat

if TYPE_CHECKING:
    from datetime import datetime


class NoSeatLeft(CommonhourError):
    """All seats are taken."""

    code = "no_seat_left"

    def __init__(self) -> None:
        super().__init__(
            _("The last seat was just taken. Look at the next session, or try again later.")
        )


class NotAMember(CommonhourError):
    """A seat is for members."""

    code = "not_a_member"

    def __init__(self) -> None:
        super().__init__(_("Join the group first, then take a seat."))


class TooLate(CommonhourError):
    """The session is over or will not take place."""

    code = "too_late"

    def __init__(self) -> None:
        super().__init__(_("This session is over or cancelled. Look at the next one."))


@transaction.atomic
def take_seat(*, person: Person, occurrence: Occurrence, now: datetime) -> Seat:
    """Take a seat; asking twice takes one. The occurrence's row is the lock.

    Raises:
        NoSeatLeft: somebody else took the last one.
        NotAMember: this person does not belong to the group.
        TooLate: the session is over or cancelled.
    """
    locked = Occurrence.objects.select_for_update().get(pk=occurrence.pk)
    membership = _membership(person, locked, now)
    if not membership.is_facilitating and _taken(locked, besides=membership) >= locked.seats:
        raise NoSeatLeft
    seat, _made = Seat.objects.update_or_create(
        occurrence=locked,
        membership=membership,
        defaults={"state": Seat.State.GOING, "since": now},
    )
    return seat


@transaction.atomic
def decline_seat(*, person: Person, occurrence: Occurrence, now: datetime) -> Seat:
    """Say “not this time”: the seat is free, and no reminder comes.

    Raises:
        NotAMember: this person does not belong to the group.
        TooLate: the session is over or cancelled.
    """
    locked = Occurrence.objects.select_for_update().get(pk=occurrence.pk)
    seat, _made = Seat.objects.update_or_create(
        occurrence=locked,
        membership=_membership(person, locked, now),
        defaults={"state": Seat.State.DECLINED, "since": now},
    )
    return seat


def _taken(occurrence: Occurrence, *, besides: Membership) -> int:
    """Count taken seats. Who facilitates is there anyway and takes none."""
    return (
        Seat.objects.going()
        .filter(occurrence=occurrence, membership__role=Membership.Role.MEMBER)
        .exclude(membership=besides)
        .count()
    )


def _membership(person: Person, occurrence: Occurrence, now: datetime) -> Membership:
    membership = (
        Membership.objects.active()
        .filter(person=person, group=occurrence.group_id, group__closed_at=None)
        .first()
    )
    if membership is None:
        raise NotAMember
    if occurrence.is_cancelled or occurrence.ends_at <= now:
        raise TooLate
    return membership
