"""Session descriptions, candidates and media frames for tests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.support.ws_client import PATIENCE

if TYPE_CHECKING:
    from tests.support.ws_client import RoomClient

HOST = "candidate:1 1 udp 2113937151 192.0.2.7 33662 typ host generation 0 ufrag zGT7"
RELAY = (
    "candidate:2 1 udp 33562367 198.51.100.9 50001 typ relay raddr 0.0.0.0 rport 0 "
    "generation 0 ufrag zGT7 network-cost 999"
)
TELLING_RELAY = RELAY.replace("raddr 0.0.0.0", "raddr 192.0.2.7")
REFLEXIVE = RELAY.replace("typ relay", "typ srflx")


def described(*lines: str, kind: str = "offer") -> dict[str, Any]:
    """Return a description with one audio section, and more lines at its end."""
    text = [
        "v=0",
        "o=- 4768678476045541241 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=ice-ufrag:zGT7",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=sendrecv",
        *lines,
    ]
    return {"type": kind, "sdp": "\r\n".join([*text, ""])}


def candidate(text: str = RELAY) -> dict[str, Any]:
    return {"candidate": text, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "zGT7"}


async def call(client: RoomClient, kind: str, **fields: Any) -> None:
    """Send a media frame."""
    await client.send({"type": "media", "kind": kind, **fields})


async def hears(client: RoomClient, kind: str) -> dict[str, Any]:
    """Return the next media frame of a kind, even one received before an answer to ``ask``."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for frame in client.unheard():
                if (frame["type"], frame.get("kind")) == ("media", kind):
                    return frame
            await client.next()


async def joins(client: RoomClient) -> str:
    """Join the call; return the window's key."""
    await call(client, "hello")
    return str((await hears(client, "welcome"))["you"])
