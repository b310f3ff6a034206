"""A person's verified e-mail address: stored, deleted, or marked as undeliverable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Person
from notifications.actions.consent import allow_first, withdraw
from notifications.models import Transport
from notifications.planning.planner import plan_person

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def confirm_address(*, person: Person, email: str, now: datetime) -> None:
    """Store an address that was verified, in place of the one before.

    The first one is consent to all topics by e-mail.
    """
    Person.objects.filter(pk=person.pk).update(email=email, email_verified_at=now)
    allow_first(person=person, transport=Transport.EMAIL, now=now)
    plan_person(person, now)


@transaction.atomic
def forget_address(*, person: Person, now: datetime) -> None:
    """Delete a person's address and stop all mail to it."""
    withdraw(person=person, transport=Transport.EMAIL, now=now)
    Person.objects.filter(pk=person.pk).update(email="", email_verified_at=None)


def mark_undeliverable(*, email: str) -> int:
    """Stop mail to an address that bounced until it is verified again; return for how many people.

    The address is kept, so that the person's page can say which one it was.
    """
    verified = Person.objects.filter(email__iexact=email, email_verified_at__isnull=False)
    return verified.update(email_verified_at=None)


@transaction.atomic
def take_as_complaint(*, email: str, now: datetime) -> None:
    """Stop all mail to an address whose reader marked a message as unwanted."""
    for person in Person.objects.filter(email__iexact=email):
        withdraw(person=person, transport=Transport.EMAIL, now=now)
    mark_undeliverable(email=email)
