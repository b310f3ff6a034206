"""WebSocket connections of the room, and the consumer that serves them.

This module is the only one that leaves Channels' way of serving a connection. ``Connection`` has two
implementations. ``QueuedConnection`` uses nothing but ``AsyncWebsocketConsumer`` and works with every
ASGI server. ``FrameConnection`` is used when the server offers the extension ``websocket.frame``
(``config.websocket_protocol``): it writes bytes that are built once for all connections, and its
consumer has neither a task for each wait nor a change of threads for each frame. Both send the same
texts with the same limits (``tests/sessions/live/test_transport.py``); ``benchmarks/bench_rooms.py``
measures both.
"""

from __future__ import annotations

import asyncio
import struct
from abc import ABC, abstractmethod
from contextlib import suppress
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from channels.generic.websocket import AsyncWebsocketConsumer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

MAX_BACKLOG_BYTES: Final = 256 * 1024  # that one connection has not taken yet
CLOSE_SECONDS: Final = 5.0  # for the backlog and the close frame
EXTENSION: Final = "websocket.frame"
TEXT_OPCODE: Final = 0x81  # RFC 6455, section 5.2: a text frame that is complete
LENGTH_IN_2_BYTES: Final = 126
LENGTH_IN_8_BYTES: Final = 127


class CloseCode(IntEnum):
    """Why the server closes a connection. Browsers switch on it."""

    TOO_BIG = 1009  # RFC 6455, section 7.4.1
    MALFORMED = 4400
    SIGNED_OUT = 4401
    NO_ENTRY = 4403
    TOO_SLOW = 4409  # reconnect and catch up
    GONE = 4410
    TOO_MANY = 4429


class Frames:
    """Texts to send to one connection or to many. ``bytes`` are built once, on first use."""

    __slots__ = ("_bytes", "texts")

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self._bytes = b""

    @classmethod
    def joined(cls, parts: Sequence[Frames]) -> Frames:
        """Return the texts of all parts, reusing the bytes that were built already."""
        if len(parts) == 1:
            return parts[0]
        whole = cls(*(text for part in parts for text in part.texts))
        whole._bytes = b"".join(part.bytes for part in parts)
        return whole

    @property
    def bytes(self) -> bytes:
        """Return a WebSocket frame for each text: from a server, so unmasked (RFC 6455, 5.1)."""
        if not self._bytes:
            payloads = [text.encode() for text in self.texts]
            self._bytes = b"".join(_header(len(payload)) + payload for payload in payloads)
        return self._bytes


def _header(length: int) -> bytes:
    if length < LENGTH_IN_2_BYTES:
        return struct.pack(">BB", TEXT_OPCODE, length)
    if length < 1 << 16:
        return struct.pack(">BBH", TEXT_OPCODE, LENGTH_IN_2_BYTES, length)
    return struct.pack(">BBQ", TEXT_OPCODE, LENGTH_IN_8_BYTES, length)


