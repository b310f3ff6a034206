"""The calls of one process: which windows are in one, and what each of them lets through.

Frames about media go straight from browser to browser, outside the numbered log: at most once,
across processes over the hub's channel. A lost one is mended by the browsers, which negotiate again.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any, Final

from sessions.live.connection import Frames
from sessions.live.threads import in_database
from sessions.media.backend import MediaCode, MediaRefused, Window
from sessions.media.choose import make_backends
from sessions.models import Room
from sessions.room import commands as c
from sessions.room.events import Circle
from sessions.room.media import Rights, publishing
from sessions.room.state import Backend, Phase, Receives

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from sessions.live.connection import Socket
    from sessions.room import Event, State

GOVERNED: Final = frozenset(
    {"camera", "direct", "left", "media", "microphone", "phase", "receives"}
    | {"removed", "role_changed", "sent_back"}
)
OVERLAP: Final = 8.0  # seconds in which a room that changes its backend has both
WELL_EVERY: Final = 2.0

log = logging.getLogger(__name__)


class Seat:
    """One window in a call: what carries it, and what it may send."""

    def __init__(self, window: Window, socket: Socket, backend: Backend) -> None:
        self.window = window
        self.socket = socket
        self.backend = backend
        self.rights = Rights()
        self.lock = asyncio.Lock()  # a backend has one call at a time for each window


class Calls:
    """Authorises frames about media, and keeps each backend to what the room decided.

    ``send`` puts a message on the channel of a room; ``act`` lets the house do something in it.
    """

    def __init__(
        self,
        *,
        send: Callable[[int, dict[str, Any]], None],
        act: Callable[[int, c.Command], Awaitable[None]],
    ) -> None:
        self.backends = make_backends(self)
        self._send = send
        self._act = act
        self._rooms: dict[int, dict[str, Seat]] = {}
        self._states: dict[int, State] = {}
        self._stale: set[int] = set()
        self._governed: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked = 0.0

    # What comes from browsers.

    async def hear(self, socket: Socket, frame: Mapping[str, Any]) -> None:
        """Do what a frame asks for, or answer with a code; nobody else notices."""
        try:
            await self._obey(socket, frame)
        except MediaRefused as refusal:
            _refuse(socket, frame, refusal.code)
        except Exception:
            log.exception("a frame about media failed")
            _refuse(socket, frame, MediaCode.UNAVAILABLE)

    async def _obey(self, socket: Socket, frame: Mapping[str, Any]) -> None:
        if socket.is_closed or Circle.ROOM not in socket.circles:
            raise MediaRefused(MediaCode.NOT_HERE)
        if frame.get("kind") == "hello":
            await self._admit(socket)
            return
        seat = self._seat(socket)
        if seat is None:
            raise MediaRefused(MediaCode.NOT_IN_CALL)
        if frame.get("kind") == "bye":
            await self.leave(socket)
        elif frame.get("kind") == "credentials":
            ice = self.backends[seat.backend].credentials(seat.window)
            self.tell(seat.window, {"kind": "credentials", "ice": ice})
        else:
            await self._catch_up(socket.room_id)
            async with seat.lock:
                await self.backends[seat.backend].receive(seat.window, frame)

    async def _catch_up(self, room_id: int) -> None:
        """Read the room again while news of it is at work: browsers heard it, and are quick."""
        if room_id in self._governed:
            self._states[room_id] = await in_database(_state_of, room_id)

    async def _admit(self, socket: Socket) -> None:
        """Take a window into the call, or over to the backend that carries the room now."""
        window = Window(socket.room_id, socket.who, str(socket.lease_id))
        state = self._states[window.room_id] = await in_database(_state_of, window.room_id)
        if code := _not_for(state, window.who):
            raise MediaRefused(code)
        if state.backend not in self.backends:  # the settings of this process are older
            raise MediaRefused(MediaCode.NO_MEDIA)
        room = self._rooms.setdefault(window.room_id, {})
        before = room.get(window.line)
        if before and before.backend is not state.backend:
            self._soon(self._release_later(before))
        seat = room[window.line] = Seat(window, socket, state.backend)
        seat.rights = publishing(state, window.who)
        try:
            async with seat.lock:
                await self.backends[seat.backend].admit(window, seat.rights)
        except Exception:
            seat.backend = Backend.NONE  # still here, and told when the server is back
            raise
        self.heard(window.room_id, None)  # what happened meanwhile

    async def leave(self, socket: Socket) -> None:
        """Forget a window that closed, or whose person has had enough of the call."""
        if seat := self._seat(socket):
            await self._drop(seat)

    # What comes from the room.

    def heard(self, room_id: int, event: Event | None) -> None:
        """Take note of what a room told; look again when it may change what is let through."""
        if room_id not in self._rooms or (event and event.kind not in GOVERNED):
            return
        self._stale.add(room_id)
        if room_id not in self._governed:
            self._governed.add(room_id)
            self._soon(self._govern(room_id))

    async def _govern(self, room_id: int) -> None:
        """Bring every window of a room to what the room has decided, until there is no news."""
        try:
            while room_id in self._stale:
                self._stale.discard(room_id)
                state = await in_database(_state_of, room_id)
                if room_id in self._rooms:
                    self._states[room_id] = state
                for seat in list(self._rooms.get(room_id, {}).values()):
                    await self._bring(seat, state)
        except Exception:
            log.exception("a call could not be brought to what its room decided")
        finally:
            self._governed.discard(room_id)

    async def _bring(self, seat: Seat, state: State) -> None:
        """Let through what a window may send now; who is no longer in the call is dropped."""
        if seat.socket.is_closed or _not_for(state, seat.window.who):
            await self._drop(seat)
            return
        rights = publishing(state, seat.window.who)
        if rights == seat.rights:
            return
        try:
            async with seat.lock:
                await self.backends[seat.backend].grant(seat.window, rights)
            seat.rights = rights
        except Exception:
            log.exception("a right could not be given or taken")

    async def ask_how_it_is(self) -> None:
        """Tell the rooms, every two seconds at most, when their server went or came back."""
        server = self.backends.get(Backend.JANUS)
        clock = asyncio.get_running_loop().time()
        if server is None or clock - self._asked < WELL_EVERY:
            return
        self._asked = clock
        is_down = not await server.is_well()
        for room_id in list(self._rooms):
            state = self._states[room_id]
            if state.is_server_down != is_down and Backend.JANUS in state.backends:
                await self._act(room_id, c.ServerWent(is_down=is_down))
                self.heard(room_id, None)

    # The post of the backends.

    def tell(self, window: Window, message: Mapping[str, Any]) -> None:
        """Send a message to a window of this process."""
        if seat := self._rooms.get(window.room_id, {}).get(window.line):
            seat.socket.offer(_frames(message))

    def pass_on(self, sender: Window, message: Mapping[str, Any], *, to: str | None = None) -> None:
        """Send a signed message to one line of the room, or to all others, in every process."""
        frame = {**message, "from": sender.line, "who": sender.who}
        is_here = to in self._rooms.get(sender.room_id, {})
        self.deliver(sender.room_id, frame, to=to)
        if not is_here:
            self._send(sender.room_id, {"to": to, "frame": frame})

    def deliver(self, room_id: int, frame: Mapping[str, Any], *, to: str | None) -> None:
        """Hand a frame to the windows of this process that are meant; never back to its sender."""
        room = self._rooms.get(room_id, {})
        seats = list(room.values()) if to is None else [room[to]] if to in room else []
        frames = _frames({name: item for name, item in frame.items() if name != "whom"})
        for seat in seats:
            is_meant = frame.get("whom") in {None, seat.window.who}
            if is_meant and seat.window.line != frame["from"] and not seat.socket.is_closed:
                seat.socket.offer(frames)

    def state_of(self, room_id: int) -> State | None:
        """Return the room as this process last read it."""
        return self._states.get(room_id)

    def _seat(self, socket: Socket) -> Seat | None:
        return self._rooms.get(socket.room_id, {}).get(str(socket.lease_id))

    async def _drop(self, seat: Seat) -> None:
        room = self._rooms.get(seat.window.room_id, {})
        if room.get(seat.window.line) is seat:
            del room[seat.window.line]
        await self._release(seat)
        if not room and self._rooms.pop(seat.window.room_id, None) is not None:
            self._states.pop(seat.window.room_id, None)
            for backend in self.backends.values():
                await backend.close(seat.window.room_id)

    async def _release(self, seat: Seat) -> None:
        async with seat.lock:
            try:
                await self.backends[seat.backend].remove(seat.window)
            except Exception:
                log.exception("a window could not be removed")

    async def _release_later(self, seat: Seat) -> None:
        await asyncio.sleep(OVERLAP)
        now = self._rooms.get(seat.window.room_id, {}).get(seat.window.line)
        if now is None or now.backend is not seat.backend:  # else it came back to it meanwhile
            await self._release(seat)

    def _soon(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(call)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _not_for(state: State, who: str) -> MediaCode | None:
    """Return why a person is not in the call of a room."""
    person = state.people.get(who)
    if person is None or not person.is_inside or state.phase is Phase.ENDED:
        return MediaCode.NOT_HERE
    if person.receives is Receives.TEXT:
        return MediaCode.TEXT_SEAT
    return None


def _state_of(room_id: int) -> State:
    return Room.objects.get(pk=room_id).read()


def _refuse(socket: Socket, frame: Mapping[str, Any], code: MediaCode) -> None:
    to = frame.get("to")
    message = {"kind": "refused", "code": code, "to": to if isinstance(to, str) else None}
    socket.offer(_frames(message))


def _frames(message: Mapping[str, Any]) -> Frames:
    return Frames(json.dumps({"type": "media", **message}, separators=(",", ":")))
