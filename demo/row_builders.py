"""The two facts of the demonstration that no verb writes, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password

from accounts.models import Person
from civiltime import zones

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from demo.data_types import DemoPerson


def create_accounts_without_password(demo_people: Iterable[DemoPerson], *, now: datetime) -> None:
    """Make accounts that nobody can sign in to.

    Signing up hashes a password, slowly on purpose: forty of them would take the visitor's
    first ten seconds, for accounts whose password nobody knows.
    """
    Person.objects.bulk_create(
        Person(
            username=demo_person.username,
            tz=zones.zone(demo_person.tz),
            language=demo_person.language,
            password=make_password(None),
            created_at=now,
        )
        for demo_person in demo_people
    )


def mark_address_verified(person: Person, *, now: datetime) -> None:
    """Count an address as proven: its proof is a code in a mail, and there is no reader to type it."""
    Person.objects.filter(pk=person.pk).update(email_verified_at=now)
