"""People in groups that meet weekly, for the planner; run in the product's own shell."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.utils import timezone

from accounts.models import Person
from notifications.actions.consent import WORDING_VERSION
from notifications.models import Consent, Preferences, ReminderChoice, Topic, Transport
from notifications.models.preferences import DEFAULT_LEADS
from notifications.planning.planner import plan
from scheduler.models import Group, Membership, Occurrence
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable

GROUP_SIZE: Final = 20
SLOT: Final = timedelta(minutes=30)  # people meet on the hour and at half past
SLOTS: Final = 7 * 48
QUIET: Final = {"quiet_from": 22 * 60, "quiet_until": 7 * 60}
ZONES: Final = (
    "America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "Europe/London", "Europe/Berlin",
    "Africa/Cairo", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip


def create(memberships: int) -> None:
    """Create groups of twenty that meet weekly, spread over the week.

    Everybody is in two or three groups, lives in one of ten zones, has quiet hours from 22:00 to
    07:00, and wants a mail a day and an hour before.
    """
    long_ago, groups = timezone.now() - timedelta(days=30), memberships // GROUP_SIZE
    people = memberships * 2 // 5
    _store(
        Person,
        (
            Person(
                username=f"p{n}",
                email=f"p{n}@example.org",
                email_verified_at=long_ago,
                tz=ZONES[n % len(ZONES)],
            )
            for n in range(people)
        ),
    )
    pks = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    organisation = make.organisation()
    _store(Group, (Group(organisation=organisation, name=f"g{n}", tz="UTC") for n in range(groups)))
    made = list(Group.objects.order_by("pk"))
    _store(
        Membership,
        (
            Membership(
                group=group,
                person_id=pks[(n * GROUP_SIZE + number * 7) % people],
                alias=f"a{number}",
                alias_key=f"a{number}",
                since=long_ago,
            )
            for n, group in enumerate(made)
            for number in range(GROUP_SIZE)
        ),
    )
    _store(Occurrence, (_weekly(group, n) for n, group in enumerate(made)))
    _store(Preferences, (Preferences(person_id=pk, **QUIET) for pk in pks))
    _store(
        Consent,
        (
            Consent(
                person_id=pk,
                topic=Topic.REMINDERS,
                transport=Transport.EMAIL,
                wording_version=WORDING_VERSION,
                granted_at=long_ago,
            )
            for pk in pks
        ),
    )
    _store(
        ReminderChoice,
        (
            ReminderChoice(
                person_id=pk, lead_minutes=lead, next_lead_minutes=following, chosen_at=long_ago
            )
            for pk in pks
            for lead, following in pairwise([*DEFAULT_LEADS, 0])
        ),
    )


def plan_on_demand() -> None:
    """Print ``ready``, read an instant, plan as of it, and print the seconds and the notices."""
    connection.ensure_connection()
    print("ready", flush=True)
    now = datetime.fromisoformat(sys.stdin.readline().strip())
    start = perf_counter()
    written = plan(now)
    print(perf_counter() - start, written, flush=True)


def _store(model: type[Any], rows: Iterable[Any]) -> None:
    model.objects.bulk_create(rows, batch_size=10_000)


def _weekly(group: Group, number: int) -> Occurrence:
    first = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    starts_at = (first + number % SLOTS * SLOT).astimezone(UTC)
    local = starts_at.replace(tzinfo=None)
    return Occurrence(
        group=group,
        original_local=local,
        starts_local=local,
        tz="UTC",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        tz_version="test",
    )
