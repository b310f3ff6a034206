"""The facts of live meetings: rooms and their numbered logs, keys to them, and what is kept."""

from __future__ import annotations

from sessions.models.keys import Lease, Ticket
from sessions.models.records import Attendance, Removal, Report
from sessions.models.rooms import Room, RoomEvent

__all__ = ["Attendance", "Lease", "Removal", "Report", "Room", "RoomEvent", "Ticket"]
