"""The ASGI extension ``websocket.frame`` of a test client (``config.websocket_protocol``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import State
from websockets.uri import parse_uri

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


class FramesExtension:
    """Parses complete frames as a browser does, and passes their texts on.

    ``writes`` are the bytes of each successful write. Writing fails while ``reading`` is not set.
    """

    def __init__(self, reading: asyncio.Event, on_text: Callable[[str], None]) -> None:
        self.reading = reading
        self.writes: list[bytes] = []
        self.is_aborted = False
        self._on_text = on_text
        self._browser = ClientProtocol(parse_uri("ws://127.0.0.1/"), state=State.OPEN)

    def functions(self) -> dict[str, Any]:
        return {"write": self.write, "drain": self.reading.wait, "abort": self.abort}

    def write(self, frames: bytes) -> bool:
        if not self.reading.is_set():
            return False
        self.writes.append(frames)
        self._browser.receive_data(frames)
        for event in self._browser.events_received():
            assert isinstance(event, Frame)
            self._on_text(bytes(event.data).decode())
        return True

    def abort(self) -> None:
        self.is_aborted = True
