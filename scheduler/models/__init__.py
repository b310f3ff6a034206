"""Models of organisations, groups, schedules, seats, cover, availability and searches."""

from __future__ import annotations

from scheduler.models.availability import (
    AvailabilityHeatmap,
    AvailabilitySeason,
    AvailabilityShare,
    AvailabilityWindow,
    WeeklyAvailability,
)
from scheduler.models.cover import CoverInvitation, CoverRequest
from scheduler.models.group_requests import GroupOffer, GroupRequest, GroupRequestLanguage
from scheduler.models.groups import Group, GroupLanguage, Invitation, Membership
from scheduler.models.messages import GroupMessage
from scheduler.models.organisations import Affiliation, AffiliationLanguage, Organisation
from scheduler.models.schedule import Occurrence, ScheduleChange, Series
from scheduler.models.searches import GroupProposal, RosterProposal, Search, WaitingCount
from scheduler.models.seats import RecurringSeat, Seat

__all__ = [
    "Affiliation",
    "AffiliationLanguage",
    "AvailabilityHeatmap",
    "AvailabilitySeason",
    "AvailabilityShare",
    "AvailabilityWindow",
    "CoverInvitation",
    "CoverRequest",
    "Group",
    "GroupLanguage",
    "GroupMessage",
    "GroupOffer",
    "GroupProposal",
    "GroupRequest",
    "GroupRequestLanguage",
    "Invitation",
    "Membership",
    "Occurrence",
    "Organisation",
    "RecurringSeat",
    "RosterProposal",
    "ScheduleChange",
    "Search",
    "Seat",
    "Series",
    "WaitingCount",
    "WeeklyAvailability",
]
