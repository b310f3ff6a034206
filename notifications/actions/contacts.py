"""Addresses for the operator's gateways: stored once verified, deleted, stopped, or broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Person
from notifications.actions.consent import allow_first, withdraw
from notifications.models import Contact, Transport

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def confirm_contact(*, person: Person, transport: Transport, address: str, now: datetime) -> None:
    """Store an address that was verified; the first one is consent to all topics there."""
    Person.objects.select_for_update().get(pk=person.pk)
    Contact.objects.update_or_create(
        person=person,
        transport=transport,
        defaults={"address": address, "verified_at": now, "broken_at": None},
    )
    allow_first(person=person, transport=transport, now=now)


@transaction.atomic
def forget_contact(*, person: Person, transport: Transport, now: datetime) -> None:
    """Delete a person's address and stop all messages to it."""
    withdraw(person=person, transport=transport, now=now)
    Contact.objects.filter(person=person, transport=transport).delete()


@transaction.atomic
def stop_by_reply(*, transport: Transport, address: str, now: datetime) -> int:
    """Stop all messages to an address; return for how many people."""
    contacts = Contact.objects.filter(transport=transport, address=address).select_related("person")
    for contact in contacts:
        withdraw(person=contact.person, transport=transport, now=now)
    return len(contacts)


@transaction.atomic
def mark_broken(contact: Contact, now: datetime) -> None:
    """Stop all messages to an address that does not work; its owner's page says so."""
    Contact.objects.filter(pk=contact.pk, broken_at=None).update(broken_at=now)
    withdraw(person=contact.person, transport=Transport(contact.transport), now=now)
