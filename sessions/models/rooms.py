"""Rooms, each with a gapless numbered log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import connection, models
from django.db.models import Q

from scheduler.models import Occurrence
from sessions.room import State
from sessions.room.codec import dump, load
from sessions.room.events import Circle, Event
from sessions.room.state import Phase

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sessions.room.state import Occupant


ROOMS_AT_HAND: Final = 512
_at_hand: dict[int, tuple[str, State]] = {}


def _remember(room_id: int, text: str, state: State) -> None:
    """Keep what a text means: states never change, and reading one costs more than all the rest."""
    if len(_at_hand) >= ROOMS_AT_HAND:
        _at_hand.clear()
    _at_hand[room_id] = (text, state)


# What every line of chat asks and tells, written by hand: Django would spend four times as long on
# writing it anew as the database on doing it.
LOCKED: Final = """
    SELECT room.id, room.occurrence_id, room.state, held.group_id, held.substitute_id
    FROM peer_sessions_room AS room
    JOIN scheduler_occurrence AS held ON held.id = room.occurrence_id
    WHERE room.id = %s
"""
NUMBERS: Final = """
    SELECT message_id, seq FROM peer_sessions_roomevent WHERE room_id = %s AND message_id IN ({})
"""
MOVE_ON: Final = """
    UPDATE peer_sessions_room SET seq = %s, phase = %s, state = %s, tick_at = %s, ended_at = %s
    WHERE id = %s
"""
TELL: Final = """
    INSERT INTO peer_sessions_roomevent (room_id, seq, at, kind, circle, also, data, message_id)
    VALUES {}
"""
TOLD_AT_ONCE: Final = 1000  # events of a statement: SQLite takes 32,766 values


class RoomQuerySet(models.QuerySet["Room"]):
    """Live rooms."""

    def locked(self, room_id: int) -> Room:
        """Return a room, locked until the transaction ends.

        Its occurrence knows its group and its substitute; whatever else is asked of it, it looks up.

        Raises:
            Room.DoesNotExist: there is none.
        """
        # NO KEY: who only refers to the room, such as a lease, need not wait.
        can_lock = connection.features.has_select_for_no_key_update
        lock = "FOR NO KEY UPDATE OF room" if can_lock else ""
        with connection.cursor() as cursor:
            cursor.execute(LOCKED + lock, [room_id])
            row = cursor.fetchone()
        if row is None:
            raise Room.DoesNotExist
        room = Room.from_db(self.db, ["id", "occurrence_id", "state"], row[:3])
        known = ["id", "group_id", "substitute_id"]
        room.occurrence = Occurrence.from_db(self.db, known, [room.occurrence_id, *row[3:]])
        return room

    def asked_by_the_clock(self, now: datetime) -> Self:
        """Keep rooms in which time alone must change something."""
        return self.filter(tick_at__lte=now)


class Room(models.Model):
    """The live meeting of one occurrence. Its row lock orders everything that happens in it.

    ``state`` is the whole of ``sessions.room.State`` after event ``seq``; ``tick_at`` is
    when the clock next asks for a change.
    """

    occurrence = models.OneToOneField(Occurrence, models.CASCADE, related_name="room")
    seq = models.PositiveBigIntegerField(default=0)
    phase = models.CharField(max_length=12, default=Phase.CLOSED)
    state = models.TextField(default="{}")  # JSON; a column of that type forgets the order of keys
    tick_at = models.DateTimeField(null=True, db_index=True)
    ended_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True)  # when its words and names were deleted

    objects = RoomQuerySet.as_manager()

    def read(self) -> State:
        """Return the room as the rules know it; what this process wrote or read last is at hand."""
        text, state = _at_hand.get(self.pk, ("", None))
        if state is None or text != self.state:
            state = load(State, json.loads(self.state))
            _remember(self.pk, self.state, state)
        return state

    def numbers(self, message_ids: Collection[str]) -> dict[str, int]:
        """Return the numbers that those of these commands have which were carried out before."""
        names = [name for name in message_ids if name]
        if not names:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(NUMBERS.format(_places(names)), [self.pk, *names])
            return dict(cursor.fetchall())

    def move_on(
        self, state: State, events: Sequence[RoomEvent], *, tick_at: datetime | None
    ) -> None:
        """Store a state, and the events that led to it."""
        self.write(state, tick_at=tick_at)
        at = connection.ops.adapt_datetimefield_value
        row: list[Any] = [
            self.seq,
            self.phase,
            self.state,
            at(self.tick_at),
            at(self.ended_at),
            self.pk,
        ]
        with connection.cursor() as cursor:
            cursor.execute(MOVE_ON, row)
            for first in range(0, len(events), TOLD_AT_ONCE):
                some = events[first : first + TOLD_AT_ONCE]
                values = [value for event in some for value in event.values()]
                row_of = f"({_places(values[: len(values) // len(some)])})"
                cursor.execute(TELL.format(", ".join([row_of] * len(some))), values)

    def write(self, state: State, *, tick_at: datetime | None) -> None:
        """Put a state into the columns, without saving."""
        self.seq = state.seq
        self.phase = state.phase
        self.ended_at = state.ended_at
        self.tick_at = tick_at
        self.state = json.dumps(dump(state), separators=(",", ":"))
        if self.pk:
            _remember(self.pk, self.state, state)


def _places(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))


class RoomEventQuerySet(models.QuerySet["RoomEvent"]):
    """Events, as somebody hears them."""

    def heard_by(self, who: str, person: Occupant, circles: frozenset[Circle]) -> Self:
        """Keep what this person was meant to hear, in order."""
        return self.filter(
            Q(also=who)
            | Q(circle__in=circles & {Circle.DOOR, Circle.STAFF})
            | Q(circle__in=circles & {Circle.ROOM}, seq__gte=person.hears_from)
        ).order_by("seq")


class RoomEvent(models.Model):
    """One numbered change. ``message_id`` makes a repeated command harmless."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    circle = models.CharField(max_length=8)
    also = models.CharField(max_length=20, blank=True)
    data = models.JSONField(default=dict)
    message_id = models.CharField(max_length=64, blank=True)

    objects = RoomEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="room_event_has_its_number"),
            models.UniqueConstraint(
                fields=["room", "message_id"],
                condition=~Q(message_id=""),
                name="room_command_counts_once",
            ),
        ]

    @classmethod
    def of(cls, room: Room, event: Event, *, message_id: str) -> Self:
        """Return the row of an event, unsaved."""
        return cls(
            room_id=room.pk,
            seq=event.seq,
            at=event.at,
            kind=event.kind,
            circle=event.circle,
            also=event.also or "",
            data=event.data,
            message_id=message_id,
        )

    def values(self) -> tuple[Any, ...]:
        """Return the columns as ``TELL`` names them, ready for a cursor."""
        at = connection.ops.adapt_datetimefield_value(self.at)
        text = json.dumps(self.data)
        told = (self.kind, self.circle, self.also, text, self.message_id)
        return (self.room_id, self.seq, at, *told)

    def told(self) -> Event:
        """Return the event as the rules know it."""
        return Event(
            seq=self.seq,
            at=self.at,
            kind=self.kind,
            circle=Circle(self.circle),
            also=self.also or None,
            data=self.data,
        )
