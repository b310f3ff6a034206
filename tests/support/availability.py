"""Groups whose members share their availability."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from optimizer import Level, Window
from scheduler.actions import availability
from scheduler.models import Membership
from scheduler.rules.availability_presets import PRESETS
from scheduler.rules.weeks import EVERY_DAY
from tests import make

if TYPE_CHECKING:
    from datetime import datetime, time

    from accounts.models import Person
    from scheduler.models import Group

EVENINGS = PRESETS["evenings"].windows
MORNINGS = PRESETS["mornings"].windows


def hours(start: time, end: time, level: Level = Level.FINE) -> Window:
    """Return a window of the same hours on every day."""
    return Window(EVERY_DAY, start, end, level)


def share_week(person: Person, *windows: Window, now: datetime | None = None) -> None:
    """Add windows to a person's week, evenings by default, and share it with all their groups."""
    now = now or timezone.now() + timedelta(seconds=1)
    availability.add_windows(person=person, windows=windows or EVENINGS, now=now)
    availability.choose_availability_shares(
        person=person, groups=[], everywhere=True, coordinators=False, now=now
    )


def replace_week(person: Person, *windows: Window) -> None:
    """Delete a person's week and share another one."""
    availability.delete_availability(person=person)
    share_week(person, *windows)


def members(group: Group, count: int, *windows: Window, tz: str = "Europe/Berlin") -> list[Person]:
    """Add members to a group who share their week with it."""
    made = []
    for number in range(count):
        person = make.person(f"m{group.pk}-{number}", tz=tz)
        make.membership(person, group, role=Membership.Role.MEMBER)
        share_week(person, *windows)
        made.append(person)
    return made
