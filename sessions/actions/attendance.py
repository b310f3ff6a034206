"""Keeps what must outlast a room, and scrubs what must not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sessions.models import Attendance, Removal, Report, RoomEvent
from sessions.models.reports import seal_of
from sessions.room import commands as c

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sessions.models import Room
    from sessions.room import Event

SEALED_LINES: Final = 30


def keep(
    room: Room,
    command: c.Command,
    events: Sequence[Event],
    *,
    rows: list[RoomEvent],
    now: datetime,
) -> None:
    """Write down stays, removals and reports; take redacted and edited words out of the log.

    ``rows`` are this transaction's events, not yet stored.
    """
    for event in events:
        if event.kind in {"edited", "redacted"}:
            _scrub(room, event, rows)
        elif event.kind == "joined":
            Attendance.objects.create(
                occurrence_id=room.occurrence_id,
                membership_id=int(event.data["who"]),
                joined_at=now,
            )
        elif event.kind in {"left", "removed", "role_changed", "sent_back"}:
            _stays(room).filter(membership_id=int(event.data["who"])).update(left_at=now)
        elif event.kind == "phase" and event.data["phase"] == "ended":
            _stays(room).update(left_at=now)
    if isinstance(command, c.Remove):
        _note_removal(room, command, now)
    if isinstance(command, c.Report):
        _seal_report(room, command, rows, now)


def _stays(room: Room) -> Any:
    return Attendance.objects.filter(occurrence_id=room.occurrence_id, left_at=None)


def _note_removal(room: Room, command: c.Remove, now: datetime) -> None:
    Removal.objects.create(
        occurrence_id=room.occurrence_id,
        membership_id=int(command.who),
        by_id=int(command.by),
        reason=command.reason.strip(),
        scope=command.scope,
        at=now,
    )


def _seal_report(room: Room, command: c.Report, rows: list[RoomEvent], now: datetime) -> None:
    stored = room.events.filter(kind="said").order_by("-seq")[:SEALED_LINES]
    said = [*reversed(stored), *(row for row in rows if row.kind == "said")][-SEALED_LINES:]
    lines = [{"seq": row.seq, "at": row.at.isoformat(), **row.data} for row in said]
    Report.objects.create(
        occurrence_id=room.occurrence_id,
        about_id=int(command.who),
        by_id=int(command.by),
        reason=command.reason.strip(),
        lines=lines,
        seal=seal_of(lines),
        at=now,
    )


def _scrub(room: Room, event: Event, rows: list[RoomEvent]) -> None:
    """Replace a line's words wherever the log still has them, but for the event that does so."""
    line = event.data["line"]
    words = {"text": event.data.get("text", ""), event.kind: True}
    stored = list(room.events.filter(seq=line)) + list(
        room.events.filter(kind="edited", data__line=line)
    )
    for row in stored:
        row.data |= words
    RoomEvent.objects.bulk_update(stored, ["data"])
    for row in rows:
        if row.seq != event.seq and line in {row.seq, row.data.get("line")} and "text" in row.data:
            row.data = row.data | words
