"""Fills a database with people who are owed a reminder; runs inside the product's own shell."""

from __future__ import annotations

from datetime import timedelta

import make
from django.utils import timezone

from notifications.models import Consent, ReminderChoice, Way
from scheduler.models import Membership, Person


def fill(people: int) -> None:
    """Let so many people each be owed one reminder, due now."""
    now = timezone.now()
    long_ago = now - timedelta(days=30)
    made = Person.objects.bulk_create(
        Person(handle=f"p{n}", email=f"p{n}@example.org", email_verified_at=long_ago, tz="UTC")
        for n in range(people)
    )
    session = make.occurrence(make.group(), starts_at=now + timedelta(minutes=50))
    Membership.objects.bulk_create(
        Membership(
            group=session.group, person=who, alias=who.handle, alias_key=who.handle, since=long_ago
        )
        for who in made
    )
    Consent.objects.bulk_create(
        Consent(person=who, way=Way.EMAIL, wording_version="test", granted_at=long_ago)
        for who in made
    )
    ReminderChoice.objects.bulk_create(
        ReminderChoice(person=who, way=Way.EMAIL, lead_minutes=60, chosen_at=long_ago)
        for who in made
    )
