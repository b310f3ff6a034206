"""Clients that reconnect, resume and repeat unanswered commands, as static/js/room does."""

from __future__ import annotations

import asyncio
import json
import random
import urllib.request
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

TOKEN = "x" * 32
LOST = (OSError, TimeoutError, WebSocketException)


class Browser:
    """One person's client. ``heard`` are the numbers of received messages, in order of arrival.

    Without ``resumes`` it does not ask for what it missed, like a client of the channel layer alone.
    """

    def __init__(
        self, ports: list[int], hall: dict[str, Any], key: str, *, seed: int, resumes: bool = True
    ) -> None:
        self.ports, self.hall, self.key, self.resumes = ports, hall, key, resumes
        self.heard: list[int] = []
        self.acked: dict[str, int] = {}
        self.last: int | None = None
        self.lives = 0
        self.inside = asyncio.Event()
        self._dice = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self._asked: dict[str, dict[str, Any]] = {}
        self._answers: dict[str, asyncio.Event] = {}
        self._connection: ClientConnection | None = None

    async def live(self) -> None:
        """Keep a connection to one server or the other, for ever."""
        while True:
            port = self.ports[self._dice.randrange(len(self.ports))]
            with suppress(*LOST):
                ticket = await asyncio.to_thread(self.ticket, port)
                origin = f"http://127.0.0.1:{port}"
                async with connect(
                    f"ws://127.0.0.1:{port}/ws/room/", origin=origin, compression=None
                ) as connection:
                    self.lives += 1
                    await self._receive_forever(connection, ticket)
            self._connection = None
            await asyncio.sleep(self._dice.random() * 0.5)

    async def ask(self, command: str, **fields: Any) -> None:
        """Send a command until it is answered, under one id."""
        name = f"{command}-{len(self.acked)}-{self._dice.random()}"
        self._asked[name] = {"type": command, "id": name, **fields}
        answered = self._answers[name] = asyncio.Event()
        if self._connection:
            with suppress(*LOST):
                await self._connection.send(json.dumps(self._asked[name]))
        await answered.wait()

    async def _receive_forever(self, connection: ClientConnection, ticket: str) -> None:
        since = self.last if self.resumes else None
        await connection.send(json.dumps({"type": "hello", "ticket": ticket, "since": since}))
        async for text in connection:
            frame = json.loads(text)
            if frame["type"] in {"room", "missed"}:
                self._connection = connection
                for asked in list(self._asked.values()):
                    await connection.send(json.dumps(asked))
            self._receive(frame)

    def _receive(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "room":
            if frame["room"]["you"]["status"] == "inside":
                self.inside.set()
            if self.resumes:
                for message in frame["messages"]:
                    self._note(message)
            self.last = frame["room"]["seq"]
        elif frame["type"] == "missed":
            for event in frame["events"]:
                self._note(event)
            self.last = frame["seq"]
        elif frame["type"] == "event":
            self._note(frame)
            self.last = frame["seq"]
        elif frame["type"] == "ack":
            self.acked[frame["id"]] = frame["seq"]
            self._asked.pop(frame["id"], None)
            self._answers[frame["id"]].set()
        elif frame["type"] == "refused" and frame["code"] in {"too_fast", "unavailable"}:
            asyncio.get_running_loop().call_later(0.5, self._again, frame["id"])

    def _note(self, event: dict[str, Any]) -> None:
        if event["kind"] == "said" and (self.last is None or event["seq"] > self.last):
            self.heard.append(event["seq"])

    def _again(self, name: str) -> None:
        if self._connection and name in self._asked:
            asking = asyncio.ensure_future(self._connection.send(json.dumps(self._asked[name])))
            asking.add_done_callback(lambda done: done.cancelled() or done.exception())

    def ticket(self, port: int) -> str:
        """Return a new ticket."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{self.hall['ticket']}",
            method="POST",
            headers={
                "Cookie": f"{self.hall['cookie']}={self.key}; csrf={TOKEN}",
                "X-CSRFToken": TOKEN,
            },
        )
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return str(json.load(answer)["ticket"])
