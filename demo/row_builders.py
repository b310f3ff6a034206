"""Rows that no action writes, with the reasons."""

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
    """Insert accounts that nobody can sign in to.

    Signing up hashes a password, which is slow on purpose: for forty accounts it would take ten
    seconds, and nobody would know these passwords.
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
    """Mark an address as verified without the code that is otherwise mailed and typed in."""
    Person.objects.filter(pk=person.pk).update(email_verified_at=now)
