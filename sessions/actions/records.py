"""Records that outlast a room: attendance, removals and reports. Deletes text that was replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scheduler.actions import guests
from scheduler.actions.schedule import clear_end, record_end
from scheduler.models import Occurrence
from sessions.models import Attendance, Removal, Report, RoomEvent
from sessions.models.reports import seal_of
from sessions.room import commands as c
from sessions.room import payloads
from sessions.room.events import EventKind
from sessions.room.state import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from sessions.models import Room
    from sessions.room import Event

SEALED_MESSAGES: Final = 30
_DEPARTURES: Final = (payloads.Left, payloads.Removed, payloads.RoleChanged, payloads.SentBack)


def record(
    room: Room,
    command: c.Command,
    events: Sequence[Event],
    *,
    rows: list[RoomEvent],
    now: datetime,
) -> None:
    """Store what a command and its events mean for attendance, removals and reports.

    ``rows`` are the unsaved events of the transaction; replaced text is deleted from them too.
    """
    for event in events:
        _record_event(room, event, rows=rows, now=now)
    if isinstance(command, c.Reopen) and events:
        _reopen(room)
    if isinstance(command, c.Remove):
        _record_removal(room, command, now)
    if isinstance(command, c.LetBack):
        guests.set_guest_removed(membership_id=int(command.who), is_removed=False)
    if isinstance(command, c.Report):
        _seal_report(room, command, rows, now)


def _record_event(room: Room, event: Event, *, rows: list[RoomEvent], now: datetime) -> None:
    payload = event.payload
    if isinstance(payload, payloads.Edited | payloads.Redacted):
        _replace_text(room, payload, seq=event.seq, rows=rows)
    elif isinstance(payload, payloads.Joined):
        Attendance.objects.create(
            occurrence_id=room.occurrence_id, membership_id=int(payload.who), joined_at=now
        )
    elif isinstance(payload, _DEPARTURES):
        _running_stays(room).filter(membership_id=int(payload.who)).update(left_at=now)
    elif isinstance(payload, payloads.PhaseChanged) and payload.phase is Phase.ENDED:
        _running_stays(room).update(left_at=now)
        record_end(occurrence_id=room.occurrence_id, at=now)


def _reopen(room: Room) -> None:
    """Take back the end of a session, and of the stays that it ended."""
    occurrence = Occurrence.objects.get(pk=room.occurrence_id)
    stays = Attendance.objects.filter(occurrence=occurrence, left_at=occurrence.ended_at)
    stays.update(left_at=None)
    clear_end(occurrence_id=occurrence.pk)


def _running_stays(room: Room) -> QuerySet[Attendance]:
    return Attendance.objects.filter(occurrence_id=room.occurrence_id, left_at=None)


def _record_removal(room: Room, command: c.Remove, now: datetime) -> None:
    Removal.objects.create(
        occurrence_id=room.occurrence_id,
        membership_id=int(command.who),
        by_id=int(command.by),
        reason=command.reason.strip(),
        scope=command.scope,
        at=now,
    )
    guests.set_guest_removed(membership_id=int(command.who), is_removed=True)


def _seal_report(room: Room, command: c.Report, rows: list[RoomEvent], now: datetime) -> None:
    """Store a report with a copy of the last chat messages."""
    stored = room.events.filter(kind=EventKind.SAID).order_by("-seq")[:SEALED_MESSAGES]
    unsaved = (row for row in rows if row.kind == EventKind.SAID)
    said = [*reversed(stored), *unsaved][-SEALED_MESSAGES:]
    messages = [{"seq": row.seq, "at": row.at.isoformat(), **row.data} for row in said]
    Report.objects.create(
        occurrence_id=room.occurrence_id,
        about_id=int(command.who),
        by_id=int(command.by),
        reason=command.reason.strip(),
        messages=messages,
        seal=seal_of(messages),
        at=now,
    )


def _replace_text(
    room: Room, change: payloads.Edited | payloads.Redacted, *, seq: int, rows: list[RoomEvent]
) -> None:
    """Replace the text of a message in its own event and in earlier edits of it.

    ``seq`` is the number of the changing event itself, which keeps its text.
    """
    text = change.text if isinstance(change, payloads.Edited) else ""
    replaced = {"text": text, change.kind.value: True}
    target = change.message_seq
    edits = room.events.filter(kind=EventKind.EDITED, data__message_seq=target)
    stored = [*room.events.filter(seq=target), *edits]
    for row in stored:
        row.data |= replaced
    RoomEvent.objects.bulk_update(stored, ["data"])
    for row in rows:
        is_about = target in {row.seq, row.data.get("message_seq")}
        if row.seq != seq and is_about and "text" in row.data:
            row.data |= replaced
