"""The facts: people, groups, the schedule, seats, calendar addresses."""

from __future__ import annotations

from scheduler.models.availability import (
    LocalWindow,
    PaintedSeason,
    PaintedWeek,
    WeekPicture,
    WeekShare,
)
from scheduler.models.cover import CoverInvitation, CoverRequest
from scheduler.models.feeds import Feed
from scheduler.models.groups import (
    Affiliation,
    Group,
    GroupLanguage,
    Invitation,
    Membership,
    Organisation,
)
from scheduler.models.messages import GroupMessage
from scheduler.models.people import Person
from scheduler.models.schedule import Occurrence, ScheduleChange, Series
from scheduler.models.seats import Seat, StandingSeat

__all__ = [
    "Affiliation",
    "CoverInvitation",
    "CoverRequest",
    "Feed",
    "Group",
    "GroupLanguage",
    "GroupMessage",
    "Invitation",
    "LocalWindow",
    "Membership",
    "Occurrence",
    "Organisation",
    "PaintedSeason",
    "PaintedWeek",
    "Person",
    "ScheduleChange",
    "Seat",
    "Series",
    "StandingSeat",
    "WeekPicture",
    "WeekShare",
]
