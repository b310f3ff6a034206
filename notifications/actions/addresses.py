"""A proven address, kept or forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from notifications.actions.consent import withdraw
from notifications.models import Way
from notifications.planner import plan_person
from scheduler.models import Person

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
    withdraw(person=person, way=Way.EMAIL, now=now)
    Person.objects.filter(pk=person.pk).update(email="", email_verified_at=None)
