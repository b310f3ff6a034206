"""Uvicorn's WebSocket protocol with the ASGI extension ``websocket.frame``.

Uvicorn builds each frame anew for each connection, which is half of the cost of a full room. The
extension takes bytes that are complete frames already, so that one frame serves all connections. Its
functions are ``write``, ``drain`` and ``abort`` below. ``sessions.live.transport`` is its only user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from websockets.http11 import Request


class FramesProtocol(WebSocketsSansIOProtocol):
    """Offers the extension on connections without compression, which complete frames lack."""

    def handle_connect(self, event: Request) -> None:
        """Add the extension to the scope before the application is started."""
        super().handle_connect(event)
        if not (self.close_sent or self.config.ws_per_message_deflate):
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions["websocket.frame"] = {
                "write": self.write_frames,
                "drain": self.drain,
                "abort": self.abort,
            }

    def write_frames(self, frames: bytes) -> bool:
        """Write complete frames; return False, and write nothing, while the buffer is full.

        Raises:
            ClientDisconnected: the connection is closed or closing.
        """
        if self.disconnected or self.close_sent or self.transport.is_closing():
            raise ClientDisconnected
        if not self.writable.is_set():
            return False
        self.transport.write(frames)
        return True

    async def drain(self) -> None:
        """Wait until the buffer has room again, or the connection is lost."""
        await self.writable.wait()

    def abort(self) -> None:
        """Drop the connection and what is still in its buffer."""
        self.transport.abort()
