"""Changes of when and how a person is notified."""

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
    """Set the reminders, in minutes before the start, of all groups without choices of their own."""
    Person.objects.select_for_update().get(pk=person.pk)
    _replace_choices(person, None, leads, now)
    plan_person(person, now)


@transaction.atomic
def choose_group_leads(*, membership: Membership, leads: Collection[int], now: datetime) -> None:
    """Set the reminders of one group, in minutes before the start; an empty collection is none."""
    Person.objects.select_for_update().get(pk=membership.person_id)
    group_reminders, _made = GroupReminders.objects.get_or_create(membership=membership)
    _replace_choices(membership.person, group_reminders, leads, now)
    plan_person(membership.person, now)


@transaction.atomic
def follow_general_reminders(*, membership: Membership, now: datetime) -> None:
    """Remove the reminders of one group, so that the general ones hold for it again."""
    Person.objects.select_for_update().get(pk=membership.person_id)
    GroupReminders.objects.filter(membership=membership).delete()
    plan_person(membership.person, now)


@transaction.atomic
def choose_reminders(
    *, person: Person, transport: Transport, leads: Collection[int], now: datetime
) -> None:
    """Set the general reminders, and consent to reminders and changes on one transport."""
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
    """Consent to the chosen topics on their transports, and withdraw the others that were offered."""
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
    """Set quiet hours, in minutes after local midnight or None, and what messages hold."""
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


def _replace_choices(
    person: Person, group_reminders: GroupReminders | None, leads: Collection[int], now: datetime
) -> None:
    """Replace reminder choices. Leads that were chosen before keep the time of their choice."""
    chosen = ReminderChoice.objects.filter(person=person, group_reminders=group_reminders)
    chosen_at = dict(chosen.filter(lead_minutes__in=leads).values_list("lead_minutes", "chosen_at"))
    chosen.delete()
    ReminderChoice.objects.bulk_create(
        ReminderChoice(
            person=person,
            group_reminders=group_reminders,
            lead_minutes=lead,
            next_lead_minutes=following,
            chosen_at=chosen_at.get(lead, now),
        )
        for lead, following in pairwise([*sorted(set(leads), reverse=True), 0])
    )
