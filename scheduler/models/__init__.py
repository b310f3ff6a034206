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
from scheduler.models.groups import Group, GroupLanguage, Invitation, Membership
from scheduler.models.messages import GroupMessage
from scheduler.models.organisations import Affiliation, AffiliationLanguage, Organisation
from scheduler.models.people import Person
from scheduler.models.schedule import Occurrence, ScheduleChange, Series
from scheduler.models.searches import GroupLine, RosterLine, Search, WaitingCount
from scheduler.models.seats import Seat, StandingSeat
from scheduler.models.spare_keys import SpareKey
from scheduler.models.wishes import GroupWish, Place, WishLanguage

__all__ = [
    "Affiliation",
    "AffiliationLanguage",
    "CoverInvitation",
    "CoverRequest",
    "Feed",
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
    "Person",
    "Place",
    "RosterLine",
    "ScheduleChange",
    "Search",
    "Seat",
    "Series",
    "SpareKey",
    "StandingSeat",
    "WaitingCount",
    "WeekPicture",
    "WeekShare",
    "WishLanguage",
]
