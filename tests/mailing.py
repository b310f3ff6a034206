"""Fills a database with people who are owed reminders; runs inside the product's own shell."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from time import perf_counter

import make
from django.db import connection
from django.db.models import F, Value
from django.utils import timezone

from notifications.expressions import Seconds
from notifications.models import Consent, Notice, ReminderChoice, Topic, Way
from notifications.models.preferences import DEFAULT_LEADS
from notifications.planner import plan
from scheduler.models import Group, Membership, Occurrence, Person

GROUP_SIZE = 20


def fill(people: int, spread_seconds: int = 0, after_seconds: int = 0) -> None:
    """Let so many people each be owed one reminder, due now or one after the other from then on."""
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
        Consent(
            person=who,
            topic=Topic.REMINDERS,
            way=Way.EMAIL,
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
    _know_the_tables()


def town(memberships: int) -> None:
    """Make groups of twenty that meet weekly, spread over the week, and people who want reminders."""
    now = timezone.now()
    long_ago, groups = now - timedelta(days=30), memberships // GROUP_SIZE
    people = memberships * 2 // 5  # who is in two or three groups
    Person.objects.bulk_create(
        (
            Person(handle=f"p{n}", email=f"p{n}@example.org", email_verified_at=long_ago, tz="UTC")
            for n in range(people)
        ),
        batch_size=10_000,
    )
    pks = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    carrier = make.organisation()
    made = Group.objects.bulk_create(
        (Group(organisation=carrier, name=f"g{n}", tz="UTC") for n in range(groups)),
        batch_size=10_000,
    )
    Membership.objects.bulk_create(
        (
            Membership(
                group=group,
                person_id=pks[(place + number * 7) % people],
                alias=f"a{number}",
                alias_key=f"a{number}",
                since=long_ago,
            )
            for place, group in ((n * GROUP_SIZE, group) for n, group in enumerate(made))
            for number in range(GROUP_SIZE)
        ),
        batch_size=10_000,
    )
    Occurrence.objects.bulk_create(
        (
            _weekly(group, now + timedelta(minutes=(n * 5) % (7 * 24 * 60)))
            for n, group in enumerate(made)
        ),
        batch_size=10_000,
    )
    Consent.objects.bulk_create(
        (
            Consent(
                person_id=pk,
                topic=Topic.REMINDERS,
                way=Way.EMAIL,
                wording_version="x",
                granted_at=long_ago,
            )
            for pk in pks
        ),
        batch_size=10_000,
    )
    ReminderChoice.objects.bulk_create(
        (
            ReminderChoice(
                person_id=pk, lead_minutes=lead, next_lead_minutes=following, chosen_at=long_ago
            )
            for pk in pks
            for lead, following in pairwise([*DEFAULT_LEADS, 0])
        ),
        batch_size=10_000,
    )
    _know_the_tables()


def _know_the_tables() -> None:
    """Let the database count its rows, as it does by itself in an hour of ordinary use."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _weekly(group: Group, starts_at: datetime) -> Occurrence:
    local = starts_at.replace(tzinfo=None, second=0, microsecond=0)
    return Occurrence(
        group=group,
        original_local=local,
        starts_local=local,
        tz="UTC",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        tz_version="test",
    )


def time_planning() -> None:
    """Print the seconds that planning took, the notices it made, and the seconds of an idle tick."""
    now = timezone.now()
    start = perf_counter()
    written = plan(now)
    took = perf_counter() - start
    idle = []
    for tick in range(1, 6):
        start = perf_counter()
        plan(now + timedelta(seconds=tick))
        idle.append(perf_counter() - start)
    print(took, written, min(idle))  # noqa: T201
