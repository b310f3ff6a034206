"""Connections to a real server that read only what a test reads."""

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
    from tests.chaos.room_harness import Installation


_ids = count(1)


async def open_connection(
    installation: Installation, number: int, *, web: int = 0, window_bytes: int = 0
) -> ClientConnection:
    """Open a person's connection to one of the processes and send the hello.

    ``window_bytes`` is the size of the kernel's receive buffer, which may grow to 32 MB by itself.
    """
    port = installation.webs[web].port
    browser = Browser([port], installation.hall, installation.hall["keys"][number], seed=0)
    ticket = await asyncio.to_thread(browser.ticket, port)
    address = f"ws://127.0.0.1:{port}/ws/room/"
    sock = socket.socket()
    if window_bytes:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window_bytes)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    origin = f"http://127.0.0.1:{port}"
    connection = await connect(address, sock=sock, origin=origin, compression=None)
    await connection.send(json.dumps({"type": "hello", "ticket": ticket}))
    return connection


async def send_command(
    connection: ClientConnection,
    command: str,
    id: str = "",  # noqa: A002 - the name in the frame
    **fields: Any,
) -> dict[str, Any]:
    """Send a command and return its answer."""
    id = id or f"a{next(_ids)}"  # noqa: A001 - the same
    frame: dict[str, Any] = {"type": command, "id": id, **fields}
    await connection.send(json.dumps(frame, ensure_ascii=False))
    async for text in connection:
        frame = json.loads(text)
        if frame.get("id") == id:
            return frame
    raise AssertionError("closed without an answer")


async def receive_all(connection: ClientConnection) -> list[dict[str, Any]]:
    """Receive until the connection is closed; return all frames."""
    frames = []
    with suppress(ConnectionClosed):
        while True:
            frames.append(json.loads(await connection.recv()))
    return frames


async def close_code(connection: ClientConnection) -> int:
    """Receive until the connection is closed; return the close code."""
    await receive_all(connection)
    return connection.close_code or 0


async def receive_text(connection: ClientConnection, text: str) -> None:
    """Receive until this chat message arrives."""
    async for raw in connection:
        frame = json.loads(raw)
        if frame.get("kind") == "said" and frame["text"] == text:
            return
    raise AssertionError("closed before it arrived")
