"""Changes of when and how a person is notified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Person
from notifications.actions.consent import allow, withdraw
from notifications.actions.reminder_times import replace_choices
from notifications.models import Consent, GroupReminders, Preferences, Topic, Transport
from notifications.planning.planner import plan_person

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from scheduler.models import Membership


@transaction.atomic
def choose_leads(*, person: Person, leads: Collection[int], now: datetime) -> None:
    """Set the reminders, in minutes before the start, of all groups without choices of their own."""
    Person.objects.select_for_update().get(pk=person.pk)
    replace_choices(person, None, leads, now)
    plan_person(person, now)


@transaction.atomic
def choose_group_leads(*, membership: Membership, leads: Collection[int], now: datetime) -> None:
    """Set the reminders of one group, in minutes before the start; an empty collection is none."""
    Person.objects.select_for_update().get(pk=membership.person_id)
    group_reminders, _made = GroupReminders.objects.get_or_create(membership=membership)
    replace_choices(membership.person, group_reminders, leads, now)
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
def switch_transports_and_topics(
    *,
    person: Person,
    transports: Collection[Transport],
    topics: Collection[Topic],
    offered: Collection[Transport],
    now: datetime,
) -> None:
    """Switch whole transports and whole topics on or off.

    What is switched off loses its consents; what is switched on gets the others that are on. A
    topic and a transport that both were on before stay as they were, so that an exception holds.
    """
    given = set(Consent.objects.in_force().filter(person=person).values_list("topic", "transport"))
    had = {topic for topic, transport in given if transport in offered}
    was_on = {transport for _topic, transport in given}

    def is_wanted(topic: Topic, transport: Transport) -> bool:
        if topic not in topics or transport not in transports:
            return False
        both_were_on = topic in had and transport in was_on
        return (topic, transport) in given if both_were_on else True

    chosen = {topic: [one for one in offered if is_wanted(topic, one)] for topic in Topic}
    choose_topics(person=person, chosen=chosen, offered=offered, now=now)


@transaction.atomic
def choose_quiet_hours(
    *,
    person: Person,
    quiet: tuple[int, int] | None,
    allows_urgent: bool | None = None,
    now: datetime,
) -> None:
    """Set quiet hours, in minutes after local midnight or None.

    ``allows_urgent`` lets a change that cannot wait be sent within them; None leaves that as it is.
    """
    quiet_from, quiet_until = quiet or (None, None)
    urgent = {} if allows_urgent is None else {"allows_urgent": allows_urgent}
    _save(person, now, quiet_from=quiet_from, quiet_until=quiet_until, **urgent)


@transaction.atomic
def choose_wording(
    *, person: Person, detail: str, wants_calendar_file: bool, now: datetime
) -> None:
    """Set how much messages say, and whether mails bring a calendar file."""
    _save(person, now, detail=detail, wants_calendar_file=wants_calendar_file)


def _save(person: Person, now: datetime, **fields: object) -> None:
    Preferences.objects.update_or_create(person=person, defaults=fields | {"chosen_at": now})
    plan_person(person, now)
