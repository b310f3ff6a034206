"""Erase what a person left in groups when their account is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.actions.availability import delete_availability
from scheduler.models import Membership, Seat

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person


def erase_person(*, person: Person, now: datetime, **_signal: object) -> None:  # noqa: ARG001 - a receiver's shape
    """Delete a person's availability, seats, memberships, affiliations and requests at once.

    Called in the transaction that closes the account, which holds the person's row.
    """
    delete_availability(person=person)
    Seat.objects.filter(membership__person=person).delete()
    Membership.objects.filter(person=person).delete()
    person.affiliations.all().delete()
    person.cover_invitations.all().delete()
    person.group_requests.all().delete()
