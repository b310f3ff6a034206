"""The Janus backend: this process controls a media server that forwards audio and video.

Browsers signal over the room's WebSocket and never to Janus itself. Janus mutes what a person may not
send, whatever the browser does. When this process stops, its windows lose their media and reconnect to
another process. When Janus restarts, browsers are told and start again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils import timezone

from sessions.media import sdp
from sessions.media.backend import MediaCode, MediaRefused
from sessions.media.janus.call import Call, ReceivePreferences
from sessions.media.janus.connection import JanusConnection, JanusDown, JanusRefused
from sessions.media.janus.videoroom import VideoRoom
from sessions.media.turn import issue_turn_credentials

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from sessions.media.backend import Signalling, Window
    from sessions.room.media import Rights

MAX_CANDIDATES: Final = 20
SIZES: Final = range(3)
CONNECTION_TASK: Final = "connection to Janus"
UP_SECONDS: Final = 3.0
KEY_CHARACTERS: Final = 4096


class Janus:
    """The Janus backend of one process. It connects to Janus on first use."""

    def __init__(self, signalling: Signalling) -> None:
        self._signalling = signalling
        self._calls: dict[Window, Call] = {}
        self._running: asyncio.Task[None] | None = None
        self._broke = False
        self._connection = JanusConnection(
            settings.JANUS_URL, settings.JANUS_SECRET, on_down=self._lose_all
        )

    async def admit(self, window: Window, rights: Rights) -> None:
        """Take a window into the call and announce it, or welcome it again.

        Raises:
            MediaRefused: ``UNAVAILABLE``, while Janus is down.
        """
        self._connect()
        await self._done(self._connection.wait_until_up(UP_SECONDS))
        call = self._calls.get(window)
        if is_new := call is None or call.is_over:
            call = await self._open(window, rights)
        else:
            await self._done(call.grant(rights))
        welcome = {"kind": "welcome", "backend": "janus", "you": window.key}
        self._signalling.send(window, {**welcome, "ice": self.credentials(window)})
        if is_new:
            self._enter(call)

    async def receive(self, window: Window, frame: Mapping[str, Any]) -> None:
        """Handle a frame.

        Raises:
            MediaRefused: it is malformed, shows an address that the TURN server should hide, or
                Janus is down or refused it.
        """
        kind = frame.get("kind")
        call = self._calls.get(window)
        if call is None:
            raise MediaRefused(MediaCode.NOT_IN_CALL)
        if kind == "description":
            await self._describe(call, frame)
        elif kind == "candidates":
            await self._trickle(call, frame)
        elif kind == "take":
            await self._done(call.prefer(_preferences(frame)))
        elif kind in {"here", "key"}:
            self._relay_key(window, frame)
        else:
            raise MediaRefused(MediaCode.MALFORMED)

    async def grant(self, window: Window, rights: Rights) -> None:
        """Mute what a person may not send from now on."""
        if call := self._calls.get(window):
            await self._done(call.grant(rights))

    async def remove(self, window: Window) -> None:
        """Close a window's connections, and tell the others, which then change their keys."""
        if call := self._calls.pop(window, None):
            await call.close()
            self._signalling.relay(window, {"kind": "gone", "by": "janus"})

    async def close(self, room_id: int) -> None:
        """Destroy the room at Janus if no process has a window in it."""
        try:
            handle = await VideoRoom.attach(self._connection, room_id, lambda _: None)
            if not await handle.feeds():
                await handle.destroy()
            await handle.detach()
        except (JanusDown, JanusRefused):
            return  # there is no room

    def credentials(self, window: Window) -> dict[str, Any]:
        """Return TURN credentials. Without a TURN server, browsers connect to Janus directly."""
        now = timezone.now()
        relay = issue_turn_credentials(room_id=window.room_id, who=window.who, now=now)
        return {
            "iceServers": [relay.as_ice_server()] if relay else [],
            "iceTransportPolicy": "relay" if relay else "all",
            "renew_in": int((relay.renew_at - now).total_seconds()) if relay else None,
        }

    async def is_healthy(self) -> bool:
        """Return whether the connection is up, and has been since the last call.

        A restart of Janus in between ended every call, so it must be noticed once.
        """
        self._connect()
        broke, self._broke = self._broke, False
        return not broke and self._connection.is_up is not False

    async def _open(self, window: Window, rights: Rights) -> Call:
        await self.remove(window)
        call = Call(
            self._connection, window, lambda message: self._signalling.send(window, message)
        )
        self._calls[window] = call
        try:
            await self._done(call.open(rights))
        except MediaRefused:
            await self.remove(window)
            raise
        return call

    def _enter(self, call: Call) -> None:
        """Start a welcomed window's subscriptions, and announce it to the others."""
        call.start()
        self._signalling.relay(call.window, {"kind": "hello", "by": "janus"})

    def _connect(self) -> None:
        if self._running is None:
            self._running = asyncio.create_task(self._connection.run(), name=CONNECTION_TASK)

    def _lose_all(self) -> None:
        """Tell every browser to start again, because its call is no longer controlled."""
        self._broke = True
        for call in self._calls.values():
            call.lose()

    async def _describe(self, call: Call, frame: Mapping[str, Any]) -> None:
        described = sdp.read_description(
            frame.get("description"),
            direct=not settings.TURN_URLS,
            sections=sdp.MAX_SERVER_SECTIONS,
        )
        if described["type"] == "answer":
            await self._done(call.answer(described["sdp"]))
            return
        session = sdp.session_of(described["sdp"])
        if call.session not in {"", session}:  # the browser started again without telling
            call = await self._open(call.window, call.rights)
            self._enter(call)
        call.session = session
        answer = await self._done(call.offer(described["sdp"]))
        message = {"kind": "description", "description": {"type": "answer", "sdp": answer}}
        self._signalling.send(call.window, message)

    async def _trickle(self, call: Call, frame: Mapping[str, Any]) -> None:
        raw, of = frame.get("candidates"), frame.get("of")
        if not isinstance(raw, list) or len(raw) > MAX_CANDIDATES or of not in {"send", "receive"}:
            raise MediaRefused(MediaCode.MALFORMED)
        direct = not settings.TURN_URLS
        candidates = [sdp.read_candidate(one, direct=direct) for one in raw]
        await self._done(call.trickle(is_sending=of == "send", candidates=candidates))

    def _relay_key(self, window: Window, frame: Mapping[str, Any]) -> None:
        """Relay a key, or the answer to a hello, to one other window."""
        to, key = frame.get("to"), frame.get("key")
        is_short = isinstance(to, str) and len(to) <= sdp.NAME_LENGTH
        if not is_short or not isinstance(key, str) or len(key) > KEY_CHARACTERS:
            raise MediaRefused(MediaCode.MALFORMED)
        self._signalling.relay(window, {"kind": frame["kind"], "key": key}, to=to)

    async def _done(self, work: Awaitable[Any]) -> Any:
        try:
            return await work
        except (JanusDown, JanusRefused, TimeoutError) as error:
            is_down = not isinstance(error, JanusRefused)
            code = MediaCode.UNAVAILABLE if is_down else MediaCode.MALFORMED
            raise MediaRefused(code) from error


def _preferences(frame: Mapping[str, Any]) -> ReceivePreferences:
    video, size = frame.get("video"), frame.get("size")
    if not isinstance(video, bool) or type(size) is not int or size not in SIZES:
        raise MediaRefused(MediaCode.MALFORMED)
    return ReceivePreferences(video=video, size=size)
