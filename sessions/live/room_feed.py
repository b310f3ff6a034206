"""The events of one room, delivered to the connections of one process."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from itertools import groupby
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from sessions.actions import rooms
from sessions.live.batching import Batcher
from sessions.live.database import in_database
from sessions.live.snapshots import SnapshotRequest, event_frame, snapshots_for
from sessions.live.transport import CloseCode, Frames
from sessions.models import RoomEvent
from sessions.room.events import AboutPerson, EventKind
from sessions.room.payloads import Left, Removed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sessions.actions.rooms import CommandRequest, Outcome
    from sessions.live.snapshots import Snapshot
    from sessions.live.subscriber import Subscriber
    from sessions.room.audiences import Audience
    from sessions.room.events import Event

RECENT_EVENTS: Final = 300  # kept for connections that are attached while events arrive
BATCH_SIZE: Final = 64
BUNDLE_CHARACTERS: Final = 32 * 1024  # if ASCII, half of a socket's write buffer
# Events that change what their subject may read, so that they need a new snapshot.
NEEDS_SNAPSHOT: Final = frozenset(
    {EventKind.JOINED, EventKind.ROLE_CHANGED, EventKind.SENT_BACK, EventKind.WAITING}
)

log = logging.getLogger(__name__)


class RoomFeed:
    """Delivers a room's events to its subscribers in this process, in order and without a gap.

    ``last`` is the number of the event delivered last. Requests that arrive together share one
    transaction. ``on_advanced`` is called with room and number after events were stored here,
    ``on_event`` with room and event after each delivery.
    """

    def __init__(
        self,
        room_id: int,
        *,
        on_advanced: Callable[[int, int], None],
        on_event: Callable[[int, Event], None],
    ) -> None:
        self.room_id = room_id
        self.subscribers: dict[Subscriber, None] = {}
        self.arriving = 0  # connections that are about to be attached
        self.last: int | None = None
        self._on_advanced = on_advanced
        self._on_event = on_event
        self._recent: deque[Event] = deque(maxlen=RECENT_EVENTS)
        # The last event that each set of audiences received together, for ``after`` in frames.
        self._last_sent: dict[frozenset[Audience], int] = {}
        self._requests = Batcher(self._execute, max_size=BATCH_SIZE)
        self._snapshots = Batcher(self._make_snapshots, max_size=BATCH_SIZE)
        self._reader: asyncio.Task[None] | None = None
        self._attaching: set[asyncio.Task[None]] = set()

    @property
    def is_idle(self) -> bool:
        """Whether this process needs the room no longer."""
        return self._requests.is_idle and not (self.subscribers or self.arriving or self._reader)

    async def submit(self, request: CommandRequest) -> Outcome:
        """Return the outcome of a command, after its events were delivered here."""
        return await self._requests.submit(request)

    async def attach(self, subscriber: Subscriber, *, since: int | None = None) -> None:
        """Send a subscriber a snapshot, then every event after it.

        There is no ``await`` between the last check of the snapshot and the end of the pause, so that
        no event is lost in between.
        """
        if subscriber.connection.is_closed:
            return
        subscriber.is_paused = True
        self.subscribers[subscriber] = None
        while True:
            request = SnapshotRequest(subscriber.who, since)
            snapshot = await self._snapshots.submit(request)
            if snapshot is None:
                self.subscribers.pop(subscriber, None)
                subscriber.connection.close(CloseCode.NO_ENTRY)
                return
            if self.last is None:
                self.last = snapshot.seq
            if snapshot.seq >= self.last or self._can_continue(snapshot.seq, subscriber.who):
                break
        subscriber.audiences, subscriber.seen = snapshot.audiences, snapshot.seq
        subscriber.is_paused = False
        subscriber.connection.push(Frames(snapshot.frame))
        self._send_each(list(self._recent), [subscriber], is_replay=True)

    def advance_to(self, seq: int) -> None:
        """Read the log, if it has reached a number that was not delivered yet."""
        if self.last is not None and seq > self.last and self._reader is None:
            self._reader = asyncio.create_task(self._read_log())

    def deliver(self, events: Iterable[Event]) -> None:
        """Deliver events in order. At a gap stop, and read the rest from the log."""
        new: list[Event] = []
        for event in events:
            if self.last is None or event.seq <= self.last:
                continue
            if event.seq > self.last + 1:
                self.advance_to(event.seq)
                break
            self.last = event.seq
            new.append(event)
        self._recent.extend(new)
        for is_shared, group in groupby(new, key=_is_shared):
            if is_shared:
                self._send_shared(list(group))
            else:
                self._send_each(list(group), list(self.subscribers))
        for event in new:
            self._on_event(self.room_id, event)

    async def _execute(self, requests: Sequence[CommandRequest]) -> Sequence[Outcome]:
        result = await in_database(
            rooms.execute, room_id=self.room_id, requests=requests, now=timezone.now()
        )
        self.deliver(result.events)
        if result.events:
            self._on_advanced(self.room_id, result.events[-1].seq)
        return result.outcomes

    async def _make_snapshots(
        self, requests: Sequence[SnapshotRequest]
    ) -> Sequence[Snapshot | None]:
        return await in_database(snapshots_for, self.room_id, requests)

    async def _read_log(self) -> None:
        try:
            while events := await in_database(_events_after, self.room_id, self.last or 0):
                self.deliver(events)
        except Exception:  # the next reconciliation, within a second, starts it again
            log.exception("the event log could not be read")
        finally:
            self._reader = None

    def _can_continue(self, seq: int, who: str) -> bool:
        """Whether the recent events follow a snapshot without a gap, and none is about the person."""
        following = [event for event in self._recent if event.seq > seq]
        return (
            bool(following)
            and following[0].seq == seq + 1
            and not any(event.subject == who for event in following)
        )

    def _send_shared(self, events: list[Event]) -> None:
        """Send events that whole audiences receive; their frames are built once for each set."""
        frames: dict[frozenset[Audience], list[Frames]] = {}
        for subscriber in self.subscribers:
            if subscriber.is_paused:
                continue
            if subscriber.seen >= events[0].seq:  # its snapshot was newer than the delivery
                self._send_each(events, [subscriber], is_replay=True)
                continue
            subscriber.seen = events[-1].seq
            if subscriber.audiences not in frames:
                frames[subscriber.audiences] = self._bundles(events, subscriber.audiences)
            for bundle in frames[subscriber.audiences]:
                subscriber.connection.push(bundle)

    def _bundles(self, events: list[Event], audiences: frozenset[Audience]) -> list[Frames]:
        """Return the frames of events for a set of audiences, in bundles of limited size."""
        bundles: list[list[str]] = []
        size = BUNDLE_CHARACTERS
        for event in events:
            if event.audience not in audiences:
                continue
            text = event_frame(event, after=self._last_sent.get(audiences, 0))
            self._last_sent[audiences] = event.seq
            if size + len(text) > BUNDLE_CHARACTERS:
                bundles.append([])
                size = 0
            bundles[-1].append(text)
            size += len(text)
        return [Frames(*texts) for texts in bundles]

    def _send_each(
        self, events: list[Event], subscribers: list[Subscriber], *, is_replay: bool = False
    ) -> None:
        """Send each subscriber the events it may read, in one write where possible.

        Subscribers whose person an event is about are moved or closed. ``is_replay`` is for events
        that were delivered to others before.
        """
        queued: dict[Subscriber, list[Frames]] = {subscriber: [] for subscriber in subscribers}
        for event in events:
            frames: dict[frozenset[Audience], Frames] = {}
            for subscriber, waiting in queued.items():
                if subscriber.is_paused or event.seq <= subscriber.seen:
                    continue
                subscriber.seen = event.seq
                if event.audience in subscriber.audiences:
                    if subscriber.audiences not in frames:
                        after = 0 if is_replay else self._last_sent.get(subscriber.audiences, 0)
                        frames[subscriber.audiences] = Frames(event_frame(event, after=after))
                    waiting.append(frames[subscriber.audiences])
                elif event.also == subscriber.who:
                    waiting.append(Frames(event_frame(event, after=0)))
                if event.subject == subscriber.who:
                    _flush(subscriber, waiting)
                    self._move(subscriber, event)
            if not is_replay:
                self._last_sent |= dict.fromkeys(frames, event.seq)
        for subscriber, waiting in queued.items():
            _flush(subscriber, waiting)

    def _move(self, subscriber: Subscriber, event: Event) -> None:
        """Close a subscriber whose person left, or attach it anew if it may read other events now."""
        payload = event.payload
        if isinstance(payload, Removed | Left):
            self.subscribers.pop(subscriber, None)
            left_freely = isinstance(payload, Left) and not payload.is_expelled
            subscriber.connection.close(CloseCode.GONE if left_freely else CloseCode.NO_ENTRY)
        elif event.kind in NEEDS_SNAPSHOT:
            subscriber.is_paused = True
            task = asyncio.create_task(self.attach(subscriber))
            self._attaching.add(task)
            task.add_done_callback(self._attaching.discard)


def _flush(subscriber: Subscriber, waiting: list[Frames]) -> None:
    if waiting:
        subscriber.connection.push(Frames.joined(waiting))
        waiting.clear()


def _is_shared(event: Event) -> bool:
    """Whether an event concerns no single person, so that audiences receive equal frames."""
    return event.also is None and not isinstance(event.payload, AboutPerson)


def _events_after(room_id: int, seq: int) -> list[Event]:
    rows = RoomEvent.objects.filter(room=room_id, seq__gt=seq).order_by("seq")[:RECENT_EVENTS]
    return [row.decode() for row in rows]
