"""The channel layer of one process, rung from its other threads."""

from __future__ import annotations

import asyncio
import time
from threading import Thread

from sessions.live.channel_layer import InProcessLayer


async def test_a_bell_rung_on_another_thread_is_heard_at_once() -> None:
    layer = InProcessLayer()
    channel = await layer.new_channel()
    await layer.group_add("room.1", channel)
    waiting = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0.01)
    rung_at = 0.0

    def ring() -> None:
        nonlocal rung_at
        rung_at = time.perf_counter()
        asyncio.run(layer.group_send("room.1", {"type": "bell", "seq": 7}))

    thread = Thread(target=ring)
    thread.start()
    async with asyncio.timeout(2):  # unheard until something else wakes the loop: for ever
        assert (await waiting)["seq"] == 7
    assert time.perf_counter() - rung_at < 0.1
    await asyncio.to_thread(thread.join)


async def test_a_bell_rung_before_anyone_listens_waits() -> None:
    layer = InProcessLayer()
    channel = await layer.new_channel()
    await layer.group_add("room.1", channel)
    await layer.group_send("room.1", {"type": "bell"})
    assert await layer.receive(channel) == {"type": "bell"}
