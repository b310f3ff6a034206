"""Recent changes: one session moved by a day, one cancelled, each with a reason, and a message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from demo.bridge_of_reeds import FIRST_LIGHT
from demo.open_window import STEADY_GROUND
from scheduler.actions.messages import message_group
from scheduler.actions.schedule import cancel_occurrence, move_occurrence
from scheduler.models import Group, Occurrence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accounts.models import Person
    from demo.data_types import DemoGroup


def change_schedule(people: Mapping[str, Person], *, now: datetime) -> None:
    """Move the second upcoming session of one group, cancel that of another, and message a group."""
    moved = _second_session(STEADY_GROUND, now)
    move_occurrence(
        by=people[STEADY_GROUND.facilitator],
        occurrence=moved,
        starts_local=moved.starts_local + timedelta(days=1),
        tz=moved.tz,
        duration_minutes=STEADY_GROUND.minutes,
        reason="Tuesday is a holiday for some of us: one day later, this once.",
        now=now,
    )
    cancel_occurrence(
        by=people[FIRST_LIGHT.facilitator],
        occurrence=_second_session(FIRST_LIGHT, now),
        reason="Amina is travelling that morning. We see each other the week after.",
        now=now,
    )
    message_group(
        by=people[FIRST_LIGHT.facilitator],
        group=Group.objects.get(name=FIRST_LIGHT.name),
        text="Next time we begin with tea. Bring your own cup, and a word for the morning.",
        now=now,
    )


def _second_session(group_data: DemoGroup, now: datetime) -> Occurrence:
    to_come = Occurrence.objects.filter(group__name=group_data.name, starts_at__gt=now)
    return to_come.order_by("starts_at")[1]
