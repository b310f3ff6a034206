"""A number, or a name at the operator's service: kept once proved, forgotten, stopped, or broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Person
from notifications.actions.consent import allow, withdraw
from notifications.models import Contact, Topic, Way

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def confirm_contact(*, person: Person, way: Way, address: str, now: datetime) -> None:
    """Keep an address that its owner has proved; asking for it is consenting to be written there."""
    Person.objects.select_for_update().get(pk=person.pk)
    Contact.objects.update_or_create(
        person=person,
        way=way,
        defaults={"address": address, "verified_at": now, "broken_at": None},
    )
    allow(person=person, way=way, topics=tuple(Topic), now=now)


@transaction.atomic
def forget_contact(*, person: Person, way: Way, now: datetime) -> None:
    """Forget an address: nothing is sent there any more."""
    withdraw(person=person, way=way, now=now)
    Contact.objects.filter(person=person, way=way).delete()


@transaction.atomic
def stop_by_reply(*, way: Way, address: str, now: datetime) -> int:
    """Stop everything that goes to an address, whoever gave it; return for how many people."""
    contacts = Contact.objects.filter(way=way, address=address).select_related("person")
    for contact in contacts:
        withdraw(person=contact.person, way=way, now=now)
    return len(contacts)


@transaction.atomic
def mark_broken(contact: Contact, now: datetime) -> None:
    """Send nothing more to an address that leads nowhere, and let its owner see that."""
    Contact.objects.filter(pk=contact.pk, broken_at=None).update(broken_at=now)
    withdraw(person=contact.person, way=Way(contact.way), now=now)
