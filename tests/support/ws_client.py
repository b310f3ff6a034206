"""Lines into a live room, held by people of a test."""

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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import Person
    from scheduler.models import Group, Membership, Occurrence
    from sessions.models import Room

PATIENCE = 5  # seconds
HERE = [(b"host", b"127.0.0.1"), (b"origin", b"http://127.0.0.1")]
_ids = count(1)
_open: list[Line] = []


class Closed(AssertionError):
    """The server closed the line; ``code`` says why."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"closed with {code}")


class Line:
    """One WebSocket. Keeps what it was told: ``events`` in order, ``frames`` all of it."""

    def __init__(self, *, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        # Channels' own communicator would bring in daphne, which we do not serve with.
        scope = {
            "type": "websocket",
            "scheme": "ws",
            "path": "/ws/room/",
            "query_string": b"",
            "headers": headers or HERE,
            "subprotocols": [],
        }
        self.wire = ApplicationCommunicator(application, scope)
        self.frames: list[dict[str, Any]] = []
        self._looked_at = 0
        _open.append(self)

    def unheard(self) -> Iterator[dict[str, Any]]:
        """Yield, once each, the frames that came and were not yielded here before."""
        while self._looked_at < len(self.frames):
            self._looked_at += 1
            yield self.frames[self._looked_at - 1]

    async def open(self) -> bool:
        """Return whether the server takes the line."""
        await self.wire.send_input({"type": "websocket.connect"})
        answer = await self.wire.receive_output(PATIENCE)
        return answer["type"] == "websocket.accept"

    async def hello(self, ticket: str, *, since: int | None = None) -> dict[str, Any]:
        """Open the line, bring a ticket, return the first answer."""
        assert await self.open()
        await self.send({"type": "hello", "ticket": ticket, "since": since})
        return await self.next()

    async def send(self, frame: dict[str, Any]) -> None:
        await self.send_raw(text=json.dumps(frame))

    async def send_raw(self, **content: str | bytes) -> None:
        """Send ``text`` or ``bytes`` as they are."""
        await self.wire.send_input({"type": "websocket.receive", **content})

    async def next(self, patience: float = PATIENCE) -> dict[str, Any]:
        """Return the next frame."""
        message = await self.wire.receive_output(patience)
        if message["type"] == "websocket.close":
            raise Closed(message["code"])
        frame = json.loads(message["text"])
        if frame["type"] != "beat":
            self.frames.append(frame)
            return frame
        return await self.next(patience)

    async def ask(self, verb: str, *, id: str = "", **fields: Any) -> dict[str, Any]:  # noqa: A002
        """Send a command and return its answer; what is told meanwhile is kept."""
        id = id or f"m{next(_ids)}"  # noqa: A001
        await self.send({"type": verb, "id": id, **fields})
        while (frame := await self.next()).get("id") != id:
            pass
        return frame

    async def until(self, kind: str, *, patience: float = PATIENCE) -> dict[str, Any]:
        """Return the next frame of a type or event of a kind."""
        async with asyncio.timeout(patience):
            while kind not in {(frame := await self.next(patience))["type"], frame.get("kind")}:
                pass
        return frame

    async def closes(self, *, within: float = PATIENCE) -> int:
        """Return the code with which the server closes this line."""
        try:
            async with asyncio.timeout(within):
                while True:
                    await self.next(within)
        except Closed as closed:
            return closed.code

    async def is_quiet(self, seconds: float = 0.3) -> bool:
        """Whether nothing but beats is told for a while."""
        with suppress(TimeoutError):
            frames = len(self.frames)
            async with asyncio.timeout(seconds):
                while len(self.frames) == frames:
                    await asyncio.sleep(0.02)
                    while not self.wire.output_queue.empty():
                        await self.next()
        return len(self.frames) == frames

    async def hang_up(self) -> None:
        await self.wire.send_input({"type": "websocket.disconnect", "code": 1005})
        await self.wire.wait(PATIENCE)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == "event"]

    @property
    def words(self) -> list[str]:
        return [event["text"] for event in self.events if "text" in event]


async def hang_up_all() -> None:
    """End every line that a test left open, and wait until the server has let go of it."""
    served = [line.wire._future for line in _open if line.wire._future]
    _open.clear()
    for line in served:
        line.cancel()
    await asyncio.gather(*served, return_exceptions=True)


@dataclass
class Evening:
    """A group whose session begins now: Amina facilitates, Bo and Dara are members, Chen is not."""

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

    async def line(self, name: str, *, since: int | None = None) -> Line:
        """Let a person come to the door; return the line once it answered."""
        line = Line()
        await line.hello(await sync_to_async(self.ticket)(name), since=since)
        return line

    async def inside(self, name: str, by: Line) -> Line:
        """Let a person come in, admitted over a facilitator's line."""
        line = await self.line(name)
        answer = await by.ask("admit", who=self.who(name))
        assert answer["type"] == "ack", answer
        frame = await line.until("room")
        while frame["room"]["you"]["standing"] != "inside":
            frame = await line.until("room")
        return line


def an_evening(*, capacity: int = 12, of: str = "") -> Evening:
    """Make the group, its people with seats, and the room of the hour that begins now.

    ``of`` tells the accounts of one such group from those of another.
    """
    group = make.group(capacity=capacity)
    people = {name: make.person(of + name) for name in ("amina", "bo", "dara", "edith")}
    roles = {"amina": "facilitator", "edith": "co_facilitator"}
    members = {
        name: make.membership(person, group, alias=name.title(), role=roles.get(name, "member"))
        for name, person in people.items()
    }
    occurrence = make.occurrence(group, starts_at=timezone.now() - timedelta(minutes=1))
    for member in members.values():
        make.seat(member, occurrence)
    return Evening(group, occurrence, rooms.room_of(occurrence=occurrence), members)
