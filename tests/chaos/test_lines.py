"""Lines that are stuffed or left alone, at a real server on a real Redis."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.chaos.browsers import Browser

if TYPE_CHECKING:
    from tests.chaos.town import Town

pytestmark = pytest.mark.chaos

FACILITATOR, MEMBER = 0, 1


async def line(town: Town, number: int) -> ClientConnection:
    """Open a person's line and say hello."""
    port = town.webs[0].port
    browser = Browser([port], town.hall, town.hall["keys"][number], seed=0)
    ticket = await asyncio.to_thread(browser.ticket, port)
    address = f"ws://127.0.0.1:{port}/ws/room/"
    opened = await connect(address, origin=f"http://127.0.0.1:{port}", compression=None)
    await opened.send(json.dumps({"type": "hello", "ticket": ticket}))
    return opened


async def ask(opened: ClientConnection, verb: str, **fields: Any) -> dict[str, Any]:
    """Ask, and return the answer."""
    await opened.send(json.dumps({"type": verb, "id": "a", **fields}))
    async for text in opened:
        frame: dict[str, Any] = json.loads(text)
        if frame.get("id") == "a":
            return frame
    raise AssertionError("closed without an answer")


async def flood(opened: ClientConnection) -> None:
    """Send far too much at once, and hear what comes of it."""
    await opened.send("x" * 10_000_000)
    while True:
        await opened.recv()


async def silence(opened: ClientConnection, *, seconds: float) -> None:
    """Hear nothing but pictures and beats for so long."""
    async with asyncio.timeout(seconds):
        async for text in opened:
            assert json.loads(text)["type"] in {"room", "beat"}
    raise AssertionError("the line was closed")


async def test_a_line_on_which_nothing_happens_lives_on(town: Town) -> None:
    """redis-py gives idle connections a timeout that killed every quiet room."""
    amina = await line(town, FACILITATOR)
    with pytest.raises(TimeoutError):
        await silence(amina, seconds=32)
    assert (await ask(amina, "say", text="still here"))["type"] == "ack"
    await amina.close()


async def test_a_frame_of_ten_megabytes_ends_its_line_and_no_other(town: Town) -> None:
    amina, bo = await line(town, FACILITATOR), await line(town, MEMBER)
    with pytest.raises(ConnectionClosed):
        await flood(bo)
    assert (await ask(amina, "say", text="undisturbed"))["type"] == "ack"
    await amina.close()
