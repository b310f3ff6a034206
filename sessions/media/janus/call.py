"""One window's call at Janus: one connection that sends, one that receives from all others."""

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
    from sessions.media.janus.connection import JanusConnection, Message
    from sessions.media.janus.videoroom import Json

ANSWER_SECONDS: Final = 10.0  # for a browser to answer an offer
RETRY_SECONDS: Final = 0.2

Streams = dict[tuple[str, str], str]  # by feed and mid: audio or video


@dataclass(frozen=True, slots=True)
class ReceivePreferences:
    """Whether a window receives video, and in which size (0 the smallest)."""

    video: bool = True
    size: int = 2


class Call:
    """The two connections of a window. ``send`` sends a message to its browser.

    Methods raise ``JanusDown`` or ``JanusRefused``.
    """

    def __init__(
        self, connection: JanusConnection, window: Window, send: Callable[[Json], None]
    ) -> None:
        self.window, self._connection, self._send = window, connection, send
        self.rights = Rights()
        self.preferences = ReceivePreferences()
        self.is_over = False
        self.session = ""  # id of the browser's sending description
        self._sender: VideoRoom | None = None
        self._receiver: VideoRoom | None = None
        self._private_id = 0
        self._mids: dict[str, str] = {}  # of what the window sends: by mid, audio or video
        self._published: dict[str, Streams] = {}  # of the others, by feed
        self._subscribed: Streams = {}
        self._offered: dict[str, str] = {}  # in Janus's last offer: by mid, audio or video
        self._answered = asyncio.Event()
        self._answered.set()
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, rights: Rights) -> None:
        """Join as a publisher, and remove other windows of the person."""
        self.rights = rights
        feed = feed_of(self.window)
        self._sender = await VideoRoom.attach(
            self._connection, self.window.room_id, self._on_sender_event
        )
        joined = await self._sender.join(feed)
        self._private_id = joined["private_id"]
        for other in await self._sender.feeds():
            # Two windows would echo; one may be left behind by a process that stopped.
            if owner_of(other)[0] == self.window.who and other != feed:
                await self._sender.kick(other)
        self._note_publishers(joined["publishers"])

    def start(self) -> None:
        """Start subscribing to the others. The browser must have been welcomed before."""
        self._tasks.append(asyncio.create_task(self._subscribe_forever()))

    async def close(self) -> None:
        """Close both connections."""
        self.is_over = True
        for task in self._tasks:
            task.cancel()
        for handle in (self._sender, self._receiver):
            if handle:
                await handle.detach()
        self._sender = self._receiver = None

    async def offer(self, sdp: str) -> str:
        """Publish the browser's offer, mute what its person may not send, and return the answer."""
        sender = self._open(self._sender)
        # A browser uses discontinuous transmission only if it is asked to (RFC 7587, section 7).
        streams, answer = await sender.publish(
            sdp.replace(";useinbandfec=1", ";useinbandfec=1;usedtx=1")
        )
        self._mids = {stream["mid"]: stream["type"] for stream in streams}
        await self._enforce()  # before the browser has the answer and starts sending
        return answer

    async def grant(self, rights: Rights) -> None:
        """Mute what a person may not send from now on."""
        self.rights = rights
        await self._enforce()

    async def answer(self, sdp: str) -> None:
        """Start receiving with the browser's answer to the last offer.

        Raises:
            JanusRefused: no offer is open.
        """
        if self._answered.is_set() or self._receiver is None:
            raise JanusRefused(0, "nothing was offered")
        await self._receiver.start(sdp)
        await self._resize()
        self._answered.set()

    async def trickle(self, *, is_sending: bool, candidates: Sequence[Mapping[str, Any]]) -> None:
        """Send the browser's candidates for one of the two connections."""
        await self._open(self._sender if is_sending else self._receiver).trickle(candidates)

    async def prefer(self, preferences: ReceivePreferences) -> None:
        """Receive according to other preferences."""
        is_other_size = preferences.size != self.preferences.size
        self.preferences = preferences
        self._changed.set()
        if is_other_size:
            await self._resize()

    async def _enforce(self) -> None:
        sender, feed = self._open(self._sender), feed_of(self.window)
        for mid, kind in self._mids.items():
            await sender.moderate(feed, mid, mute=not getattr(self.rights, kind, False))
        if self._mids and self.rights.video:
            await sender.request_keyframe()

    async def _resize(self) -> None:
        snapshots = [mid for mid, kind in self._offered.items() if kind == "video"]
        if self._receiver and snapshots:
            await self._receiver.choose_size(snapshots, self.preferences.size)

    async def _subscribe_forever(self) -> None:
        """Subscribe to what the others publish, one negotiation after the other."""
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                await self._negotiate()
        except (JanusDown, JanusRefused, TimeoutError):
            self.lose()

    async def _negotiate(self) -> None:
        wanted = self._wanted()
        added = [
            {"feed": feed, "mid": mid} for feed, mid in wanted.keys() - self._subscribed.keys()
        ]
        removed = [
            {"feed": feed, "mid": mid} for feed, mid in self._subscribed.keys() - wanted.keys()
        ]
        try:
            offer = await self._update(added, removed)
        except JanusRefused as refusal:
            if refusal.number != NO_SUCH_FEED:
                raise
            await self._drop_missing()  # a feed was removed meanwhile
            return
        self._subscribed = {
            name: kind for name, kind in wanted.items() if name[0] in self._published
        }
        if offer is None:
            return
        self._offered = {stream["mid"]: stream["type"] for stream in offer["streams"]}
        self._answered.clear()
        described = {"type": "offer", "sdp": offer["sdp"]}
        self._send(
            {"kind": "description", "description": described, "streams": _stream_owners(offer)}
        )
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._answered.wait()

    async def _drop_missing(self) -> None:
        """Forget feeds that are no longer in the room, and negotiate again shortly after."""
        here = await self._open(self._sender).feeds()
        for feed in self._published.keys() - set(here):
            self._forget(feed)
        await asyncio.sleep(RETRY_SECONDS)
        self._changed.set()

    async def _update(self, added: list[Json], removed: list[Json]) -> Json | None:
        if not added and not removed:
            return None
        if self._receiver is None:
            room_id = self.window.room_id
            receiver = await VideoRoom.attach(self._connection, room_id, self._on_receiver_event)
            self._receiver = receiver
            return await receiver.subscribe(self._private_id, added)
        return await self._receiver.update(added, removed)

    def _wanted(self) -> Streams:
        return {
            name: kind
            for streams in self._published.values()
            for name, kind in streams.items()
            if kind == "audio" or self.preferences.video
        }

    def _note_publishers(self, publishers: Sequence[Json]) -> None:
        for publisher in publishers:
            feed = publisher["id"]
            if owner_of(feed)[0] != self.window.who:
                self._published[feed] = {
                    (feed, stream["mid"]): stream["type"]
                    for stream in publisher.get("streams", [])
                    if not stream.get("disabled")
                }
        self._changed.set()

    def _on_sender_event(self, event: Message) -> None:
        data = event.get("plugindata", {}).get("data", {})
        if "publishers" in data:
            self._note_publishers(data["publishers"])
        for word in ("unpublished", "leaving", "kicked"):
            if word in data:
                self._forget(str(data[word]))
        if data.get("leaving") == "ok":  # removed, because another window of the person joined
            self.lose("elsewhere")
        if event["janus"] in {"hangup", "detached"}:
            self.lose()

    def _forget(self, feed: str) -> None:
        self._published.pop(feed, None)
        self._subscribed = {
            name: kind for name, kind in self._subscribed.items() if name[0] != feed
        }
        self._changed.set()

    def _on_receiver_event(self, event: Message) -> None:
        if event["janus"] in {"hangup", "detached"}:
            self.lose()

    def lose(self, kind: str = "lost") -> None:
        """Tell the browser that its connections are lost, and whether to start again."""
        if not self.is_over:
            self.is_over = True
            self._send({"kind": kind})

    def _open(self, handle: VideoRoom | None) -> VideoRoom:
        if handle is None or self.is_over:
            raise JanusDown
        return handle


def _stream_owners(offer: Json) -> list[Json]:
    """Return the person and window of each active stream of an offer."""
    owners = []
    for stream in offer["streams"]:
        if stream.get("active", True) and "feed_id" in stream:
            who, key = owner_of(stream["feed_id"])
            owners.append(
                {"mid": stream["mid"], "who": who, "window": key, "media": stream["type"]}
            )
    return owners
