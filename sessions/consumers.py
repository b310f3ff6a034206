"""The consumer of the room's WebSocket: reads frames, and answers each with a number or a code."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from sessions.actions import leases, tickets
from sessions.live.database import in_database
from sessions.live.hub import room_hub
from sessions.live.rate_limits import (
    FRAME_BYTES,
    MAX_FRAME_BYTES,
    MEDIA_FRAME_BYTES,
    is_same_origin,
)
from sessions.live.subscriber import Subscriber
from sessions.live.transport import CloseCode, ConnectionConsumer, Frames
from sessions.room.codec import Malformed
from sessions.room.command_names import UnknownCommand, parse

if TYPE_CHECKING:
    from sessions.models import Ticket

HELLO_SECONDS: Final = 10.0
ID_LENGTH: Final = 40
MEDIA_PREFIX: Final = '{"type":"media"'  # of the frames that may be long
PONG: Final = Frames('{"type":"pong"}')

log = logging.getLogger(__name__)


class RoomConsumer(ConnectionConsumer):
    """One browser's connection to a room.

    The first frame is ``{"type": "hello", "ticket": …, "since": 41}``. Commands follow, such as
    ``{"type": "say", "id": "a1", "text": …}``, each answered by ``ack`` with its number, or by
    ``refused`` or ``error`` with a code.
    """

    _hello_timer: asyncio.TimerHandle | None = None
    _subscriber: Subscriber | None = None

    async def connect(self) -> None:
        """Accept a connection from a page of this site, and expect its hello."""
        headers = dict(self.scope["headers"])
        if not is_same_origin(headers, self.scope.get("scheme", "ws")):
            await self.close(CloseCode.NO_ENTRY)
            return
        await self.accept()
        loop = asyncio.get_running_loop()
        self._hello_timer = loop.call_later(
            HELLO_SECONDS, self.connection.close, CloseCode.MALFORMED
        )

    async def closed(self) -> None:
        """Forget the connection."""
        self._stop_hello_timer()
        if self._subscriber:
            await room_hub().detach(self._subscriber)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Handle one frame."""
        size = len(text_data.encode() if text_data is not None else bytes_data or b"")
        is_media = (text_data or "").startswith(MEDIA_PREFIX)
        if self.connection.is_closed:
            return
        if size > MAX_FRAME_BYTES:
            self.connection.close(CloseCode.TOO_BIG)
        elif size > (MEDIA_FRAME_BYTES if is_media else FRAME_BYTES):
            self._push({"type": "error", "code": "frame_too_big"})
        elif self._subscriber is None:
            await self._on_hello(_parse(text_data))
        else:
            await self._on_frame(self._subscriber, _parse(text_data), size)

    async def _on_hello(self, frame: dict[str, Any]) -> None:
        """Redeem the ticket and enter the room."""
        since = frame.get("since")
        if (
            frame.get("type") != "hello"
            or not isinstance(frame.get("ticket"), str)
            or not (since is None or type(since) is int)
        ):
            self._refuse_entry("malformed", CloseCode.MALFORMED)
            return
        self._stop_hello_timer()
        try:
            ticket, lease = await in_database(
                tickets.open_connection, token=frame["ticket"], now=timezone.now()
            )
        except tickets.BadTicket as error:
            self._refuse_entry(error.code, CloseCode.SIGNED_OUT)
        except leases.TooManySockets as error:
            self._refuse_entry(error.code, CloseCode.TOO_MANY)
        else:
            await self._enter(ticket, lease.pk, since)

    async def _enter(self, ticket: Ticket, lease_id: int, since: int | None) -> None:
        self._subscriber = Subscriber(
            self.connection, room_id=ticket.room_id, lease_id=lease_id, sign_in=ticket.sign_in
        )
        outcome = await room_hub().enter(self._subscriber, since=since)
        if outcome.refusal:
            self._refuse_entry(outcome.refusal, CloseCode.NO_ENTRY)

    async def _on_frame(self, subscriber: Subscriber, frame: dict[str, Any], size: int) -> None:
        """Check the rate limit, then carry out a frame. An error is answered to its sender only."""
        hub = room_hub()
        is_media = frame.get("type") == "media"
        bucket = hub.media_bucket_of(subscriber) if is_media else hub.bucket_of(subscriber)
        cost = 1 + size // FRAME_BYTES
        if not bucket.take(asyncio.get_running_loop().time(), cost=cost):
            self._push({"type": "refused", "id": _message_id(frame), "code": "too_fast"})
            if bucket.is_exhausted:
                self.connection.close(CloseCode.TOO_MANY)
        elif is_media:
            await hub.calls.receive(subscriber, frame)
        elif frame.get("type") == "ping":
            self.connection.push(PONG)
        else:
            self._push(await self._answer(subscriber, frame))

    async def _answer(self, subscriber: Subscriber, frame: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command and return the frame that answers it."""
        message_id = _message_id(frame)
        if message_id is None:
            return {"type": "error", "id": None, "code": "id_missing"}
        try:
            command = parse(frame, by=subscriber.who)
            outcome = await room_hub().submit(subscriber, command, message_id=message_id)
        except UnknownCommand:
            return {"type": "error", "id": message_id, "code": "unknown_type"}
        except Malformed:
            return {"type": "error", "id": message_id, "code": "malformed"}
        except Exception:
            log.exception("a command failed")
            return {"type": "refused", "id": message_id, "code": "unavailable"}
        if outcome.refusal:
            return {"type": "refused", "id": message_id, "code": outcome.refusal}
        return {"type": "ack", "id": message_id, "seq": outcome.seq}

    def _refuse_entry(self, code: str, close: CloseCode) -> None:
        self._push({"type": "refused", "id": None, "code": code})
        self.connection.close(close)

    def _push(self, frame: dict[str, Any]) -> None:
        self.connection.push(Frames(json.dumps(frame, separators=(",", ":"))))

    def _stop_hello_timer(self) -> None:
        if self._hello_timer:
            self._hello_timer.cancel()
            self._hello_timer = None


def _parse(text: str | None) -> dict[str, Any]:
    """Return the object of a frame; for anything else one without a type."""
    try:
        frame = json.loads(text or "")
    except (ValueError, RecursionError):
        return {"type": None}
    return frame if isinstance(frame, dict) else {"type": None}


def _message_id(frame: dict[str, Any]) -> str | None:
    """Return the id of a frame, if it is valid."""
    message_id = frame.get("id")
    if (
        isinstance(message_id, str)
        and 0 < len(message_id) <= ID_LENGTH
        and message_id.isprintable()
    ):
        return message_id
    return None
