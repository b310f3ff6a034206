"""Fills a database with people who have reminders due; run in the product's own shell."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import F, Value
from django.utils import timezone

from accounts.models import Person
from notifications.models import Consent, Notice, ReminderChoice, Topic, Transport
from notifications.planning.planner import plan
from notifications.sql_functions import Seconds
from scheduler.models import Membership
from tests import make


def fill(people: int, spread_seconds: int = 0, after_seconds: int = 0) -> None:
    """Create people with one reminder each, due now or, with a spread, one after the other."""
    now = timezone.now()
    long_ago = now - timedelta(days=30)
    made = Person.objects.bulk_create(
        Person(username=f"p{n}", email=f"p{n}@example.org", email_verified_at=long_ago, tz="UTC")
        for n in range(people)
    )
    session = make.occurrence(make.group(), starts_at=now + timedelta(minutes=50))
    Membership.objects.bulk_create(
        Membership(
            group=session.group,
            person=who,
            alias=who.username,
            alias_key=who.username,
            since=long_ago,
        )
        for who in made
    )
    Consent.objects.bulk_create(
        Consent(
            person=who,
            topic=Topic.REMINDERS,
            transport=Transport.EMAIL,
            wording_version="test",
            granted_at=long_ago,
        )
        for who in made
    )
    ReminderChoice.objects.bulk_create(
        ReminderChoice(person=who, lead_minutes=60, chosen_at=long_ago) for who in made
    )
    if spread_seconds:
        plan(now)
        start = timezone.now() + timedelta(seconds=after_seconds)
        due_at = Value(start) + Seconds(F("person_id") % spread_seconds)
        Notice.objects.update(due_at=due_at, next_try_at=due_at)
    _analyze()


def _analyze() -> None:
    """Update the statistics of the database's query planner, as autovacuum does in ordinary use."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
