"""The door for sockets: reads frames, asks the hub, answers each with a number or a code."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from sessions.actions import leases, tickets
from sessions.live.connection import Close, Frames, Socket
from sessions.live.hub import the_hub
from sessions.live.rate_limits import FRAME_BYTES, HARD_FRAME_BYTES, MEDIA_FRAME_BYTES, is_from_here
from sessions.live.threads import in_database
from sessions.room.codec import Malformed
from sessions.room.command_names import UnknownVerb, parse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sessions.actions.rooms import Outcome
    from sessions.models import Ticket

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

HELLO_WITHIN: Final = 10.0  # seconds
ID_LENGTH: Final = 40
MEDIA: Final = '{"type":"media"'  # only frames that say so at once may be long
MESSAGE_TOO_BIG: Final = 1009  # RFC 6455, 7.4.1
PONG: Final = Frames('{"type":"pong"}')

log = logging.getLogger(__name__)


async def take_line(scope: Any, receive: Receive, send: Send) -> None:
    """Serve one WebSocket as ASGI brings it.

    Without Channels' consumer: that keeps a task for each wait, and hops to a thread for each frame.
    """
    line = RoomLine(scope, send)
    del scope  # what the browser sent along is needed at the door alone
    try:
        while (message := await receive())["type"] != "websocket.disconnect":
            if message["type"] == "websocket.receive":
                await line.receive(message)
            else:
                await line.connect()
    finally:
        await line.disconnect()


class RoomLine:
    """One browser's line into a room.

    First ``{"type": "hello", "ticket": …, "since": 41}``, then commands such as
    ``{"type": "say", "id": "a1", "text": …}``. Each is answered: ``ack`` with its number,
    ``refused`` or ``error`` with a code.
    """

    __slots__ = ("_closing", "_hello", "_is_from_here", "_send", "_write", "socket")

    def __init__(self, scope: Any, send: Send) -> None:
        self._is_from_here = is_from_here(dict(scope["headers"]), scope.get("scheme", "ws"))
        self._write = (scope.get("extensions") or {}).get("websocket.frame")
        self._send = send
        self._hello: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self.socket: Socket | None = None

    async def connect(self) -> None:
        """Take a line of our own pages, and wait for its hello."""
        if not self._is_from_here:
            await self._close(Close.NO_ENTRY)
            return
        await self._send({"type": "websocket.accept"})
        loop = asyncio.get_running_loop()
        self._hello = loop.call_later(HELLO_WITHIN, self._give_up)

    async def disconnect(self) -> None:
        """Let the hub know that the line is closed."""
        if self._hello:
            self._hello.cancel()
        if self.socket:
            await the_hub().leave(self.socket)

    async def receive(self, message: Any) -> None:
        """Do what a frame asks for, or say why not."""
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
            self._hello = None  # it would keep what it was to do
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
        self.socket = Socket(
            self._send,
            room_id=ticket.room_id,
            lease_id=lease_id,
            sign_in=ticket.sign_in,
            write=self._write,
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
        await self._send({"type": "websocket.send", "text": _json(frame)})

    async def _close(self, code: int) -> None:
        if self.socket:
            self.socket.forget()
        await self._send({"type": "websocket.close", "code": int(code)})


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
