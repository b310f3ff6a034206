"""The facts: people, groups, the schedule, seats, calendar addresses."""

from __future__ import annotations

from scheduler.models.feeds import Feed
from scheduler.models.groups import (
    Affiliation,
    Group,
    GroupLanguage,
    Invitation,
    Membership,
    Organisation,
)
from scheduler.models.people import Person
from scheduler.models.schedule import Occurrence, ScheduleChange, Series
from scheduler.models.seats import Seat

__all__ = [
    "Affiliation",
    "Feed",
    "Group",
    "GroupLanguage",
    "Invitation",
    "Membership",
    "Occurrence",
    "Organisation",
    "Person",
    "ScheduleChange",
    "Seat",
    "Series",
]
