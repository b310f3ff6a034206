"""The facts of live meetings: rooms and their numbered logs, keys to them, and what is kept."""

from __future__ import annotations

from sessions.models.keys import Lease, SignIn, Ticket
from sessions.models.records import Attendance, AttendanceCount, Removal, Report
from sessions.models.rooms import Room, RoomEvent

__all__ = [
    "Attendance",
    "AttendanceCount",
    "Lease",
    "Removal",
    "Report",
    "Room",
    "RoomEvent",
    "SignIn",
    "Ticket",
]
