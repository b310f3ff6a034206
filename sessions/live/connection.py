"""One browser's line: never blocks the room, and is cut when it cannot keep up."""

from __future__ import annotations

import asyncio
import struct
import types
from contextlib import suppress
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence

    from sessions.models import SignIn
    from sessions.room.events import Circle

OUTBOX_BYTES: Final = 256 * 1024
CLOSE_WITHIN: Final = 5.0  # seconds


TEXT_FRAME: Final = 0x81  # RFC 6455, 5.2: a text, whole
TWO_BYTES: Final = 126
EIGHT_BYTES: Final = 127


class Frames:
    """Texts under way to one socket or many; ``bytes`` are built once, when first asked for."""

    __slots__ = ("_bytes", "texts")

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self._bytes = b""

    @classmethod
    def joined(cls, parts: Sequence[Frames]) -> Frames:
        """Return these one after the other, with the bytes that are built already."""
        if len(parts) == 1:
            return parts[0]
        whole = cls(*(text for part in parts for text in part.texts))
        whole._bytes = b"".join(part.bytes for part in parts)
        return whole

    @property
    def bytes(self) -> bytes:
        """Return them as WebSocket frames of a server: not masked, each in one piece."""
        if not self._bytes:
            payloads = [text.encode() for text in self.texts]
            self._bytes = b"".join(_head(len(payload)) + payload for payload in payloads)
        return self._bytes


def _head(length: int) -> bytes:
    if length < TWO_BYTES:
        return struct.pack(">BB", TEXT_FRAME, length)
    if length < 1 << 16:
        return struct.pack(">BBH", TEXT_FRAME, TWO_BYTES, length)
    return struct.pack(">BBQ", TEXT_FRAME, EIGHT_BYTES, length)


class Close(IntEnum):
    """Why the server closes a line; browsers switch on it."""

    MALFORMED = 4400
    SIGNED_OUT = 4401
    NO_ENTRY = 4403
    TOO_SLOW = 4409  # reconnect and catch up
    GONE = 4410
    TOO_MANY = 4429


class Socket:
    """An open WebSocket. ``seen`` is the last event it was told, or did not need to be."""

    __slots__ = (
        "_backlog",
        "_backlog_bytes",
        "_drain",
        "_send",
        "_write",
        "circles",
        "is_closed",
        "is_held",
        "lease_id",
        "renew_at",
        "room_id",
        "seen",
        "sign_in",
        "who",
    )

    def __init__(
        self,
        send: Callable[[Any], Awaitable[None]],
        *,
        room_id: int,
        lease_id: int,
        sign_in: SignIn,
        write: Callable[[bytes], bool] | None = None,
    ) -> None:
        self._send = send
        self._write = write
        self._backlog: list[Frames] = []  # nearly always empty, and then a tenth of a deque
        self._backlog_bytes = 0
        self._drain: asyncio.Task[None] | None = None
        self.room_id = room_id
        self.who = sign_in.who
        self.lease_id = lease_id
        self.renew_at = 0.0  # a monotonic second
        self.sign_in = sign_in
        self.circles: frozenset[Circle] = frozenset()
        self.seen = 0
        self.is_held = True  # until its picture of the room is on its way
        self.is_closed = False

    def push(self, frames: Frames) -> None:
        """Send texts now if the line takes them at once; otherwise keep them, up to 256 KiB."""
        if self.is_closed:
            return
        if self._drain is None:
            self._send_now(frames)
            return
        self._backlog.append(frames)
        self._backlog_bytes += len(frames.bytes)
        if self._backlog_bytes > OUTBOX_BYTES:
            self.close(Close.TOO_SLOW)

    def offer(self, frames: Frames) -> None:
        """Send what may be lost: a line with half a backlog is spared it, not cut by it."""
        if self._backlog_bytes < OUTBOX_BYTES // 2:
            self.push(frames)

    def close(self, code: Close) -> None:
        """Stop sending and hang up."""
        if self.is_closed:
            return
        self.forget()
        _keep(asyncio.create_task(self._hang_up(code)))

    def forget(self) -> None:
        """Stop sending; the line is, or soon will be, closed."""
        self.is_closed = True
        self._backlog.clear()
        if self._drain:
            self._drain.cancel()

    def _send_now(self, frames: Frames) -> None:
        """Write ready bytes where the server takes them, and otherwise text by text."""
        try:
            if self._write and self._write(frames.bytes):
                return
            for at, text in enumerate(frames.texts):
                if not self._send_eagerly(text):
                    rest = Frames(*frames.texts[at + 1 :])
                    self._backlog.append(rest)
                    self._backlog_bytes += len(rest.bytes)
                    return
        except (OSError, RuntimeError):  # the browser has gone; its consumer is about to hear it
            self.forget()

    def _send_eagerly(self, text: str) -> bool:
        """Run the send as far as it goes without waiting, which is nearly always to its end.

        A task per text and socket would cost more than the text itself.
        """
        sending: Any = self._send({"type": "websocket.send", "text": text})
        try:
            awaited = sending.send(None)
        except StopIteration:
            return True
        self._drain = asyncio.create_task(self._send_the_rest(_resume(sending, awaited)))
        return False

    async def _send_the_rest(self, first: Awaitable[None]) -> None:
        with suppress(OSError, RuntimeError):
            await first
            while self._backlog:
                frames = self._backlog.pop(0)
                self._backlog_bytes -= len(frames.bytes)
                for text in frames.texts:
                    await self._send({"type": "websocket.send", "text": text})
        self._drain = None

    async def _hang_up(self, code: Close) -> None:
        with suppress(OSError, RuntimeError, TimeoutError):
            message = {"type": "websocket.close", "code": int(code)}
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._send(message)
            return
        # A line that takes no more bytes takes no farewell either. ASGI has no word for
        # cutting it; uvicorn's protocol object does.
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()


_running: set[asyncio.Task[None]] = set()


def _keep(task: asyncio.Task[None]) -> None:
    """Hold on to a task: the event loop alone does not."""
    _running.add(task)
    task.add_done_callback(_running.discard)


@types.coroutine
def _resume(coroutine: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    """Go on with a coroutine that already stopped once to wait for ``awaited``."""
    try:
        while True:
            try:
                value = yield awaited
            except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the coroutine
                awaited = coroutine.throw(error)
            else:
                awaited = coroutine.send(value)
    except StopIteration:
        return
