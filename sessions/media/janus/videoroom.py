"""The requests of Janus's VideoRoom plugin (Janus 1.x, documentation of videoroom) that are used here.

A handle belongs to one WebRTC connection: a publisher's sends, a subscriber's receives many feeds.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from sessions.media.janus.connection import JanusDown, JanusRefused
from sessions.media.janus.names import room_name, room_pin, room_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sessions.media.janus.connection import JanusConnection, Message

MAX_PUBLISHERS: Final = 60
BITS_PER_SECOND: Final = 1_200_000  # of one camera, all its sizes together
NO_SUCH_ROOM: Final = 426
ROOM_EXISTS: Final = 427
NO_SUCH_FEED: Final = 428
NAME_TAKEN: Final = 436

Json = dict[str, Any]


class VideoRoom:
    """One room at Janus, and one handle in it."""

    def __init__(self, connection: JanusConnection, room_id: int, handle: int) -> None:
        self._connection, self._room_id, self._handle = connection, room_id, handle

    @classmethod
    async def attach(
        cls, connection: JanusConnection, room_id: int, on_event: Callable[[Message], None]
    ) -> VideoRoom:
        """Create a handle. ``on_event`` is called with Janus's events about it."""
        answer = await connection.request({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        handle: int = answer["data"]["id"]
        connection.listen(handle, on_event)
        return cls(connection, room_id, handle)

    async def detach(self) -> None:
        """Destroy the handle and its connection."""
        self._connection.forget(self._handle)
        with suppress(JanusDown, JanusRefused):  # it is gone already
            await self._connection.request({"janus": "detach", "handle_id": self._handle})

    async def join(self, feed: str) -> Json:
        """Join as a publisher, and return Janus's answer. Create the room if there is none.

        A feed of the same name, left behind by a process that stopped, is removed first.
        """
        body: Json = {"ptype": "publisher", "id": feed, "pin": room_pin(self._room_id)}
        for _ in range(3):
            try:
                return (await self._request("join", **body))[0]
            except JanusRefused as refusal:
                if refusal.number == NO_SUCH_ROOM:
                    await self._create()
                elif refusal.number == NAME_TAKEN:
                    await self.kick(feed)
                else:
                    raise
        raise JanusDown

    async def publish(self, offer: str) -> tuple[list[Json], str]:
        """Publish, or renegotiate; return the streams and Janus's answer in SDP."""
        data, jsep = await self._request("publish", jsep={"type": "offer", "sdp": offer})
        return data["streams"], jsep["sdp"]

    async def moderate(self, feed: str, mid: str, *, mute: bool) -> None:
        """Mute or unmute a stream of a feed at the server."""
        secret = room_secret(self._room_id)
        await self._request("moderate", id=feed, mid=mid, mute=mute, secret=secret)

    async def request_keyframe(self) -> None:
        """Request a key frame, without which new receivers see nothing."""
        await self._request("configure", keyframe=True)

    async def kick(self, feed: str) -> None:
        """Remove a feed."""
        with suppress(JanusRefused):  # it is gone already
            await self._request("kick", id=feed, secret=room_secret(self._room_id))

    async def feeds(self) -> list[str]:
        """Return the names of all feeds in the room."""
        data, _ = await self._request("listparticipants")
        return [person["id"] for person in data["participants"]]

    async def subscribe(self, private_id: int, streams: Collection[Json]) -> Json | None:
        """Subscribe to streams; return Janus's offer."""
        body: Json = {
            "ptype": "subscriber",
            "pin": room_pin(self._room_id),
            "private_id": private_id,
        }
        data, jsep = await self._request("join", **body, streams=list(streams), autoupdate=False)
        return {"streams": data["streams"], "sdp": jsep["sdp"]} if jsep else None

    async def update(self, added: Collection[Json], removed: Collection[Json]) -> Json | None:
        """Add and remove streams; return Janus's offer if it makes one."""
        changes: Json = {"subscribe": list(added), "unsubscribe": list(removed)}
        data, jsep = await self._request("update", **{k: v for k, v in changes.items() if v})
        return {"streams": data["streams"], "sdp": jsep["sdp"]} if jsep else None

    async def start(self, answer: str) -> None:
        """Start receiving with the browser's answer."""
        await self._request("start", jsep={"type": "answer", "sdp": answer})

    async def choose_size(self, mids: Collection[str], size: int) -> None:
        """Choose a simulcast size for streams, 0 the smallest; Janus uses the nearest there is."""
        streams = [{"mid": mid, "substream": size} for mid in mids]
        await self._request("configure", streams=streams)

    async def trickle(self, candidates: Sequence[Mapping[str, Any]]) -> None:
        """Send the browser's candidates."""
        trickle = {"janus": "trickle", "handle_id": self._handle, "candidates": list(candidates)}
        await self._connection.request(trickle, is_done_by_ack=True)

    async def destroy(self) -> None:
        """Destroy the room."""
        with suppress(JanusRefused):  # another process did it first
            await self._request("destroy", secret=room_secret(self._room_id))

    async def _create(self) -> None:
        try:
            await self._request("create", **_room_options(self._room_id))
        except JanusRefused as refusal:
            if refusal.number != ROOM_EXISTS:  # another process did it first
                raise

    async def _request(
        self, request: str, *, jsep: Mapping[str, str] | None = None, **body: Any
    ) -> tuple[Json, Any]:
        whole = {"request": request, "room": room_name(self._room_id), **body}
        message: Message = {"janus": "message", "handle_id": self._handle, "body": whole}
        answer = await self._connection.request(
            message if jsep is None else {**message, "jsep": dict(jsep)}
        )
        return answer["plugindata"]["data"], answer.get("jsep")


def _room_options(room_id: int) -> Json:
    return {
        "admin_key": settings.JANUS_SECRET,
        "secret": room_secret(room_id),
        "pin": room_pin(room_id),
        "is_private": True,
        "require_pvtid": True,
        "permanent": False,
        "publishers": MAX_PUBLISHERS,
        "bitrate": BITS_PER_SECOND,
        "bitrate_cap": True,
        "audiocodec": "opus",
        "videocodec": "vp8",
        "opus_fec": True,
        "opus_dtx": True,
        # Browsers measure loudness themselves; at the server it would be personal data.
        "audiolevel_event": False,
        "notify_joining": False,
        # No recording, and starting one needs the room's secret.
        "record": False,
        "lock_record": True,
    }
