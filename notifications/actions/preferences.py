"""Choosing when and how one wants to be told."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Person
from notifications.actions.consent import allow, withdraw
from notifications.models import GroupReminders, Preferences, ReminderChoice, Topic, Transport
from notifications.planning.planner import plan_person

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from scheduler.models import Membership


@transaction.atomic
def choose_leads(*, person: Person, leads: Collection[int], now: datetime) -> None:
    """Be reminded these many minutes before each session of all groups without own times."""
    Person.objects.select_for_update().get(pk=person.pk)
    _write(person, None, leads, now)
    plan_person(person, now)


@transaction.atomic
def choose_group_leads(*, membership: Membership, leads: Collection[int], now: datetime) -> None:
    """Be reminded of one group apart from the others; no leads at all is no reminder of it."""
    Person.objects.select_for_update().get(pk=membership.person_id)
    own, _made = GroupReminders.objects.get_or_create(membership=membership)
    _write(membership.person, own, leads, now)
    plan_person(membership.person, now)


@transaction.atomic
def follow_general_reminders(*, membership: Membership, now: datetime) -> None:
    """Be reminded of one group as of all others again."""
    Person.objects.select_for_update().get(pk=membership.person_id)
    GroupReminders.objects.filter(membership=membership).delete()
    plan_person(membership.person, now)


@transaction.atomic
def choose_reminders(
    *, person: Person, transport: Transport, leads: Collection[int], now: datetime
) -> None:
    """Allow reminders and news of changes by one way, and choose when reminders come."""
    choose_leads(person=person, leads=leads, now=now)
    allow(person=person, transport=transport, topics=[Topic.REMINDERS, Topic.CHANGES], now=now)


@transaction.atomic
def choose_topics(
    *,
    person: Person,
    chosen: Mapping[Topic, Collection[Transport]],
    offered: Collection[Transport],
    now: datetime,
) -> None:
    """Allow the chosen topics by the chosen ways, and withdraw the others of what was offered."""
    for transport in offered:
        topics = {topic for topic, transports in chosen.items() if transport in transports}
        withdraw(person=person, transport=transport, topics=set(chosen) - topics, now=now)
        allow(person=person, transport=transport, topics=topics, now=now)


@transaction.atomic
def choose_preferences(
    *,
    person: Person,
    quiet: tuple[int, int] | None,
    allows_urgent: bool,
    detail: str,
    wants_calendar_file: bool,
    now: datetime,
) -> None:
    """Choose quiet hours (minutes after her midnight; None for none) and how messages look."""
    quiet_from, quiet_until = quiet or (None, None)
    Preferences.objects.update_or_create(
        person=person,
        defaults={
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "allows_urgent": allows_urgent,
            "detail": detail,
            "wants_calendar_file": wants_calendar_file,
            "chosen_at": now,
        },
    )
    plan_person(person, now)


def _write(
    person: Person, own: GroupReminders | None, leads: Collection[int], now: datetime
) -> None:
    """Write choices anew, each beside the one that follows it; kept ones keep their moment."""
    chosen = ReminderChoice.objects.filter(person=person, group_reminders=own)
    chosen.exclude(lead_minutes__in=leads).delete()
    kept = dict(chosen.values_list("lead_minutes", "chosen_at"))
    chosen.delete()
    ReminderChoice.objects.bulk_create(
        ReminderChoice(
            person=person,
            group_reminders=own,
            lead_minutes=lead,
            next_lead_minutes=following,
            chosen_at=kept.get(lead, now),
        )
        for lead, following in pairwise([*sorted(set(leads), reverse=True), 0])
    )
