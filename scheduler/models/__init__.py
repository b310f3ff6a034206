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
from scheduler.models.group_requests import GroupWish, Place, WishLanguage
from scheduler.models.groups import Group, GroupLanguage, Invitation, Membership
from scheduler.models.messages import GroupMessage
from scheduler.models.organisations import Affiliation, AffiliationLanguage, Organisation
from scheduler.models.schedule import Occurrence, ScheduleChange, Series
from scheduler.models.searches import GroupLine, RosterLine, Search, WaitingCount
from scheduler.models.seats import Seat, StandingSeat

__all__ = [
    "Affiliation",
    "AffiliationLanguage",
    "CoverInvitation",
    "CoverRequest",
    "Group",
    "GroupLanguage",
    "GroupLine",
    "GroupMessage",
    "GroupWish",
    "Invitation",
    "LocalWindow",
    "Membership",
    "Occurrence",
    "Organisation",
    "PaintedSeason",
    "PaintedWeek",
    "Place",
    "RosterLine",
    "ScheduleChange",
    "Search",
    "Seat",
    "Series",
    "StandingSeat",
    "WaitingCount",
    "WeekPicture",
    "WeekShare",
    "WishLanguage",
]
