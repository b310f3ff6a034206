"""Rooms and their event logs, access to them, and the records that outlast them."""

from __future__ import annotations

from sessions.models.access import Lease, SignIn, Ticket
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
