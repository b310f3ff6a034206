"""Lines to a real server, each held by hand: nothing is read but what a test reads."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.chaos.reconnecting_clients import Browser

if TYPE_CHECKING:
    from tests.chaos.room_harness import Town


_ids = count(1)


async def line(town: Town, number: int, *, web: int = 0, window_bytes: int = 0) -> ClientConnection:
    """Open a person's line to one of the processes and say hello.

    ``window_bytes`` is what the kernel keeps for who does not read; some keep 32 MB by themselves.
    """
    port = town.webs[web].port
    browser = Browser([port], town.hall, town.hall["keys"][number], seed=0)
    ticket = await asyncio.to_thread(browser.ticket, port)
    address = f"ws://127.0.0.1:{port}/ws/room/"
    sock = socket.socket()
    if window_bytes:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window_bytes)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    origin = f"http://127.0.0.1:{port}"
    opened = await connect(address, sock=sock, origin=origin, compression=None)
    await opened.send(json.dumps({"type": "hello", "ticket": ticket}))
    return opened


async def ask(
    opened: ClientConnection,
    verb: str,
    id: str = "",  # noqa: A002 - the wire calls it so
    **fields: Any,
) -> dict[str, Any]:
    """Ask, and return the answer."""
    id = id or f"a{next(_ids)}"  # noqa: A001 - the same
    frame: dict[str, Any] = {"type": verb, "id": id, **fields}
    await opened.send(json.dumps(frame, ensure_ascii=False))
    async for text in opened:
        frame = json.loads(text)
        if frame.get("id") == id:
            return frame
    raise AssertionError("closed without an answer")


async def everything(opened: ClientConnection) -> list[dict[str, Any]]:
    """Hear a line out; return all that was told."""
    frames = []
    with suppress(ConnectionClosed):
        while True:
            frames.append(json.loads(await opened.recv()))
    return frames


async def closing(opened: ClientConnection) -> int:
    """Hear a line out; return the code with which it was closed."""
    await everything(opened)
    return opened.close_code or 0


async def hear(opened: ClientConnection, words: str) -> None:
    """Read on until somebody says this."""
    async for text in opened:
        frame = json.loads(text)
        if frame.get("kind") == "said" and frame["text"] == words:
            return
    raise AssertionError("closed before it was said")