class Connection(ABC):
    """An open WebSocket. Sending never blocks; one that cannot keep up is closed.

    Frames that the server does not take at once are queued. One writer task sends them in order. When
    more than ``MAX_BACKLOG_BYTES`` are queued the connection is closed as too slow. The frames that
    the writer is sending do not count, so that a long snapshot can be sent to anyone.
    """

    __slots__ = ("_backlog", "_backlog_bytes", "_send", "_writer", "is_closed")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._backlog: list[Frames] = []  # usually empty, and an empty list is smaller than a deque
        self._backlog_bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self.is_closed = False

    def push(self, frames: Frames) -> None:
        """Send frames, after those that are queued. Closed connections ignore them."""
        if self.is_closed:
            return
        if self._writer is not None:
            self._backlog.append(frames)
            self._backlog_bytes += len(frames.bytes)
            if self._backlog_bytes > MAX_BACKLOG_BYTES:
                self.close(CloseCode.TOO_SLOW)
            return
        try:
            if not self._write_now(frames):
                self._writer = asyncio.create_task(self._write_queued(frames))
        except (OSError, RuntimeError):  # disconnected; the consumer is about to be told
            self.abandon()

    def offer(self, frames: Frames) -> None:
        """Send frames that may be lost: drop them while half of the backlog is used."""
        if self._backlog_bytes < MAX_BACKLOG_BYTES // 2:
            self.push(frames)

    def close(self, code: CloseCode) -> None:
        """Send what is queued, then close. One that is too slow loses what is queued."""
        if self.is_closed:
            return
        self.is_closed = True
        if code is CloseCode.TOO_SLOW:
            self._backlog.clear()
        _keep(asyncio.create_task(self._finish(code)))

    def abandon(self) -> None:
        """Stop sending on a connection that is closed by the other side."""
        self.is_closed = True
        self._backlog.clear()
        if self._writer:
            self._writer.cancel()

    @abstractmethod
    def _write_now(self, frames: Frames) -> bool:
        """Send frames without waiting; return False, and send nothing, if that is impossible."""

    @abstractmethod
    async def _write(self, frames: Frames) -> None:
        """Send frames, waiting until the server takes them."""

    @abstractmethod
    def _abort(self) -> None:
        """Cut a connection that did not take its close frame in time."""

    async def _write_queued(self, frames: Frames) -> None:
        with suppress(OSError, RuntimeError):
            await self._write(frames)
            while self._backlog:
                following = self._backlog.pop(0)
                self._backlog_bytes -= len(following.bytes)
                await self._write(following)
        self._writer = None

    async def _finish(self, code: CloseCode) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                if self._writer:
                    await self._writer
                await self._send({"type": "websocket.close", "code": int(code)})
        except TimeoutError:
            self._abort()
        except (OSError, RuntimeError):
            return  # disconnected meanwhile


class QueuedConnection(Connection):
    """A connection on any ASGI server: every frame goes through the writer task."""

    __slots__ = ()

    def _write_now(self, frames: Frames) -> bool:  # noqa: ARG002 - the interface
        return False

    async def _write(self, frames: Frames) -> None:
        for text in frames.texts:
            await self._send({"type": "websocket.send", "text": text})

    def _abort(self) -> None:
        """Do nothing: ASGI has no message for it. The server's keep-alive ends the connection."""


class FrameConnection(Connection):
    """A connection on a server with the extension: complete frames are written at once."""

    __slots__ = ("_abort_transport", "_drain", "_write_bytes")

    def __init__(self, send: Send, extension: dict[str, Any]) -> None:
        super().__init__(send)
        self._write_bytes: Callable[[bytes], bool] = extension["write"]
        self._drain: Callable[[], Awaitable[None]] = extension["drain"]
        self._abort_transport: Callable[[], None] = extension["abort"]

    def _write_now(self, frames: Frames) -> bool:
        return self._write_bytes(frames.bytes)

    async def _write(self, frames: Frames) -> None:
        while not self._write_bytes(frames.bytes):
            await self._drain()

    def _abort(self) -> None:
        self._abort_transport()


class ConnectionConsumer(AsyncWebsocketConsumer):
    """Channels' consumer with a ``connection``, of the fast kind if the server offers it.

    Subclasses define ``connect`` and ``receive``, as in Channels, and ``closed``, which is awaited
    once however the connection ends.
    """

    connection: Connection
    channel_layer_alias = ""  # none: only the hub uses the channel layer, for all connections

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        extension = (scope.get("extensions") or {}).get(EXTENSION)
        try:
            if extension is None:
                self.connection = QueuedConnection(send)
                await super().__call__(scope, receive, send)
            else:
                self.connection = FrameConnection(send, extension)
                await self._serve(scope, receive, send)
        finally:
            self.connection.abandon()
            await self.closed()

    async def closed(self) -> None:
        """Release what the connection held."""

    async def _serve(self, scope: Any, receive: Receive, send: Send) -> None:
        """Await one message after the other in this task.

        Channels' loop instead has a task for each message, and closes old database connections on
        another thread before each, which ``sessions.live.database`` does for the room.
        """
        self.scope, self.base_send = scope, send
        while (message := await receive())["type"] != "websocket.disconnect":
            if message["type"] == "websocket.receive":
                await self.websocket_receive(message)
            else:
                await self.connect()


_running: set[asyncio.Task[None]] = set()


def _keep(task: asyncio.Task[None]) -> None:
    """Hold a reference to a task until it is done; the event loop has a weak one only."""
    _running.add(task)
    task.add_done_callback(_running.discard)
