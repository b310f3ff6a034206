"""A proven address, kept or forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Person
from notifications.actions.consent import withdraw
from notifications.models import Transport
from notifications.planning.planner import plan_person

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def confirm_address(*, person: Person, email: str, now: datetime) -> None:
    """Keep an address that its owner has proved; it replaces the one before."""
    Person.objects.filter(pk=person.pk).update(email=email, email_verified_at=now)
    plan_person(person, now)


@transaction.atomic
def forget_address(*, person: Person, now: datetime) -> None:
    """Forget an address: nothing is written there any more."""
    withdraw(person=person, transport=Transport.EMAIL, now=now)
    Person.objects.filter(pk=person.pk).update(email="", email_verified_at=None)


def mark_undeliverable(*, email: str) -> int:
    """Write no more to an address that bounced, until its owner proves it anew; return of how many.

    The address stays, so that her page can say which one it was.
    """
    proven = Person.objects.filter(email__iexact=email, email_verified_at__isnull=False)
    return proven.update(email_verified_at=None)


@transaction.atomic
def take_as_complaint(*, email: str, now: datetime) -> None:
    """Stop all mail to an address whose reader called it unwanted."""
    for person in Person.objects.filter(email__iexact=email):
        withdraw(person=person, transport=Transport.EMAIL, now=now)
    mark_undeliverable(email=email)
