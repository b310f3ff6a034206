"""Everything live in this process, and the only part of the house that uses the channel layer.

The layer carries doorbells: "room 7 has reached 42". A bell may be lost, doubled or late, and
nothing is: the log has every event, and a look at the tables each second finds what no bell told.
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
from sessions.actions.reconcile import Presence, Seen, look
from sessions.actions.rooms import Knock, Outcome, Wish
from sessions.live.calls import Calls
from sessions.live.connection import Close, Frames, Socket
from sessions.live.rate_limits import MEDIA_BURST, MEDIA_PER_SECOND, Bucket
from sessions.live.room_feed import LiveRoom
from sessions.live.threads import in_database
from sessions.room.events import Circle

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sessions.room import commands as c

SWEEP_EVERY: Final = 1.0  # seconds
RENEW_EVERY: Final = 10.0
MEASURED_FOR: Final = 60.0
BELL_WITHIN: Final = 2.0
BACK_WITHIN_MS: Final = 5000
BEAT: Final = Frames('{"type":"beat"}')

log = logging.getLogger(__name__)


class Hub:
    """The rooms of one process. Lives as long as the event loop it was made on."""

    def __init__(self) -> None:
        self.rooms: dict[int, LiveRoom] = {}
        self.calls = Calls(send=self._send_soon, act=self._do)
        self._layer: Any = get_channel_layer()
        self._channel = ""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._keepers: list[asyncio.Task[None]] = []
        self._bells: dict[int, int] = {}
        self._buckets: dict[tuple[int, str], Bucket] = {}
        self._media_buckets: dict[tuple[int, str], Bucket] = {}

    async def enter(self, socket: Socket, *, since: int | None) -> Outcome:
        """Bring a socket's person to the door, and attach the socket if they are let that far."""
        self._wake()
        # A thousand who come at once are renewed a hundred at a time.
        share = socket.lease_id % RENEW_EVERY
        socket.renew_at = asyncio.get_running_loop().time() + share
        room = self._room(socket.room_id)
        room.expected += 1
        try:
            outcome = await room.ask(Wish(Knock(by=socket.who)))
            if outcome.refusal is None:
                await room.attach(socket, since=since)
        finally:
            room.expected -= 1
        return outcome

    async def ask(self, socket: Socket, command: c.Command, *, message_id: str) -> Outcome:
        """Ask the room for what a socket's person wants."""
        return await self._room(socket.room_id).ask(Wish(command, f"{socket.who}:{message_id}"))

    async def leave(self, socket: Socket) -> None:
        """Forget a closed socket; its person is missed after the grace."""
        socket.forget()
        room = self.rooms.get(socket.room_id)
        if room:
            room.sockets.pop(socket, None)
        await self.calls.leave(socket)
        await in_database(leases.drop_lease, lease_id=socket.lease_id, now=timezone.now())

    def sockets(self) -> list[Socket]:
        """Return every open socket of this process."""
        return [socket for room in self.rooms.values() for socket in room.sockets]

    def bucket_of(self, socket: Socket) -> Bucket:
        """Return the measure of frames that all sockets of this person here share."""
        return self._buckets.setdefault((socket.room_id, socket.who), Bucket())

    def media_bucket_of(self, socket: Socket) -> Bucket:
        """Return the same for frames about media, of which a newcomer sends many at once."""
        bucket = Bucket(burst=MEDIA_BURST, per_second=MEDIA_PER_SECOND)
        return self._media_buckets.setdefault((socket.room_id, socket.who), bucket)

    async def sweep(self) -> None:
        """Look at the tables once, and do what they ask for."""
        now = timezone.now()
        lines = {socket: _presence(socket) for socket in self.sockets()}
        seen = await in_database(look, rooms=list(self.rooms), present={*lines.values()}, now=now)
        self._close_the_gone(seen, lines)
        for room_id, seq in seen.tops.items():
            if room_id in self.rooms:
                self.rooms[room_id].heard(seq)
        await self._renew()
        doing = (self._do(room_id, *commands) for room_id, commands in seen.due.commands.items())
        await asyncio.gather(*doing)
        await in_database(leases.forget_leases, lease_ids=seen.due.lease_ids, now=now)
        await self.calls.ask_how_it_is()
        await self._drop_empty_rooms()
        self._forget_measures()

    def _wake(self) -> None:
        """Start listening and sweeping with the first socket."""
        if self._keepers:
            return
        self._keepers = [asyncio.create_task(self._listen()), asyncio.create_task(self._sweep())]

    def _room(self, room_id: int) -> LiveRoom:
        """Return a room; a bell missed before the subscription stands is one for the sweep."""
        room = self.rooms.get(room_id)
        if room is None:
            room = self.rooms[room_id] = LiveRoom(
                room_id, ring_bell=self._ring_soon, tell_calls=self.calls.heard
            )
            self._soon(self._quietly(self._subscribe(room_id)))
        return room

    async def _subscribe(self, room_id: int) -> None:
        if self._channel:
            await self._layer.group_add(_group(room_id), self._channel)

    async def _listen(self) -> None:
        """Hear the bells of every room here; when the layer fails, begin again."""
        while True:
            try:
                self._channel = await self._layer.new_channel()
                for room_id in list(self.rooms):
                    await self._subscribe(room_id)
                while True:
                    self._hear(await self._layer.receive(self._channel))
            except Exception:
                log.exception("the channel layer failed; the sweep goes on")
                await asyncio.sleep(SWEEP_EVERY)

    def _hear(self, message: dict[str, Any]) -> None:
        """Take a bell, or a frame about media from a window of another process."""
        room = self.rooms.get(message["room"])
        if room and message["type"] == "bell":
            room.heard(message["seq"])
        elif room and message["from"] != self._channel:
            self.calls.deliver(message["room"], message["frame"], to=message["to"])

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            try:
                await self.sweep()
            except Exception:
                log.exception("the sweep failed; the next one comes")

    def _close_the_gone(self, seen: Seen, lines: dict[Socket, Presence]) -> None:
        """Close, of the lines that were looked at, those that should not be open."""
        if not (seen.signed_out or seen.strangers):
            return
        for socket, presence in lines.items():
            if presence.sign_in in seen.signed_out:
                self._hang_up(socket, Close.SIGNED_OUT)
            elif presence in seen.strangers:
                self._hang_up(socket, Close.NO_ENTRY)

    def _hang_up(self, socket: Socket, code: Close) -> None:
        if room := self.rooms.get(socket.room_id):
            room.sockets.pop(socket, None)
        socket.close(code)

    async def _do(self, room_id: int, *commands: c.Command) -> None:
        """Let the house itself act in a room, whether or not anyone here is in it."""
        wishes = [Wish(command) for command in commands]
        if room := self.rooms.get(room_id):
            await asyncio.gather(*(room.ask(wish) for wish in wishes))
            return
        now = timezone.now()
        done = await in_database(rooms.fulfil, room_id=room_id, wishes=wishes, now=now)
        if done.events:
            self._ring_soon(room_id, done.events[-1].seq)

    async def _renew(self) -> None:
        """Renew, and let hear a beat, the lines whose time it is: each second some of them."""
        clock = asyncio.get_running_loop().time()
        due = [socket for socket in self.sockets() if socket.renew_at <= clock]
        ids = [socket.lease_id for socket in due]
        await in_database(leases.renew_leases, lease_ids=ids, now=timezone.now())
        for socket in due:
            socket.push(BEAT)
            socket.renew_at = clock + RENEW_EVERY

    def _forget_measures(self) -> None:
        """Forget how much was sent by people from whom nothing came for a minute."""
        since = asyncio.get_running_loop().time() - MEASURED_FOR
        for buckets in (self._buckets, self._media_buckets):
            for key in [key for key, bucket in buckets.items() if bucket.used_at < since]:
                del buckets[key]

    async def _drop_empty_rooms(self) -> None:
        for room_id, room in list(self.rooms.items()):
            if room.is_idle:
                del self.rooms[room_id]
                await self._quietly(self._layer.group_discard(_group(room_id), self._channel))

    def _ring_soon(self, room_id: int, seq: int) -> None:
        """Tell the other processes; bells of one room that wait for the layer become one."""
        is_ringing = room_id in self._bells
        self._bells[room_id] = seq
        if not is_ringing:
            self._soon(self._ring(room_id))

    def _send_soon(self, room_id: int, message: dict[str, Any]) -> None:
        """Send to every other process that has this room; it may be lost."""
        sent = {"type": "media", "room": room_id, "from": self._channel, **message}
        self._soon(self._quietly(self._layer.group_send(_group(room_id), sent)))

    async def _ring(self, room_id: int) -> None:
        while True:
            seq = self._bells[room_id]
            bell = {"type": "bell", "room": room_id, "seq": seq}
            await self._quietly(self._layer.group_send(_group(room_id), bell))
            if self._bells[room_id] == seq:
                del self._bells[room_id]
                return

    async def _quietly(self, call: Coroutine[Any, Any, Any]) -> None:
        """Use the layer; if it fails or hangs, the sweep does without it."""
        try:
            async with asyncio.timeout(BELL_WITHIN):
                await call
        except Exception as error:  # noqa: BLE001 - each layer has its own
            log.warning("no bell: %s", type(error).__name__)

    def _soon(self, call: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(call)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def the_hub() -> Hub:
    """Return the hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def say_goodbye() -> None:
    """Tell every browser, before this process stops, when to come back: not all at once."""
    hub = _hubs.get(asyncio.get_running_loop())
    for socket in hub.sockets() if hub else []:
        retry_ms = secrets.randbelow(BACK_WITHIN_MS)
        socket.push(Frames(f'{{"type":"bye","retry_ms":{retry_ms}}}'))


def _presence(socket: Socket) -> Presence:
    """Return where a socket is; what it hears is not known while its picture is on the way."""
    is_staff = None if socket.is_held else Circle.STAFF in socket.circles
    return Presence(socket.room_id, socket.sign_in, is_staff)


def _group(room_id: int) -> str:
    return f"room.{room_id}"
