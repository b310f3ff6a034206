"""WebSocket clients of a live room, and a session with people for them."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth import HASH_SESSION_KEY
from django.test import Client
from django.utils import timezone

from config.asgi import application
from sessions.actions import rooms, tickets
from tests import make
from tests.support.frames_extension import FramesExtension

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import Person
    from scheduler.models import Group, Membership, Occurrence
    from sessions.models import Room

PATIENCE = 5  # seconds
SAME_ORIGIN = [(b"host", b"127.0.0.1"), (b"origin", b"http://127.0.0.1")]
_ids = count(1)
_open: list[RoomClient] = []


class Closed(AssertionError):
    """The server closed the connection with ``code``."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"closed with {code}")


class RoomClient:
    """One WebSocket. ``frames`` are all frames received, ``events`` those with events.

    ``is_fast`` makes the server offer the extension ``websocket.frame``. While ``reading`` is not
    set the client reads nothing, so that the server must wait.
    """

    def __init__(
        self, *, headers: list[tuple[bytes, bytes]] | None = None, is_fast: bool = False
    ) -> None:
        self.reading = asyncio.Event()
        self.reading.set()
        # Channels' own communicator would import daphne, which is not installed.
        scope: dict[str, Any] = {
            "type": "websocket",
            "scheme": "ws",
            "path": "/ws/room/",
            "query_string": b"",
            "headers": headers or SAME_ORIGIN,
            "subprotocols": [],
        }
        self.server = ApplicationCommunicator(self._serve, scope)
        self.extension = FramesExtension(self.reading, self._receive_text)
        if is_fast:
            scope["extensions"] = {"websocket.frame": self.extension.functions()}
        self.frames: list[dict[str, Any]] = []
        self._looked_at = 0
        _open.append(self)

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the application with a ``send`` that waits while the client does not read."""

        async def send_when_read(message: Any) -> None:
            await self.reading.wait()
            await send(message)

        await application(scope, receive, send_when_read)

    def _receive_text(self, text: str) -> None:
        self.server.output_queue.put_nowait({"type": "websocket.send", "text": text})

    def unheard(self) -> Iterator[dict[str, Any]]:
        """Yield each received frame once."""
        while self._looked_at < len(self.frames):
            self._looked_at += 1
            yield self.frames[self._looked_at - 1]

    async def open(self) -> bool:
        """Return whether the server accepts the connection."""
        await self.server.send_input({"type": "websocket.connect"})
        answer = await self.server.receive_output(PATIENCE)
        return answer["type"] == "websocket.accept"

    async def hello(self, ticket: str, *, since: int | None = None) -> dict[str, Any]:
        """Open the connection, send the hello, return the first frame."""
        assert await self.open()
        await self.send({"type": "hello", "ticket": ticket, "since": since})
        return await self.next()

    async def send(self, frame: dict[str, Any]) -> None:
        await self.send_raw(text=json.dumps(frame))

    async def send_raw(self, **content: str | bytes) -> None:
        """Send ``text`` or ``bytes`` as they are."""
        await self.server.send_input({"type": "websocket.receive", **content})

    async def next(self, patience: float = PATIENCE) -> dict[str, Any]:
        """Return the next frame."""
        message = await self.server.receive_output(patience)
        if message["type"] == "websocket.close":
            raise Closed(message["code"])
        frame = json.loads(message["text"])
        if frame["type"] != "beat":
            self.frames.append(frame)
            return frame
        return await self.next(patience)

    async def ask(self, command: str, *, id: str = "", **fields: Any) -> dict[str, Any]:  # noqa: A002
        """Send a command and return its answer. Other frames received meanwhile are kept."""
        id = id or f"m{next(_ids)}"  # noqa: A001
        await self.send({"type": command, "id": id, **fields})
        while (frame := await self.next()).get("id") != id:
            pass
        return frame

    async def until(self, kind: str, *, patience: float = PATIENCE) -> dict[str, Any]:
        """Return the next frame of a type, or event of a kind."""
        async with asyncio.timeout(patience):
            while kind not in {(frame := await self.next(patience))["type"], frame.get("kind")}:
                pass
        return frame

    async def closes(self, *, within: float = PATIENCE) -> int:
        """Return the code with which the server closes the connection."""
        try:
            async with asyncio.timeout(within):
                while True:
                    await self.next(within)
        except Closed as closed:
            return closed.code

    async def is_quiet(self, seconds: float = 0.3) -> bool:
        """Whether nothing but beats is received for some seconds."""
        with suppress(TimeoutError):
            frames = len(self.frames)
            async with asyncio.timeout(seconds):
                while len(self.frames) == frames:
                    await asyncio.sleep(0.02)
                    while not self.server.output_queue.empty():
                        await self.next()
        return len(self.frames) == frames

    async def disconnect(self) -> None:
        await self.server.send_input({"type": "websocket.disconnect", "code": 1005})
        await self.server.wait(PATIENCE)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == "event"]

    @property
    def texts(self) -> list[str]:
        return [event["text"] for event in self.events if "text" in event]


async def disconnect_all() -> None:
    """Close every connection that a test left open, and wait until the server is done with it."""
    loop = asyncio.get_running_loop()
    futures = [client.server._future for client in _open]
    # What another test left in a loop that is closed by now ended with it.
    served = [future for future in futures if future and future.get_loop() is loop]
    _open.clear()
    for client in served:
        client.cancel()
    await asyncio.gather(*served, return_exceptions=True)


@dataclass
class LiveSession:
    """A session that starts now: Amina and Edith facilitate, Bo and Dara are members, Chen is not."""

    group: Group
    occurrence: Occurrence
    room: Room
    members: dict[str, Membership]
    browsers: dict[str, Client] = field(default_factory=dict)

    def who(self, name: str) -> str:
        return str(self.members[name].pk)

    def person(self, name: str) -> Person:
        return self.members[name].person

    def ticket(self, name: str) -> str:
        browser = self.browsers.get(name)
        if browser is None:
            browser = self.browsers[name] = Client()
            browser.force_login(self.person(name))
        return tickets.issue_ticket(
            room=self.room,
            membership=self.members[name],
            session_key=str(browser.session.session_key),
            auth_hash=browser.session[HASH_SESSION_KEY],
            now=timezone.now(),
        )

    async def connect(
        self, name: str, *, since: int | None = None, is_fast: bool = False
    ) -> RoomClient:
        """Connect a person; return the client after its first frame."""
        client = RoomClient(is_fast=is_fast)
        await client.hello(await sync_to_async(self.ticket)(name), since=since)
        return client

    async def join(self, name: str, by: RoomClient, *, is_fast: bool = False) -> RoomClient:
        """Connect a person and let a facilitator admit them."""
        client = await self.connect(name, is_fast=is_fast)
        answer = await by.ask("admit", who=self.who(name))
        assert answer["type"] == "ack", answer
        frame = await client.until("room")
        while frame["room"]["you"]["status"] != "inside":
            frame = await client.until("room")
        return client


def make_live_session(*, capacity: int = 12, prefix: str = "") -> LiveSession:
    """Create a group, people with seats, and a session that started a minute ago.

    ``prefix`` is put before the user names, so that a test can have several sessions.
    """
    group = make.group(capacity=capacity)
    people = {name: make.person(prefix + name) for name in ("amina", "bo", "dara", "edith")}
    roles = {"amina": "facilitator", "edith": "co_facilitator"}
    members = {
        name: make.membership(person, group, alias=name.title(), role=roles.get(name, "member"))
        for name, person in people.items()
    }
    occurrence = make.occurrence(group, starts_at=timezone.now() - timedelta(minutes=1))
    for member in members.values():
        make.seat(member, occurrence)
    return LiveSession(group, occurrence, rooms.room_of(occurrence=occurrence), members)
