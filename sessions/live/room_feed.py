"""One room as one process serves it: its sockets, what they ask, and where in the log it is."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from itertools import groupby
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from sessions.actions import rooms
from sessions.live.batching import Gathering
from sessions.live.connection import Close, Frames, Socket
from sessions.live.snapshots import Wanted, frame_of, pictures_of
from sessions.live.threads import in_database
from sessions.models import RoomEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sessions.actions.rooms import Outcome, Wish
    from sessions.live.snapshots import Picture
    from sessions.room.events import Circle, Event

RING: Final = 300  # events kept in memory for sockets that attach while others talk
BATCH: Final = 64
BUNDLE_CHARACTERS: Final = 32 * 1024  # of ASCII: half of what a line's own buffer takes
MOVES: Final = frozenset({"joined", "role_changed", "sent_back", "waiting"})

log = logging.getLogger(__name__)


class LiveRoom:
    """Fans a room's log out to this process's sockets, in order, without a gap.

    ``last`` is the event delivered last. Wishes that arrive together share a transaction.
    """

    def __init__(
        self,
        room_id: int,
        *,
        ring_bell: Callable[[int, int], None],
        tell_calls: Callable[[int, Event], None],
    ) -> None:
        self.room_id = room_id
        self.sockets: dict[Socket, None] = {}
        self.expected = 0  # sockets on their way in
        self.last: int | None = None
        self._ring_bell = ring_bell
        self._tell_calls = tell_calls
        self._recent: deque[Event] = deque(maxlen=RING)
        self._told_last: dict[frozenset[Circle], int] = {}
        self._wishes = Gathering(self._fulfil, at_most=BATCH)
        self._pictures = Gathering(self._look, at_most=BATCH)
        self._reader: asyncio.Task[None] | None = None
        self._moving: set[asyncio.Task[None]] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nobody here needs this room any more."""
        return self._wishes.is_idle and not (self.sockets or self.expected or self._reader)

    async def ask(self, wish: Wish) -> Outcome:
        """Return what became of a wish."""
        return await self._wishes.ask(wish)

    async def attach(self, socket: Socket, *, since: int | None = None) -> None:
        """Send a socket its picture of the room, then every event after it.

        Nothing is awaited between "caught up" and "attached", so no event falls between.
        """
        if socket.is_closed:
            return
        socket.is_held = True
        self.sockets[socket] = None
        while True:
            picture = await self._pictures.ask(Wanted(socket.who, since))
            if picture is None:
                self.sockets.pop(socket, None)
                socket.close(Close.NO_ENTRY)
                return
            if self.last is None:
                self.last = picture.seq
            if picture.seq >= self.last or self._covers(picture.seq, socket.who):
                break
        socket.circles, socket.seen, socket.is_held = picture.circles, picture.seq, False
        socket.push(Frames(picture.frame))
        self._tell(list(self._recent), [socket], is_replay=True)

    def heard(self, seq: int) -> None:
        """Take note that the log has reached a number, and read on if that is news."""
        if self.last is not None and seq > self.last and self._reader is None:
            self._reader = asyncio.create_task(self._read_on())

    def deliver(self, events: Iterable[Event]) -> None:
        """Tell events in order; at a gap, stop and let the log fill it."""
        told: list[Event] = []
        for event in events:
            if self.last is None or event.seq <= self.last:
                continue
            if event.seq > self.last + 1:
                self.heard(event.seq)
                break
            self.last = event.seq
            told.append(event)
        self._recent.extend(told)
        for is_shared, some in groupby(told, key=_is_shared):
            if is_shared:
                self._tell_together(list(some))
            else:
                self._tell(list(some), list(self.sockets))
        for event in told:
            self._tell_calls(self.room_id, event)

    async def _fulfil(self, wishes: Sequence[Wish]) -> Sequence[Outcome]:
        happened = await in_database(
            rooms.fulfil, room_id=self.room_id, wishes=wishes, now=timezone.now()
        )
        self.deliver(happened.events)
        if happened.events:
            self._ring_bell(self.room_id, happened.events[-1].seq)
        return happened.outcomes

    async def _look(self, wanted: Sequence[Wanted]) -> Sequence[Picture | None]:
        return await in_database(pictures_of, self.room_id, wanted)

    async def _read_on(self) -> None:
        try:
            while events := await in_database(_events_after, self.room_id, self.last or 0):
                self.deliver(events)
        except Exception:  # the sweep will ask again in a second
            log.exception("cannot read on")
        finally:
            self._reader = None

    def _covers(self, seq: int, who: str) -> bool:
        """Whether the recent events lead from a picture to now, and leave this person in place."""
        missing = [event for event in self._recent if event.seq > seq]
        return (
            bool(missing)
            and missing[0].seq == seq + 1
            and not any(event.data.get("who") == who for event in missing)
        )

    def _tell_together(self, events: list[Event]) -> None:
        """Send events that only circles hear and that move nobody: each circle's bytes once."""
        frames: dict[frozenset[Circle], list[Frames]] = {}
        for socket in self.sockets:
            if socket.is_held:
                continue
            if socket.seen >= events[0].seq:  # its picture was ahead of the others
                self._tell(events, [socket], is_replay=True)
                continue
            socket.seen = events[-1].seq
            if socket.circles not in frames:
                frames[socket.circles] = self._frames(events, socket.circles)
            for bundle in frames[socket.circles]:
                socket.push(bundle)

    def _frames(self, events: list[Event], circles: frozenset[Circle]) -> list[Frames]:
        """Return what a circle hears of these events, in bundles that no line chokes on."""
        bundles: list[list[str]] = []
        size = BUNDLE_CHARACTERS
        for event in events:
            if event.circle not in circles:
                continue
            text = frame_of(event, after=self._told_last.get(circles, 0))
            self._told_last[circles] = event.seq
            if size + len(text) > BUNDLE_CHARACTERS:
                bundles.append([])
                size = 0
            bundles[-1].append(text)
            size += len(text)
        return [Frames(*texts) for texts in bundles]

    def _tell(self, events: list[Event], sockets: list[Socket], *, is_replay: bool = False) -> None:
        """Send events to those who may hear them, in one write each, and follow who moves."""
        heard: dict[Socket, list[Frames]] = {socket: [] for socket in sockets}
        for event in events:
            frames: dict[frozenset[Circle], Frames] = {}
            for socket, told in heard.items():
                if socket.is_held or event.seq <= socket.seen:
                    continue
                socket.seen = event.seq
                if event.circle in socket.circles:
                    if socket.circles not in frames:
                        after = 0 if is_replay else self._told_last.get(socket.circles, 0)
                        frames[socket.circles] = Frames(frame_of(event, after=after))
                    told.append(frames[socket.circles])
                elif event.also == socket.who:
                    told.append(Frames(frame_of(event, after=0)))
                if event.data.get("who") == socket.who:
                    _send(socket, told)
                    self._follow(event, socket)
            if not is_replay:
                self._told_last |= dict.fromkeys(frames, event.seq)
        for socket, told in heard.items():
            _send(socket, told)

    def _follow(self, event: Event, socket: Socket) -> None:
        """Do to a socket what an event did to its person."""
        if event.kind in {"removed", "left"}:
            self.sockets.pop(socket, None)
            left_freely = event.kind == "left" and not event.data.get("is_expelled")
            socket.close(Close.GONE if left_freely else Close.NO_ENTRY)
        elif event.kind in MOVES:
            socket.is_held = True
            task = asyncio.create_task(self.attach(socket))
            self._moving.add(task)
            task.add_done_callback(self._moving.discard)


def _send(socket: Socket, told: list[Frames]) -> None:
    """Send what was kept for a socket: whoever hears of fifty who come in gets one write."""
    if told:
        socket.push(Frames.joined(told))
        told.clear()


def _is_shared(event: Event) -> bool:
    """Whether an event is for circles alone: it moves nobody, and nobody else hears it."""
    return event.also is None and "who" not in event.data


def _events_after(room_id: int, seq: int) -> list[Event]:
    rows = RoomEvent.objects.filter(room=room_id, seq__gt=seq).order_by("seq")[:RING]
    return [row.told() for row in rows]
