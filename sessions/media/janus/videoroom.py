"""The words of Janus's VideoRoom plugin that we use (docs/videoroom in Janus 1.x).

A handle is one end of one connection. A publisher's sends; a subscriber's receives from many.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from sessions.media.janus.connection import JanusDown, JanusRefused
from sessions.media.janus.names import room_name, room_pin, room_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sessions.media.janus.connection import Message, Wire

PUBLISHERS_AT_MOST: Final = 60
BITRATE: Final = 1_200_000  # bits a second for one camera, all its sizes together
NO_SUCH_ROOM: Final = 426
ROOM_EXISTS: Final = 427
NO_SUCH_FEED: Final = 428
NAME_TAKEN: Final = 436

Json = dict[str, Any]


class VideoRoom:
    """One room at Janus, and one handle in it."""

    def __init__(self, wire: Wire, room_id: int, handle: int) -> None:
        self._wire, self._room_id, self._handle = wire, room_id, handle

    @classmethod
    async def attach(cls, wire: Wire, room_id: int, hear: Callable[[Message], None]) -> VideoRoom:
        """Make a handle; ``hear`` has what Janus says about it by itself."""
        made = await wire.ask({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        handle: int = made["data"]["id"]
        wire.listen(handle, hear)
        return cls(wire, room_id, handle)

    async def detach(self) -> None:
        """End the handle, and with it whatever it sent or received."""
        self._wire.forget(self._handle)
        with suppress(JanusDown, JanusRefused):  # then it had ended before
            await self._wire.ask({"janus": "detach", "handle_id": self._handle})

    async def join(self, feed: str) -> Json:
        """Come in as one who may send; make the room when there is none.

        Another window of the same name, left behind by a process that died, is removed first.
        """
        words: Json = {"ptype": "publisher", "id": feed, "pin": room_pin(self._room_id)}
        for _ in range(3):
            try:
                return (await self._say("join", **words))[0]
            except JanusRefused as refusal:
                if refusal.number == NO_SUCH_ROOM:
                    await self._create()
                elif refusal.number == NAME_TAKEN:
                    await self.kick(feed)
                else:
                    raise
        raise JanusDown

    async def publish(self, offer: str) -> tuple[list[Json], str]:
        """Offer, or offer anew, what to send; return its streams and Janus's answer in SDP."""
        data, jsep = await self._say("publish", jsep={"type": "offer", "sdp": offer})
        return data["streams"], jsep["sdp"]

    async def moderate(self, feed: str, mid: str, *, mute: bool) -> None:
        """Let a stream of a feed through, or not; the browser that sends it has no say."""
        secret = room_secret(self._room_id)
        await self._say("moderate", id=feed, mid=mid, mute=mute, secret=secret)

    async def ask_for_picture(self) -> None:
        """Ask the browser for a whole picture: who missed the beginning sees nothing until then."""
        await self._say("configure", keyframe=True)

    async def kick(self, feed: str) -> None:
        """Remove a feed, whoever holds its handle."""
        with suppress(JanusRefused):  # then it has gone
            await self._say("kick", id=feed, secret=room_secret(self._room_id))

    async def feeds(self) -> list[str]:
        """Return the names of everyone in the room."""
        data, _ = await self._say("listparticipants")
        return [person["id"] for person in data["participants"]]

    async def subscribe(self, private_id: int, streams: Collection[Json]) -> Json | None:
        """Begin to receive streams; return Janus's offer."""
        words: Json = {
            "ptype": "subscriber",
            "pin": room_pin(self._room_id),
            "private_id": private_id,
        }
        data, jsep = await self._say("join", **words, streams=list(streams), autoupdate=False)
        return {"streams": data["streams"], "sdp": jsep["sdp"]} if jsep else None

    async def update(self, more: Collection[Json], less: Collection[Json]) -> Json | None:
        """Receive some streams more and some less; return Janus's offer, when one is needed."""
        changes: Json = {"subscribe": list(more), "unsubscribe": list(less)}
        data, jsep = await self._say("update", **{k: v for k, v in changes.items() if v})
        return {"streams": data["streams"], "sdp": jsep["sdp"]} if jsep else None

    async def start(self, answer: str) -> None:
        """Receive, now that the browser has answered."""
        await self._say("start", jsep={"type": "answer", "sdp": answer})

    async def choose_size(self, mids: Collection[str], size: int) -> None:
        """Receive pictures in one of their sizes, 0 the smallest; Janus takes what there is."""
        streams = [{"mid": mid, "substream": size} for mid in mids]
        await self._say("configure", streams=streams)

    async def trickle(self, candidates: Sequence[Mapping[str, Any]]) -> None:
        """Pass on where the browser can be reached."""
        what = {"janus": "trickle", "handle_id": self._handle, "candidates": list(candidates)}
        await self._wire.ask(what, is_done_by_ack=True)

    async def destroy(self) -> None:
        """Take the room down."""
        with suppress(JanusRefused):  # another process was faster
            await self._say("destroy", secret=room_secret(self._room_id))

    async def _create(self) -> None:
        try:
            await self._say("create", **_rules_of(self._room_id))
        except JanusRefused as refusal:
            if refusal.number != ROOM_EXISTS:  # another process was faster
                raise

    async def _say(
        self, request: str, *, jsep: Mapping[str, str] | None = None, **body: Any
    ) -> tuple[Json, Any]:
        whole = {"request": request, "room": room_name(self._room_id), **body}
        message: Message = {"janus": "message", "handle_id": self._handle, "body": whole}
        said = await self._wire.ask(message if jsep is None else {**message, "jsep": dict(jsep)})
        return said["plugindata"]["data"], said.get("jsep")


def _rules_of(room_id: int) -> Json:
    return {
        "admin_key": settings.JANUS_SECRET,
        "secret": room_secret(room_id),
        "pin": room_pin(room_id),
        "is_private": True,
        "require_pvtid": True,
        "permanent": False,
        "publishers": PUBLISHERS_AT_MOST,
        "bitrate": BITRATE,
        "bitrate_cap": True,
        "audiocodec": "opus",
        "videocodec": "vp8",
        "opus_fec": True,
        "opus_dtx": True,
        # Loudness is measured by the browsers that play it; at the server it would be one more trace.
        "audiolevel_event": False,
        "notify_joining": False,
        # Nothing is recorded, and nobody can begin to without the room's secret.
        "record": False,
        "lock_record": True,
    }
