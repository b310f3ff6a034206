"""The door for sockets: reads frames, asks the hub, answers each with a number or a code."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any, Final

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.utils import timezone

from sessions.actions import leases, tickets
from sessions.hub import the_hub
from sessions.limits import FRAME_BYTES, HARD_FRAME_BYTES, MEDIA_FRAME_BYTES, is_from_here
from sessions.room.codec import Malformed
from sessions.room.verbs import UnknownVerb, parse
from sessions.sockets import Close, Frames, Socket
from sessions.threads import in_database

if TYPE_CHECKING:
    from sessions.actions.rooms import Outcome
    from sessions.models import Ticket

HELLO_WITHIN: Final = 10.0  # seconds
ID_LENGTH: Final = 40
MEDIA: Final = '{"type":"media"'  # only frames that say so at once may be long
MESSAGE_TOO_BIG: Final = 1009  # RFC 6455, 7.4.1
PONG: Final = Frames('{"type":"pong"}')

log = logging.getLogger(__name__)


class RoomConsumer(AsyncConsumer):
    """One browser's line into a room.

    First ``{"type": "hello", "ticket": …, "since": 41}``, then commands such as
    ``{"type": "say", "id": "a1", "text": …}``. Each is answered: ``ack`` with its number,
    ``refused`` or ``error`` with a code.
    """

    channel_layer_alias = ""  # the hub has the one channel of this process
    socket: Socket | None = None
    _hello: asyncio.TimerHandle | None = None

    async def dispatch(self, message: Any) -> None:
        """Handle a frame without the thread hop that Channels makes to tidy connections."""
        if message["type"] == "websocket.receive":
            await self._receive(message)
        elif message["type"] == "websocket.connect":
            await self._connect()
        else:
            await self._disconnect()

    async def _connect(self) -> None:
        scheme = self.scope.get("scheme", "ws")
        if not is_from_here(dict(self.scope["headers"]), scheme):
            await self._close(Close.NO_ENTRY)
            return
        await self.send({"type": "websocket.accept"})
        loop = asyncio.get_running_loop()
        self._hello = loop.call_later(HELLO_WITHIN, self._give_up)

    async def _disconnect(self) -> None:
        if self._hello:
            self._hello.cancel()
        if self.socket:
            await the_hub().leave(self.socket)
        raise StopConsumer

    async def _receive(self, message: Any) -> None:
        text = message.get("text")
        size = len(text.encode() if text is not None else message.get("bytes") or b"")
        if size > HARD_FRAME_BYTES:
            await self._close(MESSAGE_TOO_BIG)
        elif size > (MEDIA_FRAME_BYTES if (text or "").startswith(MEDIA) else FRAME_BYTES):
            await self._say({"type": "error", "code": "frame_too_big"})
        elif self.socket is None:
            await self._enter(_read(text))
        elif not self.socket.is_closed:
            await self._obey(self.socket, _read(text), size)

    async def _enter(self, frame: dict[str, Any]) -> None:
        """Redeem the ticket and come to the door; everything else is refused before that."""
        since = frame.get("since")
        if (
            frame.get("type") != "hello"
            or not isinstance(frame.get("ticket"), str)
            or not (since is None or type(since) is int)
        ):
            await self._refuse_entry("malformed", Close.MALFORMED)
            return
        if self._hello:
            self._hello.cancel()
        now = timezone.now()
        try:
            opening = in_database(tickets.open_line, token=frame["ticket"], now=now)
            ticket, lease = await opening
        except tickets.BadTicket as error:
            await self._refuse_entry(error.code, Close.SIGNED_OUT)
        except leases.TooManySockets as error:
            await self._refuse_entry(error.code, Close.TOO_MANY)
        else:
            await self._come_in(ticket, lease.pk, since)

    async def _come_in(self, ticket: Ticket, lease_id: int, since: int | None) -> None:
        extensions: dict[str, Any] = self.scope.get("extensions") or {}
        self.socket = Socket(
            self.base_send,
            room_id=ticket.room_id,
            lease_id=lease_id,
            sign_in=ticket.sign_in,
            write=extensions.get("websocket.frame"),
        )
        outcome = await the_hub().enter(self.socket, since=since)
        if outcome.refusal:
            await self._refuse_entry(outcome.refusal, Close.NO_ENTRY)

    async def _obey(self, socket: Socket, frame: dict[str, Any], size: int) -> None:
        """Do one command; whatever goes wrong is told to this browser and disturbs no other."""
        hub = the_hub()
        is_media = frame.get("type") == "media"
        bucket = hub.media_bucket_of(socket) if is_media else hub.bucket_of(socket)
        cost = 1 + size // FRAME_BYTES  # a long description counts as several
        if not bucket.take(asyncio.get_running_loop().time(), cost=cost):
            refused = {"type": "refused", "id": _id(frame), "code": "too_fast"}
            socket.push(Frames(_json(refused)))
            if bucket.is_exhausted:
                socket.close(Close.TOO_MANY)
            return
        if is_media:
            await hub.calls.hear(socket, frame)
            return
        if frame.get("type") == "ping":
            socket.push(PONG)
            return
        socket.push(Frames(_json(await self._answer(socket, frame))))

    async def _answer(self, socket: Socket, frame: dict[str, Any]) -> dict[str, Any]:
        message_id = _id(frame)
        if message_id is None:
            return {"type": "error", "id": None, "code": "id_missing"}
        try:
            command = parse(frame, by=socket.who)
            outcome: Outcome = await the_hub().ask(socket, command, message_id=message_id)
        except Malformed as error:
            code = "unknown_type" if isinstance(error, UnknownVerb) else "malformed"
            return {"type": "error", "id": message_id, "code": code}
        except Exception:
            log.exception("a command failed")
            return {"type": "refused", "id": message_id, "code": "unavailable"}
        if outcome.refusal:
            return {"type": "refused", "id": message_id, "code": outcome.refusal}
        return {"type": "ack", "id": message_id, "seq": outcome.seq}

    async def _refuse_entry(self, code: str, close: Close) -> None:
        await self._say({"type": "refused", "id": None, "code": code})
        await self._close(close)

    def _give_up(self) -> None:
        self._closing = asyncio.create_task(self._close(Close.MALFORMED))

    async def _say(self, frame: dict[str, Any]) -> None:
        await self.send({"type": "websocket.send", "text": _json(frame)})

    async def _close(self, code: int) -> None:
        if self.socket:
            self.socket.forget()
        await self.send({"type": "websocket.close", "code": int(code)})


def _read(text: str | None) -> dict[str, Any]:
    """Return a frame's object; anything that is none reads as an empty one."""
    try:
        frame = json.loads(text or "")
    except (ValueError, RecursionError):
        return {"type": None}
    return frame if isinstance(frame, dict) else {"type": None}


def _id(frame: dict[str, Any]) -> str | None:
    message_id = frame.get("id")
    if (
        isinstance(message_id, str)
        and 0 < len(message_id) <= ID_LENGTH
        and message_id.isprintable()
    ):
        return message_id
    return None


def _json(frame: dict[str, Any]) -> str:
    return json.dumps(frame, separators=(",", ":"))
