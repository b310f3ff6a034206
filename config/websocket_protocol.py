"""Uvicorn's WebSocket, for which a frame that goes to many is built once.

Uvicorn builds each frame anew for each line: half of what a full room costs. This protocol also
takes bytes that are a frame already, as the ASGI extension ``websocket.frame``: a function that
returns False when the line must be waited for. Who does not find it sends texts, as everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from websockets.http11 import Request


class FramesProtocol(WebSocketsSansIOProtocol):
    """A WebSocket that takes whole frames too, unless it compresses: those are not."""

    def handle_connect(self, event: Request) -> None:
        """Offer the extension before the application reads the scope."""
        super().handle_connect(event)
        if not (self.close_sent or self.config.ws_per_message_deflate):
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions["websocket.frame"] = self.write_frame

    def write_frame(self, frame: bytes) -> bool:
        """Write a frame at once; return False when the browser has not read the last ones.

        Raises:
            ClientDisconnected: the line is, or soon will be, closed.
        """
        if self.disconnected or self.close_sent or self.transport.is_closing():
            raise ClientDisconnected
        if not self.writable.is_set():
            return False
        self.transport.write(frame)
        return True
