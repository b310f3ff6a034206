"""Frames that are built once, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.utils import ClientDisconnected
from websockets.asyncio.client import connect

from config.websocket_protocol import FramesProtocol

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


@asynccontextmanager
async def serving(app: App, **options: Any) -> AsyncIterator[str]:
    config = uvicorn.Config(
        app, port=0, ws=FramesProtocol, lifespan="off", log_config=None, **options
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"ws://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        await running


async def test_ready_frames_and_texts_arrive_in_order() -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        write = scope["extensions"]["websocket.frame"]["write"]
        assert write(b"\x81\x03one\x81\x03two")
        await send({"type": "websocket.send", "text": "three"})
        assert write(b"\x81\x04four")
        await send({"type": "websocket.close", "code": 4410})

    async with serving(app, ws_per_message_deflate=False) as url, connect(url) as line:
        assert [await line.recv() for _ in range(4)] == ["one", "two", "three", "four"]


async def test_a_browser_that_does_not_read_is_not_written_to_and_one_that_went_is_told() -> None:
    refused = asyncio.Event()
    told = asyncio.Event()

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        write = scope["extensions"]["websocket.frame"]["write"]
        frame = b"\x81\x7f" + (60_000).to_bytes(8, "big") + b"x" * 60_000
        for _ in range(1000):
            if not write(frame):
                refused.set()
                break
        while (await receive())["type"] != "websocket.disconnect":
            pass
        try:
            write(frame)
        except ClientDisconnected:
            told.set()

    async with serving(app, ws_per_message_deflate=False) as url:
        line = await connect(url, max_queue=1)
        await asyncio.wait_for(refused.wait(), 5)
        line.transport.abort()
        await asyncio.wait_for(told.wait(), 5)


async def test_who_compresses_gets_texts_alone() -> None:
    """A frame that is ready is not compressed, and a browser that agreed to compression may refuse it."""

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        await send(
            {"type": "websocket.send", "text": str("websocket.frame" in scope["extensions"])}
        )

    async with serving(app, ws_per_message_deflate=True) as url, connect(url) as line:
        assert await line.recv() == "False"
