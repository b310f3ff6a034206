"""The rooms of one process, and the only module that uses the channel layer.

The layer carries hints such as "room 7 has reached event 42". They may be lost, repeated or late: all
events are in the log, and once a second the process compares itself with the tables.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.utils import timezone

from sessions.actions import leases, rooms
from sessions.actions.reconcile import OpenConnection, Reconciliation, reconcile
from sessions.actions.rooms import CommandRequest, Outcome, RequestEntry
from sessions.live.calls import Calls
from sessions.live.database import in_database
from sessions.live.rate_limits import MEDIA_BURST, MEDIA_FRAMES_PER_SECOND, TokenBucket
from sessions.live.room_feed import RoomFeed
from sessions.live.transport import CloseCode, Frames
from sessions.room.audiences import Audience

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sessions.live.subscriber import Subscriber
    from sessions.room import commands as c

RECONCILE_SECONDS: Final = 1.0
RENEW_SECONDS: Final = 10.0
BUCKET_SECONDS: Final = 60.0  # after which an unused token bucket is forgotten
LAYER_SECONDS: Final = 2.0
RECONNECT_WITHIN_MS: Final = 5000
BEAT: Final = Frames('{"type":"beat"}')

log = logging.getLogger(__name__)


class RoomHub:
    """The rooms of one event loop."""

    def __init__(self) -> None:
        self.rooms: dict[int, RoomFeed] = {}
        self.calls = Calls(send=self._send_media, execute=self._execute_system)
        self._layer: Any = get_channel_layer()
        self._channel = ""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loops: list[asyncio.Task[None]] = []  # receiving hints, and reconciling
        self._hints: dict[int, int] = {}  # by room: the number to announce next
        self._buckets: dict[tuple[int, str], TokenBucket] = {}
        self._media_buckets: dict[tuple[int, str], TokenBucket] = {}

    async def enter(self, subscriber: Subscriber, *, since: int | None) -> Outcome:
        """Enter a person, and attach their connection unless they are refused."""
        self._start()
        # Spread, so that not all connections that were opened together are renewed together.
        offset = subscriber.lease_id % RENEW_SECONDS
        subscriber.renew_at = asyncio.get_running_loop().time() + offset
        room = self._room(subscriber.room_id)
        room.arriving += 1
        try:
            outcome = await room.submit(CommandRequest(RequestEntry(by=subscriber.who)))
            if outcome.refusal is None:
                await room.attach(subscriber, since=since)
        finally:
            room.arriving -= 1
        return outcome

    async def submit(
        self, subscriber: Subscriber, command: c.Command, *, message_id: str
    ) -> Outcome:
        """Carry out a person's command. ``message_id`` is unique among those of the person."""
        request = CommandRequest(command, f"{subscriber.who}:{message_id}")
        return await self._room(subscriber.room_id).submit(request)

    async def detach(self, subscriber: Subscriber) -> None:
        """Forget a closed connection. Its lease runs out after the grace period."""
        room = self.rooms.get(subscriber.room_id)
        if room:
            room.subscribers.pop(subscriber, None)
        await self.calls.leave(subscriber)
        await in_database(leases.drop_lease, lease_id=subscriber.lease_id, now=timezone.now())

    def subscribers(self) -> list[Subscriber]:
        """Return every attached connection of this process."""
        return [subscriber for room in self.rooms.values() for subscriber in room.subscribers]

    def bucket_of(self, subscriber: Subscriber) -> TokenBucket:
        """Return the rate limit of a person's commands in this process."""
        key = (subscriber.room_id, subscriber.who)
        return self._buckets.setdefault(key, TokenBucket())

    def media_bucket_of(self, subscriber: Subscriber) -> TokenBucket:
        """Return the rate limit of a person's media frames in this process."""
        bucket = TokenBucket(burst=MEDIA_BURST, per_second=MEDIA_FRAMES_PER_SECOND)
        return self._media_buckets.setdefault((subscriber.room_id, subscriber.who), bucket)

    async def reconcile(self) -> None:
        """Compare this process with the tables, and act on the differences."""
        now = timezone.now()
        connections = {one: _open_connection(one) for one in self.subscribers()}
        result = await in_database(
            reconcile, rooms=list(self.rooms), connections={*connections.values()}, now=now
        )
        self._close_unauthorised(result, connections)
        for room_id, seq in result.latest_seqs.items():
            if room_id in self.rooms:
                self.rooms[room_id].advance_to(seq)
        await self._renew_leases()
        due = result.due
        work = (self._execute_system(room_id, *some) for room_id, some in due.commands.items())
        await asyncio.gather(*work)
        await in_database(leases.delete_leases, lease_ids=due.lease_ids, now=now)
        await self.calls.check_server()
        await self._drop_idle_rooms()
        self._drop_unused_buckets()

    def _start(self) -> None:
        """Start receiving hints and reconciling, with the first connection."""
        if not self._loops:
            loops = (self._receive_forever(), self._reconcile_forever())
            self._loops = [asyncio.create_task(loop) for loop in loops]

    def _room(self, room_id: int) -> RoomFeed:
        """Return the feed of a room; create it and subscribe to its hints on first use."""
        room = self.rooms.get(room_id)
        if room is None:
            room = self.rooms[room_id] = RoomFeed(
                room_id, on_advanced=self._announce, on_event=self.calls.on_event
            )
            self._spawn(self._use_layer(self._subscribe(room_id)))
        return room

    async def _subscribe(self, room_id: int) -> None:
        if self._channel:
            await self._layer.group_add(_group(room_id), self._channel)

    async def _receive_forever(self) -> None:
        """Receive the hints for all rooms here; after an error of the layer, subscribe anew."""
        while True:
            try:
                self._channel = await self._layer.new_channel()
                for room_id in list(self.rooms):
                    await self._subscribe(room_id)
                while True:
                    self._receive(await self._layer.receive(self._channel))
            except Exception:
                log.exception("the channel layer failed; reconciling goes on")
                await asyncio.sleep(RECONCILE_SECONDS)

    def _receive(self, message: dict[str, Any]) -> None:
        """Handle a hint, or a media frame from another process."""
        room = self.rooms.get(message["room"])
        if room and message["type"] == "advanced":
            room.advance_to(message["seq"])
        elif room and message["from"] != self._channel:
            self.calls.deliver(message["room"], message["frame"], to=message["to"])

    async def _reconcile_forever(self) -> None:
        while True:
            await asyncio.sleep(RECONCILE_SECONDS)
            try:
                await self.reconcile()
            except Exception:
                log.exception("reconciling failed; it is tried again")

    def _close_unauthorised(
        self, result: Reconciliation, connections: dict[Subscriber, OpenConnection]
    ) -> None:
        if not (result.signed_out or result.denied):
            return
        for subscriber, connection in connections.items():
            if connection.sign_in in result.signed_out:
                self._close(subscriber, CloseCode.SIGNED_OUT)
            elif connection in result.denied:
                self._close(subscriber, CloseCode.NO_ENTRY)

    def _close(self, subscriber: Subscriber, code: CloseCode) -> None:
        if room := self.rooms.get(subscriber.room_id):
            room.subscribers.pop(subscriber, None)
        subscriber.connection.close(code)

    async def _execute_system(self, room_id: int, *commands: c.Command) -> None:
        """Carry out system commands in a room, whether or not it has connections here."""
        requests = [CommandRequest(command) for command in commands]
        if room := self.rooms.get(room_id):
            await asyncio.gather(*(room.submit(request) for request in requests))
            return
        result = await in_database(
            rooms.execute, room_id=room_id, requests=requests, now=timezone.now()
        )
        if result.events:
            self._announce(room_id, result.events[-1].seq)

    async def _renew_leases(self) -> None:
        """Renew the leases that are due, and send a beat to their connections."""
        clock = asyncio.get_running_loop().time()
        due = [subscriber for subscriber in self.subscribers() if subscriber.renew_at <= clock]
        ids = [subscriber.lease_id for subscriber in due]
        await in_database(leases.renew_leases, lease_ids=ids, now=timezone.now())
        for subscriber in due:
            subscriber.connection.push(BEAT)
            subscriber.renew_at = clock + RENEW_SECONDS

    def _drop_unused_buckets(self) -> None:
        since = asyncio.get_running_loop().time() - BUCKET_SECONDS
        for buckets in (self._buckets, self._media_buckets):
            for key in [key for key, bucket in buckets.items() if bucket.used_at < since]:
                del buckets[key]

    async def _drop_idle_rooms(self) -> None:
        for room_id, room in list(self.rooms.items()):
            if room.is_idle:
                del self.rooms[room_id]
                await self._use_layer(self._layer.group_discard(_group(room_id), self._channel))

    def _announce(self, room_id: int, seq: int) -> None:
        """Send the other processes a hint; numbers of one room that wait for the layer become one."""
        is_sending = room_id in self._hints
        self._hints[room_id] = seq
        if not is_sending:
            self._spawn(self._send_hints(room_id))

    async def _send_hints(self, room_id: int) -> None:
        while True:
            seq = self._hints[room_id]
            hint = {"type": "advanced", "room": room_id, "seq": seq}
            await self._use_layer(self._layer.group_send(_group(room_id), hint))
            if self._hints[room_id] == seq:
                del self._hints[room_id]
                return

    def _send_media(self, room_id: int, message: dict[str, Any]) -> None:
        """Send a media frame to every other process with this room, at most once."""
        sent = {"type": "media", "room": room_id, "from": self._channel, **message}
        self._spawn(self._use_layer(self._layer.group_send(_group(room_id), sent)))

    async def _use_layer(self, call: Coroutine[Any, Any, Any]) -> None:
        """Await a call of the layer for a limited time; log its errors."""
        try:
            async with asyncio.timeout(LAYER_SECONDS):
                await call
        except Exception as error:  # noqa: BLE001 - every layer has its own
            log.warning("the channel layer failed: %s", type(error).__name__)

    def _spawn(self, call: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(call)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, RoomHub] = WeakKeyDictionary()


def room_hub() -> RoomHub:
    """Return the hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = RoomHub()
    return _hubs[loop]


def announce_restart() -> None:
    """Tell every browser when to reconnect, at a random moment each, before this process stops."""
    hub = _hubs.get(asyncio.get_running_loop())
    for subscriber in hub.subscribers() if hub else []:
        retry_ms = secrets.randbelow(RECONNECT_WITHIN_MS)
        subscriber.connection.push(Frames(f'{{"type":"bye","retry_ms":{retry_ms}}}'))


def _open_connection(subscriber: Subscriber) -> OpenConnection:
    is_staff = None if subscriber.is_paused else Audience.STAFF in subscriber.audiences
    return OpenConnection(subscriber.room_id, subscriber.sign_in, is_staff)


def _group(room_id: int) -> str:
    return f"room.{room_id}"
