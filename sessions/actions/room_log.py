"""Locks rooms and writes their states and events.

Every command runs these statements. They are SQL because Django's query compiler takes four times as
long as the database. Each database has its own set: SQLite has no row locks and other JSON functions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from scheduler.models import Occurrence
from sessions.models import Room, RoomEvent
from sessions.models.rooms import cache_state
from sessions.room.codec import dump, dump_fields
from sessions.room.deadlines import next_tick

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sessions.room import Event, State


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements for one database."""

    lock_room: str
    seqs_of_messages: str
    update_room: str
    insert_events: str


UPDATE_ROOM: Final = """
    UPDATE peer_sessions_room
    SET seq = %(seq)s, phase = %(phase)s, state = %(state)s, tick_at = %(tick_at)s,
        ended_at = %(ended_at)s
    WHERE id = %(room_id)s
"""
POSTGRESQL: Final = Statements(
    # NO KEY: rows that only refer to the room, such as leases, can be inserted meanwhile.
    lock_room="""
        SELECT room.id, room.occurrence_id, room.state, occurrence.group_id,
            occurrence.substitute_id
        FROM peer_sessions_room AS room
        JOIN scheduler_occurrence AS occurrence ON occurrence.id = room.occurrence_id
        WHERE room.id = %(room_id)s
        FOR NO KEY UPDATE OF room
    """,
    seqs_of_messages="""
        SELECT message_id, seq FROM peer_sessions_roomevent
        WHERE room_id = %(room_id)s
            AND message_id IN (SELECT jsonb_array_elements_text(%(message_ids)s::jsonb))
    """,
    update_room=UPDATE_ROOM,
    insert_events="""
        INSERT INTO peer_sessions_roomevent
            (room_id, seq, at, kind, audience, also, data, message_id)
        SELECT %(room_id)s, seq, at, kind, audience, also, data, message_id
        FROM jsonb_to_recordset(%(events)s::jsonb) AS event (
            seq bigint, at timestamptz, kind text, audience text, also text, data jsonb,
            message_id text
        )
    """,
)
SQLITE: Final = Statements(
    lock_room="""
        SELECT room.id, room.occurrence_id, room.state, occurrence.group_id,
            occurrence.substitute_id
        FROM peer_sessions_room AS room
        JOIN scheduler_occurrence AS occurrence ON occurrence.id = room.occurrence_id
        WHERE room.id = %(room_id)s
    """,
    seqs_of_messages="""
        SELECT message_id, seq FROM peer_sessions_roomevent
        WHERE room_id = %(room_id)s
            AND message_id IN (SELECT value FROM json_each(%(message_ids)s))
    """,
    update_room=UPDATE_ROOM,
    insert_events="""
        INSERT INTO peer_sessions_roomevent
            (room_id, seq, at, kind, audience, also, data, message_id)
        SELECT %(room_id)s, json_extract(value, '$.seq'), json_extract(value, '$.at'),
            json_extract(value, '$.kind'), json_extract(value, '$.audience'),
            json_extract(value, '$.also'), json_extract(value, '$.data'),
            json_extract(value, '$.message_id')
        FROM json_each(%(events)s)
    """,
)


def lock_room(room_id: int) -> Room:
    """Return a room, locked until the transaction ends.

    Of its occurrence only the group and the substitute are loaded.

    Raises:
        Room.DoesNotExist: there is none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statements().lock_room, {"room_id": room_id})
        row = cursor.fetchone()
    if row is None:
        raise Room.DoesNotExist
    room = Room.from_db(connection.alias, ["id", "occurrence_id", "state"], row[:3])
    loaded = ["id", "group_id", "substitute_id"]
    room.occurrence = Occurrence.from_db(connection.alias, loaded, [room.occurrence_id, *row[3:]])
    return room


def seqs_of_messages(room: Room, message_ids: Collection[str]) -> dict[str, int]:
    """Return the event number of each of these commands that was carried out before."""
    names = [name for name in message_ids if name]
    if not names:
        return {}
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {
            "room_id": room.pk,
            "message_ids": json.dumps(names),
        }
        cursor.execute(_statements().seqs_of_messages, parameters)
        return dict(cursor.fetchall())


def state_columns(state: State) -> dict[str, Any]:
    """Return the columns of ``Room`` that hold a state."""
    return {
        "seq": state.seq,
        "phase": state.phase,
        "state": json.dumps(dump(state), separators=(",", ":")),
        "tick_at": next_tick(state),
        "ended_at": state.ended_at,
    }


def new_row(event: Event, *, message_id: str) -> RoomEvent:
    """Return the row of an event, unsaved and without its room."""
    return RoomEvent(
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        audience=event.audience,
        also=event.also or "",
        data=dump_fields(event.payload),
        message_id=message_id,
    )


def store(room: Room, state: State, rows: Sequence[RoomEvent]) -> None:
    """Store a state and the events that led to it, in two statements."""
    columns, adapt = state_columns(state), connection.ops.adapt_datetimefield_value
    moments = {name: adapt(columns[name]) for name in ("tick_at", "ended_at")}
    with connection.cursor() as cursor:
        cursor.execute(_statements().update_room, {**columns, **moments, "room_id": room.pk})
        if rows:
            events = json.dumps([_as_json(row) for row in rows])
            parameters: dict[str, Any] = {"room_id": room.pk, "events": events}
            cursor.execute(_statements().insert_events, parameters)
    cache_state(room.pk, columns["state"], state)


def _as_json(row: RoomEvent) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": str(connection.ops.adapt_datetimefield_value(row.at)),
        "kind": row.kind,
        "audience": row.audience,
        "also": row.also,
        "data": row.data,
        "message_id": row.message_id,
    }


def _statements() -> Statements:
    return POSTGRESQL if connection.vendor == "postgresql" else SQLITE
