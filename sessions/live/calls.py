"""The calls of one process: which windows take part, and what each may send.

Media frames go from browser to browser and are not in the event log. They are sent at most once, over
the hub's channel between processes. Browsers negotiate again if one was lost.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any, Final

from sessions.live.database import in_database
from sessions.live.transport import Frames
from sessions.media.backend import MediaCode, MediaRefused, Window
from sessions.media.choose import make_backends
from sessions.models import Room
from sessions.room import commands as c
from sessions.room.audiences import Audience
from sessions.room.events import EventKind
from sessions.room.media import Rights, publishing
from sessions.room.state import Backend, Phase, Receives

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from sessions.live.subscriber import Subscriber
    from sessions.room import Event, State

# Events that may change who takes part in a call, or what they may send.
AFFECTS_CALLS: Final = frozenset(
    {
        EventKind.CAMERA,
        EventKind.DIRECT,
        EventKind.LEFT,
        EventKind.MEDIA,
        EventKind.MICROPHONE,
        EventKind.PHASE,
        EventKind.RECEIVES,
        EventKind.REMOVED,
        EventKind.ROLE_CHANGED,
        EventKind.SENT_BACK,
    }
)
OVERLAP_SECONDS: Final = 8.0  # for which a window keeps its old backend after a change
CHECK_SERVER_SECONDS: Final = 2.0

log = logging.getLogger(__name__)


class CallMember:
    """One window in a call: its backend, and what it may send."""

    def __init__(self, window: Window, subscriber: Subscriber, backend: Backend) -> None:
        self.window = window
        self.subscriber = subscriber
        self.backend = backend
        self.rights = Rights()
        self.lock = asyncio.Lock()  # a backend handles one call per window at a time


class Calls:
    """Authorises media frames, and applies the room's decisions to the backends.

    ``send`` puts a message on the channel of a room; ``execute`` carries out a system command in it.
    The class is the ``sessions.media.backend.Signalling`` of its backends.
    """

    def __init__(
        self,
        *,
        send: Callable[[int, dict[str, Any]], None],
        execute: Callable[[int, c.Command], Awaitable[None]],
    ) -> None:
        self.backends = make_backends(self)
        self._send = send
        self._execute = execute
        self._rooms: dict[int, dict[str, CallMember]] = {}  # by room, then by the window's key
        self._states: dict[int, State] = {}
        self._changed: set[int] = set()  # rooms whose rights must be applied
        self._applying: set[int] = set()  # rooms with a task that applies them
        self._tasks: set[asyncio.Task[None]] = set()
        self._checked_at = 0.0

    # Frames from browsers.

    async def receive(self, subscriber: Subscriber, frame: Mapping[str, Any]) -> None:
        """Handle a media frame; answer its sender with a code if it is refused."""
        try:
            await self._process(subscriber, frame)
        except MediaRefused as refusal:
            _refuse(subscriber, frame, refusal.code)
        except Exception:
            log.exception("a media frame failed")
            _refuse(subscriber, frame, MediaCode.UNAVAILABLE)

    async def _process(self, subscriber: Subscriber, frame: Mapping[str, Any]) -> None:
        if subscriber.connection.is_closed or Audience.ROOM not in subscriber.audiences:
            raise MediaRefused(MediaCode.NOT_HERE)
        if frame.get("kind") == "hello":
            await self._admit(subscriber)
            return
        member = self._member(subscriber)
        if member is None:
            raise MediaRefused(MediaCode.NOT_IN_CALL)
        if frame.get("kind") == "bye":
            await self.leave(subscriber)
        elif frame.get("kind") == "credentials":
            ice = self.backends[member.backend].credentials(member.window)
            self.send(member.window, {"kind": "credentials", "ice": ice})
        else:
            await self._refresh(subscriber.room_id)
            async with member.lock:
                await self.backends[member.backend].receive(member.window, frame)

    async def _refresh(self, room_id: int) -> None:
        """Read the room again while a change is being applied, which browsers know of already."""
        if room_id in self._applying:
            self._states[room_id] = await in_database(_state_of, room_id)

    async def _admit(self, subscriber: Subscriber) -> None:
        """Take a window into the call, or to the backend that the room uses now."""
        window = Window(subscriber.room_id, subscriber.who, str(subscriber.lease_id))
        state = self._states[window.room_id] = await in_database(_state_of, window.room_id)
        if code := _call_refusal(state, window.who):
            raise MediaRefused(code)
        if state.backend not in self.backends:  # the state is from a process with newer settings
            raise MediaRefused(MediaCode.NO_MEDIA)
        room = self._rooms.setdefault(window.room_id, {})
        before = room.get(window.key)
        if before and before.backend is not state.backend:
            self._spawn(self._release_later(before))
        member = room[window.key] = CallMember(window, subscriber, state.backend)
        member.rights = publishing(state, window.who)
        try:
            async with member.lock:
                await self.backends[member.backend].admit(window, member.rights)
        except Exception:
            member.backend = Backend.NONE  # still listed, so that it learns when the server is back
            raise
        self._apply_soon(window.room_id)  # the room may have changed meanwhile

    async def leave(self, subscriber: Subscriber) -> None:
        """Take a window that closed, or a person who left the call, out of it."""
        if member := self._member(subscriber):
            await self._drop(member)

    # Changes of the room.

    def on_event(self, room_id: int, event: Event) -> None:
        """Apply the rights of a room again if an event may have changed them."""
        if room_id in self._rooms and event.kind in AFFECTS_CALLS:
            self._apply_soon(room_id)

    def _apply_soon(self, room_id: int) -> None:
        self._changed.add(room_id)
        if room_id not in self._applying:
            self._applying.add(room_id)
            self._spawn(self._apply(room_id))

    async def _apply(self, room_id: int) -> None:
        """Bring every window of a room to the room's state, until nothing changed meanwhile."""
        try:
            while room_id in self._changed:
                self._changed.discard(room_id)
                state = await in_database(_state_of, room_id)
                if room_id in self._rooms:
                    self._states[room_id] = state
                for member in list(self._rooms.get(room_id, {}).values()):
                    await self._apply_rights(member, state)
        except Exception:
            log.exception("the rights of a call could not be applied")
        finally:
            self._applying.discard(room_id)

    async def _apply_rights(self, member: CallMember, state: State) -> None:
        """Grant a window what its person may send now; drop it if they left the call."""
        if member.subscriber.connection.is_closed or _call_refusal(state, member.window.who):
            await self._drop(member)
            return
        rights = publishing(state, member.window.who)
        if rights == member.rights:
            return
        try:
            async with member.lock:
                await self.backends[member.backend].grant(member.window, rights)
            member.rights = rights
        except Exception:
            log.exception("rights could not be granted")

    async def check_server(self) -> None:
        """Note in the rooms whether the media server is down, at most every two seconds."""
        server = self.backends.get(Backend.JANUS)
        clock = asyncio.get_running_loop().time()
        if server is None or clock - self._checked_at < CHECK_SERVER_SECONDS:
            return
        self._checked_at = clock
        is_down = not await server.is_healthy()
        for room_id in list(self._rooms):
            state = self._states[room_id]
            if state.is_server_down != is_down and Backend.JANUS in state.backends:
                await self._execute(room_id, c.MediaServerChanged(is_down=is_down))
                if room_id in self._rooms:
                    self._apply_soon(room_id)

    # What backends use.

    def send(self, window: Window, message: Mapping[str, Any]) -> None:
        """Send a message to a window of this process."""
        if member := self._rooms.get(window.room_id, {}).get(window.key):
            member.subscriber.connection.offer(_frames(message))

    def relay(self, sender: Window, message: Mapping[str, Any], *, to: str | None = None) -> None:
        """Send a message with its sender to one window of the room, or all others, in any process."""
        frame = {**message, "from": sender.key, "who": sender.who}
        is_here = to in self._rooms.get(sender.room_id, {})
        self.deliver(sender.room_id, frame, to=to)
        if not is_here:
            self._send(sender.room_id, {"to": to, "frame": frame})

    def deliver(self, room_id: int, frame: Mapping[str, Any], *, to: str | None) -> None:
        """Send a frame to windows of this process: to one, or to all but its sender.

        A frame with ``whom`` is sent to windows of that person only.
        """
        room = self._rooms.get(room_id, {})
        members = list(room.values()) if to is None else [room[to]] if to in room else []
        frames = _frames({name: item for name, item in frame.items() if name != "whom"})
        for member in members:
            is_meant = frame.get("whom") in {None, member.window.who}
            connection = member.subscriber.connection
            if is_meant and member.window.key != frame["from"] and not connection.is_closed:
                connection.offer(frames)

    def state_of(self, room_id: int) -> State | None:
        """Return the room as this process last read it."""
        return self._states.get(room_id)

    def _member(self, subscriber: Subscriber) -> CallMember | None:
        return self._rooms.get(subscriber.room_id, {}).get(str(subscriber.lease_id))

    async def _drop(self, member: CallMember) -> None:
        room_id, key = member.window.room_id, member.window.key
        room = self._rooms.get(room_id, {})
        if room.get(key) is member:
            del room[key]
        await self._release(member)
        if not room and self._rooms.pop(room_id, None) is not None:
            self._states.pop(room_id, None)
            for backend in self.backends.values():
                await backend.close(room_id)

    async def _release(self, member: CallMember) -> None:
        async with member.lock:
            try:
                await self.backends[member.backend].remove(member.window)
            except Exception:
                log.exception("a window could not be removed from its backend")

    async def _release_later(self, member: CallMember) -> None:
        await asyncio.sleep(OVERLAP_SECONDS)
        now = self._rooms.get(member.window.room_id, {}).get(member.window.key)
        if now is None or now.backend is not member.backend:  # else it is in use again
            await self._release(member)

    def _spawn(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(call)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _call_refusal(state: State, who: str) -> MediaCode | None:
    """Return why a person cannot take part in the call of a room."""
    person = state.people.get(who)
    if person is None or not person.is_inside or state.phase is Phase.ENDED:
        return MediaCode.NOT_HERE
    return MediaCode.TEXT_ONLY if person.receives is Receives.TEXT else None


def _state_of(room_id: int) -> State:
    return Room.objects.get(pk=room_id).read_state()


def _refuse(subscriber: Subscriber, frame: Mapping[str, Any], code: MediaCode) -> None:
    to = frame.get("to")
    message = {"kind": "refused", "code": code, "to": to if isinstance(to, str) else None}
    subscriber.connection.offer(_frames(message))


def _frames(message: Mapping[str, Any]) -> Frames:
    return Frames(json.dumps({"type": "media", **message}, separators=(",", ":")))
