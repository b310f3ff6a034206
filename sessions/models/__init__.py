"""The facts of live meetings: rooms and their numbered logs, keys to them, and what is kept."""

from __future__ import annotations

from sessions.models.keys import Lease, SignIn, Ticket
from sessions.models.records import Attendance, AttendanceCount, Removal
from sessions.models.reports import Report, ReportReading
from sessions.models.rooms import Room, RoomEvent

__all__ = [
    "Attendance",
    "AttendanceCount",
    "Lease",
    "Removal",
    "Report",
    "ReportReading",
    "Room",
    "RoomEvent",
    "SignIn",
    "Ticket",
]
