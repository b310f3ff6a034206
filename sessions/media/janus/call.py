"""One window's media at Janus: one connection that sends, one that receives from everybody else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sessions.media.janus.connection import JanusDown, JanusRefused
from sessions.media.janus.names import feed_of, owner_of
from sessions.media.janus.videoroom import NO_SUCH_FEED, VideoRoom
from sessions.room.media import Rights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sessions.media.backend import Window
    from sessions.media.janus.connection import Message, Wire
    from sessions.media.janus.videoroom import Json

ANSWER_WITHIN: Final = 10.0  # seconds a browser may think about an offer
RETRY_AFTER: Final = 0.2

Streams = dict[tuple[str, str], str]  # feed and mid: audio or video


@dataclass(frozen=True, slots=True)
class Taste:
    """What a window wants to receive: pictures at all, and in which size (0 the smallest)."""

    video: bool = True
    size: int = 2


class Call:
    """The two connections. ``tell`` reaches the browser; what fails is raised as the wire's error."""

    def __init__(self, wire: Wire, window: Window, tell: Callable[[Json], None]) -> None:
        self.window, self._wire, self._tell = window, wire, tell
        self.rights = Rights()
        self.taste = Taste()
        self.is_over = False
        self.session = ""  # of the browser's description of what it sends
        self._sender: VideoRoom | None = None
        self._receiver: VideoRoom | None = None
        self._private_id = 0
        self._mids: dict[str, str] = {}  # what we send: kind and mid
        self._there: dict[str, Streams] = {}  # what others send, by feed
        self._taken: Streams = {}
        self._offered: dict[str, str] = {}  # mid and kind of what Janus offered last
        self._answered = asyncio.Event()
        self._answered.set()
        self._wakes = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, rights: Rights) -> None:
        """Come in, alone of all windows of this person."""
        self.rights = rights
        feed = feed_of(self.window)
        self._sender = await VideoRoom.attach(self._wire, self.window.room_id, self._hear_sender)
        joined = await self._sender.join(feed)
        self._private_id = joined["private_id"]
        for other in await self._sender.feeds():
            # A voice from two windows is an echo, and a dead process may have left one behind.
            if owner_of(other)[0] == self.window.who and other != feed:
                await self._sender.kick(other)
        self._note_publishers(joined["publishers"])

    def begin(self) -> None:
        """Follow what the others send, from now on; the browser must know by now that it is in."""
        self._tasks.append(asyncio.create_task(self._follow()))

    async def close(self) -> None:
        """End both connections; the others notice at once."""
        self.is_over = True
        for task in self._tasks:
            task.cancel()
        for handle in (self._sender, self._receiver):
            if handle:
                await handle.detach()
        self._sender = self._receiver = None

    async def offer(self, sdp: str) -> str:
        """Take what the browser offers to send, let through what its person may, and answer."""
        sender = self._at(self._sender)
        # A browser sends silence cheaply only where the other side asks for it (RFC 7587, 7).
        streams, answer = await sender.publish(
            sdp.replace(";useinbandfec=1", ";useinbandfec=1;usedtx=1")
        )
        self._mids = {stream["mid"]: stream["type"] for stream in streams}
        await self._enforce()  # before the answer: until it has that, the browser sends nothing
        return answer

    async def grant(self, rights: Rights) -> None:
        """Let through what a person may send from now on, and nothing else."""
        self.rights = rights
        await self._enforce()

    async def answer(self, sdp: str) -> None:
        """Take the browser's answer to the last offer; a second one, or an unasked, is none."""
        if self._answered.is_set() or self._receiver is None:
            raise JanusRefused(0, "nothing was offered")
        await self._receiver.start(sdp)
        await self._resize()
        self._answered.set()

    async def trickle(self, *, is_sending: bool, candidates: Sequence[Mapping[str, Any]]) -> None:
        """Pass on where the browser can be reached for one of the two connections."""
        await self._at(self._sender if is_sending else self._receiver).trickle(candidates)

    async def take(self, taste: Taste) -> None:
        """Receive more or less from now on."""
        is_other_size = taste.size != self.taste.size
        self.taste = taste
        self._wakes.set()
        if is_other_size:
            await self._resize()

    async def _enforce(self) -> None:
        sender, feed = self._at(self._sender), feed_of(self.window)
        for mid, kind in self._mids.items():
            await sender.moderate(feed, mid, mute=not getattr(self.rights, kind, False))
        if self._mids and self.rights.video:
            await sender.ask_for_picture()

    async def _resize(self) -> None:
        pictures = [mid for mid, kind in self._offered.items() if kind == "video"]
        if self._receiver and pictures:
            await self._receiver.choose_size(pictures, self.taste.size)

    async def _follow(self) -> None:
        """Receive what the others send, one negotiation after the other."""
        try:
            while True:
                await self._wakes.wait()
                self._wakes.clear()
                await self._negotiate()
        except (JanusDown, JanusRefused, TimeoutError):
            self.lose()

    async def _negotiate(self) -> None:
        wanted = self._wanted()
        more = [{"feed": feed, "mid": mid} for feed, mid in wanted.keys() - self._taken.keys()]
        less = [{"feed": feed, "mid": mid} for feed, mid in self._taken.keys() - wanted.keys()]
        try:
            offer = await self._ask_for(more, less)
        except JanusRefused as refusal:
            if refusal.number != NO_SUCH_FEED:
                raise
            await self._look_again()  # one of them left in this moment
            return
        self._taken = {name: kind for name, kind in wanted.items() if name[0] in self._there}
        if offer is None:
            return
        self._offered = {stream["mid"]: stream["type"] for stream in offer["streams"]}
        self._answered.clear()
        described = {"type": "offer", "sdp": offer["sdp"]}
        self._tell({"kind": "description", "description": described, "streams": _told(offer)})
        async with asyncio.timeout(ANSWER_WITHIN):
            await self._answered.wait()

    async def _look_again(self) -> None:
        """Forget whoever is no longer in the room."""
        here = await self._at(self._sender).feeds()
        for feed in self._there.keys() - set(here):
            self._forget(feed)
        await asyncio.sleep(RETRY_AFTER)
        self._wakes.set()

    async def _ask_for(self, more: list[Json], less: list[Json]) -> Json | None:
        if not more and not less:
            return None
        if self._receiver is None:
            room_id = self.window.room_id
            receiver = await VideoRoom.attach(self._wire, room_id, self._hear_receiver)
            self._receiver = receiver
            return await receiver.subscribe(self._private_id, more)
        return await self._receiver.update(more, less)

    def _wanted(self) -> Streams:
        return {
            name: kind
            for streams in self._there.values()
            for name, kind in streams.items()
            if kind == "audio" or self.taste.video
        }

    def _note_publishers(self, publishers: Sequence[Json]) -> None:
        for publisher in publishers:
            feed = publisher["id"]
            if owner_of(feed)[0] != self.window.who:
                self._there[feed] = {
                    (feed, stream["mid"]): stream["type"]
                    for stream in publisher.get("streams", [])
                    if not stream.get("disabled")
                }
        self._wakes.set()

    def _hear_sender(self, said: Message) -> None:
        data = said.get("plugindata", {}).get("data", {})
        if "publishers" in data:
            self._note_publishers(data["publishers"])
        for word in ("unpublished", "leaving", "kicked"):
            if word in data:
                self._forget(str(data[word]))
        if data.get("leaving") == "ok":  # kicked: another window of this person took over
            self.lose("elsewhere")
        if said["janus"] in {"hangup", "detached"}:
            self.lose()

    def _forget(self, feed: str) -> None:
        self._there.pop(feed, None)
        self._taken = {name: kind for name, kind in self._taken.items() if name[0] != feed}
        self._wakes.set()

    def _hear_receiver(self, said: Message) -> None:
        if said["janus"] in {"hangup", "detached"}:
            self.lose()

    def lose(self, kind: str = "lost") -> None:
        """Tell the browser that its connections are gone; it begins again, if it should."""
        if not self.is_over:
            self.is_over = True
            self._tell({"kind": kind})

    def _at(self, handle: VideoRoom | None) -> VideoRoom:
        if handle is None or self.is_over:
            raise JanusDown
        return handle


def _told(offer: Json) -> list[Json]:
    """Return whose each stream of an offer is; a place that nobody fills is left out."""
    told = []
    for stream in offer["streams"]:
        if stream.get("active", True) and "feed_id" in stream:
            who, line = owner_of(stream["feed_id"])
            told.append({"mid": stream["mid"], "who": who, "line": line, "media": stream["type"]})
    return told
