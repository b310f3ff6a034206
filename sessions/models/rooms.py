"""Rooms and their event logs. ``sessions.actions.room_log`` writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import Q

from scheduler.models import Occurrence
from sessions.room import State
from sessions.room.audiences import Audience
from sessions.room.codec import load
from sessions.room.events import Event, EventKind
from sessions.room.payloads import PAYLOADS
from sessions.room.state import Phase

if TYPE_CHECKING:
    from datetime import datetime

    from sessions.room.state import Participant

MAX_CACHED_STATES: Final = 512
_states: dict[int, tuple[str, State]] = {}  # by room: the JSON, and the state decoded from it


def cache_state(room_id: int, text: str, state: State) -> None:
    """Keep the decoded state of a room. Decoding costs more than the rest of a command."""
    if len(_states) >= MAX_CACHED_STATES:
        _states.clear()
    _states[room_id] = (text, state)


class RoomQuerySet(models.QuerySet["Room"]):
    """Live rooms."""

    def due(self, now: datetime) -> Self:
        """Keep rooms that must change by time alone."""
        return self.filter(tick_at__lte=now)


class Room(models.Model):
    """The live room of one occurrence. The lock of its row orders all commands.

    ``state`` is ``sessions.room.State`` as JSON, after event ``seq``. ``tick_at`` is when the room
    next changes by time alone. ``emptied_at`` is when texts and names were deleted.
    """

    occurrence = models.OneToOneField(Occurrence, models.CASCADE, related_name="room")
    seq = models.PositiveBigIntegerField(default=0)
    phase = models.CharField(max_length=12, default=Phase.CLOSED)
    state = models.TextField(default="{}")  # no JSON column, which would not keep the order of keys
    tick_at = models.DateTimeField(null=True, db_index=True)
    ended_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True)

    objects = RoomQuerySet.as_manager()

    def read_state(self) -> State:
        """Return the decoded state, from the cache if this process read or wrote it last."""
        text, state = _states.get(self.pk, ("", None))
        if state is None or text != self.state:
            state = load(State, json.loads(self.state))
            cache_state(self.pk, self.state, state)
        return state


class RoomEventQuerySet(models.QuerySet["RoomEvent"]):
    """Events, by who may read them."""

    def readable_by(self, who: str, person: Participant, audiences: frozenset[Audience]) -> Self:
        """Keep events addressed to a person, by number; ``sessions.room.events.may_read`` in SQL."""
        return self.filter(
            Q(also=who)
            | Q(audience__in=audiences & {Audience.EVERYONE, Audience.STAFF})
            | Q(audience__in=audiences & {Audience.ROOM}, seq__gte=person.first_visible_seq)
        ).order_by("seq")


class RoomEvent(models.Model):
    """One event, ``data`` being its payload.

    ``message_id`` is set on the first event of a command with an id, and unique in its room, so that
    a repeated command has no second effect.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    audience = models.CharField(max_length=8)
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

    def decode(self) -> Event:
        """Return the event with its typed payload.

        Raises:
            Malformed: ``data`` has not the fields of its kind.
        """
        return Event(
            seq=self.seq,
            at=self.at,
            payload=load(PAYLOADS[EventKind(self.kind)], self.data),
            audience=Audience(self.audience),
            also=self.also or None,
        )
