"""Through a server: Janus receives from everyone and sends to everyone, and this process commands it.

A browser speaks to our socket alone, never to Janus. What is muted, paused or out of turn is stopped
at the server, whatever the browser does. This process dying takes its windows' media with it, and
their browsers come back to another one; a restart of Janus is noticed, told, and mended.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils import timezone

from sessions.media import sdp
from sessions.media.backend import MediaCode, MediaRefused
from sessions.media.janus.call import Call, Taste
from sessions.media.janus.connection import JanusDown, JanusRefused, Wire
from sessions.media.janus.videoroom import VideoRoom
from sessions.media.turn import issue_pass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from sessions.media.backend import Post, Window
    from sessions.room.media import Rights

CANDIDATES_AT_ONCE: Final = 20
SIZES: Final = range(3)
WIRE_TASK: Final = "the line to Janus"
UP_WITHIN: Final = 3.0  # seconds
KEY_CHARACTERS: Final = 4096


class Janus:
    """The commander of one process. Its line begins with the first question about it."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._calls: dict[Window, Call] = {}
        self._running: asyncio.Task[None] | None = None
        self._broke = False
        self._wire = Wire(settings.JANUS_URL, settings.JANUS_SECRET, on_down=self._lose_all)

    async def admit(self, window: Window, rights: Rights) -> None:
        """Take a window in, and let the others know it; who is in already is welcomed again.

        Raises:
            MediaRefused: ``UNAVAILABLE``, while Janus is away.
        """
        self._begin()
        await self._done(self._wire.wait_until_up(UP_WITHIN))
        call = self._calls.get(window)
        if is_new := call is None or call.is_over:
            call = await self._open(window, rights)
        else:
            await self._done(call.grant(rights))
        welcome = {"kind": "welcome", "backend": "janus", "you": window.line}
        self._post.tell(window, {**welcome, "ice": self.credentials(window)})
        if is_new:
            self._enter(call)

    async def receive(self, window: Window, frame: Mapping[str, Any]) -> None:
        """Do what a frame asks for.

        Raises:
            MediaRefused: it is malformed, shows an address that the relay should hide, or Janus is
                away or would not have it.
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
            await self._done(call.take(_taste(frame)))
        elif kind in {"here", "key"}:
            self._pass_on(window, frame)
        else:
            raise MediaRefused(MediaCode.MALFORMED)

    async def grant(self, window: Window, rights: Rights) -> None:
        """Let through what a person may send from now on."""
        if call := self._calls.get(window):
            await self._done(call.grant(rights))

    async def remove(self, window: Window) -> None:
        """End a window's connections; the others change their keys without it."""
        if call := self._calls.pop(window, None):
            await call.close()
            self._post.pass_on(window, {"kind": "gone", "by": "janus"})

    async def close(self, room_id: int) -> None:
        """Take the room down when no other process has anybody in it."""
        try:
            keeper = await VideoRoom.attach(self._wire, room_id, lambda _: None)
            if not await keeper.feeds():
                await keeper.destroy()
            await keeper.detach()
        except (JanusDown, JanusRefused):
            return  # then there is no room

    def credentials(self, window: Window) -> dict[str, Any]:
        """Return half an hour at our relay; without one, Janus is reached directly."""
        now = timezone.now()
        relay = issue_pass(room_id=window.room_id, who=window.who, now=now)
        return {
            "iceServers": [relay.as_ice_server()] if relay else [],
            "iceTransportPolicy": "relay" if relay else "all",
            "renew_in": int((relay.renew_at - now).total_seconds()) if relay else None,
        }

    async def is_well(self) -> bool:
        """Whether the line stands, and has since this was asked last.

        A restart between two questions took every connection with it: it has to be told once, so
        that the browsers begin again.
        """
        self._begin()
        broke, self._broke = self._broke, False
        return not broke and self._wire.is_up is not False

    async def _open(self, window: Window, rights: Rights) -> Call:
        await self.remove(window)
        call = Call(self._wire, window, lambda message: self._post.tell(window, message))
        self._calls[window] = call
        try:
            await self._done(call.open(rights))
        except MediaRefused:
            await self.remove(window)
            raise
        return call

    def _enter(self, call: Call) -> None:
        """Let a welcomed window receive the others, and the others know it."""
        call.begin()
        self._post.pass_on(call.window, {"kind": "hello", "by": "janus"})

    def _begin(self) -> None:
        if self._running is None:
            self._running = asyncio.create_task(self._wire.run(), name=WIRE_TASK)

    def _lose_all(self) -> None:
        """Tell every browser: its connections broke with the line, or will not be governed any more."""
        self._broke = True
        for call in self._calls.values():
            call.lose()

    async def _describe(self, call: Call, frame: Mapping[str, Any]) -> None:
        described = sdp.read_description(
            frame.get("description"), direct=not settings.TURN_URLS, sections=sdp.MANY_SECTIONS
        )
        if described["type"] == "answer":
            await self._done(call.answer(described["sdp"]))
            return
        session = sdp.session_of(described["sdp"])
        if call.session not in {"", session}:  # the browser began anew, and we had not noticed
            call = await self._open(call.window, call.rights)
            self._enter(call)
        call.session = session
        answer = await self._done(call.offer(described["sdp"]))
        message = {"kind": "description", "description": {"type": "answer", "sdp": answer}}
        self._post.tell(call.window, message)

    async def _trickle(self, call: Call, frame: Mapping[str, Any]) -> None:
        raw, of = frame.get("candidates"), frame.get("of")
        if (
            not isinstance(raw, list)
            or len(raw) > CANDIDATES_AT_ONCE
            or of not in {"send", "receive"}
        ):
            raise MediaRefused(MediaCode.MALFORMED)
        direct = not settings.TURN_URLS
        candidates = [sdp.read_candidate(one, direct=direct) for one in raw]
        await self._done(call.trickle(is_sending=of == "send", candidates=candidates))

    def _pass_on(self, window: Window, frame: Mapping[str, Any]) -> None:
        """Carry a key, or an answer to a hello, to one other window: sealed, or public anyway."""
        to, key = frame.get("to"), frame.get("key")
        is_short = isinstance(to, str) and len(to) <= sdp.NAME_LENGTH
        if not is_short or not isinstance(key, str) or len(key) > KEY_CHARACTERS:
            raise MediaRefused(MediaCode.MALFORMED)
        self._post.pass_on(window, {"kind": frame["kind"], "key": key}, to=to)

    async def _done(self, work: Awaitable[Any]) -> Any:
        try:
            return await work
        except (JanusDown, JanusRefused, TimeoutError) as error:
            is_down = not isinstance(error, JanusRefused)
            code = MediaCode.UNAVAILABLE if is_down else MediaCode.MALFORMED
            raise MediaRefused(code) from error


def _taste(frame: Mapping[str, Any]) -> Taste:
    video, size = frame.get("video"), frame.get("size")
    if not isinstance(video, bool) or type(size) is not int or size not in SIZES:
        raise MediaRefused(MediaCode.MALFORMED)
    return Taste(video=video, size=size)
