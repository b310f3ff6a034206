"""WebSocket clients that use little CPU: one asyncio protocol each."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
from typing import Any, Final

SHORT: Final = 126  # RFC 6455, section 5.2: from this length on, the length takes two more bytes
LONG: Final = 127
TEXT: Final = 0x81
PING: Final = 0x89
PONG: Final = 0x8A
MASKED: Final = 0x80
NO_MASK: Final = bytes(4)  # clients must send a mask, and zeros change nothing
STAMP: Final = b'"@'


class TimedClient(asyncio.Protocol):
    """One WebSocket. ``delays`` are the seconds that each text with a timestamp took."""

    def __init__(self, path: str, port: int, hello: dict[str, Any] | None, cookie: str) -> None:
        self.delays: list[float] = []
        self.is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._hello = hello
        self._data = b""
        self._is_upgraded = False
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Cookie: {cookie}\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
        )

    def connection_made(self, transport: Any) -> None:
        """Send the handshake."""
        self.transport = transport
        transport.write(self._request.encode())

    def connection_lost(self, error: Exception | None) -> None:
        """Fail the opening, if it still waits."""
        if not self.is_open.done():
            self.is_open.set_exception(error or ConnectionResetError("closed before it was open"))

    def data_received(self, data: bytes) -> None:
        """Parse and handle received frames."""
        self._data += data
        if not self._is_upgraded and not self._upgrade():
            return
        while (frame := self._next()) is not None:
            self._hear(*frame)

    def say(self, frame: dict[str, Any]) -> None:
        """Send an object."""
        self._send(TEXT, json.dumps(frame).encode())

    def send_timestamp(self) -> None:
        """Send a message with the current time."""
        now = f"@{time.perf_counter():.6f}"
        self.say({"type": "say", "id": now, "text": now})

    def _upgrade(self) -> bool:
        head, end, rest = self._data.partition(b"\r\n\r\n")
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 101"):
            self.transport.abort()
            return False
        self._data, self._is_upgraded = rest, True
        if self._hello:
            self.say(self._hello)
        else:
            self.is_open.set_result(None)
        return True

    def _next(self) -> tuple[int, bytes] | None:
        """Return the next complete frame: unmasked, as from a server, and not fragmented."""
        data = self._data
        if len(data) < 2:
            return None
        length, at = data[1], 2
        if length in {SHORT, LONG}:
            shape, at = (">H", 4) if length == SHORT else (">Q", 10)
            if len(data) < at:
                return None
            (length,) = struct.unpack_from(shape, data, 2)
        if len(data) < at + length:
            return None
        self._data = data[at + length :]
        return data[0], data[at : at + length]

    def _hear(self, kind: int, payload: bytes) -> None:
        if kind == PING:
            self._send(PONG, payload)
        elif not self.is_open.done():
            self.is_open.set_result(None)
        elif kind == TEXT and b'"event"' in payload and (at := payload.find(STAMP)) >= 0:
            sent = payload[at + 2 : payload.index(b'"', at + 2)]
            self.delays.append(time.perf_counter() - float(sent))

    def _send(self, kind: int, payload: bytes) -> None:
        short = len(payload) < SHORT
        length = bytes([MASKED | len(payload)]) if short else struct.pack(">BH", 0xFE, len(payload))
        self.transport.write(bytes([kind]) + length + NO_MASK + payload)


async def connect(
    path: str, port: int, hello: dict[str, Any] | None = None, *, cookie: str = ""
) -> TimedClient:
    """Return a client when the handshake is done, or when the ``hello`` was answered."""
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(
        lambda: TimedClient(path, port, hello, cookie), "127.0.0.1", port
    )
    await client.is_open
    return client
