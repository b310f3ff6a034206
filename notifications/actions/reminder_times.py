"""The times before a session at which a person is reminded."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from notifications.models import GroupReminders, ReminderChoice
from notifications.models.preferences import DEFAULT_LEADS

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from accounts.models import Person


def replace_choices(
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


def set_default_leads(person: Person, now: datetime) -> None:
    """Give a person who never chose any the default times."""
    if not ReminderChoice.objects.general().filter(person=person).exists():
        replace_choices(person, None, DEFAULT_LEADS, now)
