"""The channel layer of a single process, safe for the threads in it."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.layers import InMemoryChannelLayer


class InProcessLayer(InMemoryChannelLayer):
    """Channels' in-memory layer, for senders on other threads too.

    An asyncio queue wakes its reader only when it is filled on the reader's own event loop;
    filled from another thread, the message lies there until something else happens.
    So every message is handed to the loop that reads its channel.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._homes: dict[str, asyncio.AbstractEventLoop] = {}

    async def receive(self, channel: str) -> Any:
        """Return the next message of a channel; its home is the loop that waits for it."""
        self._homes[channel] = asyncio.get_running_loop()
        return await super().receive(channel)

    async def send(self, channel: str, message: Any) -> None:
        """Send to a channel, at its home."""
        await self._at(self._homes.get(channel), super().send, channel, message)

    async def group_send(self, group: str, message: Any) -> None:
        """Send to every channel of a group, each at its home."""
        for channel in list(self.groups.get(group, {})):
            await self.send(channel, message)

    async def _at(
        self, home: asyncio.AbstractEventLoop | None, send: Any, channel: str, message: Any
    ) -> None:
        if home is None or not home.is_running() or home is asyncio.get_running_loop():
            await send(channel, message)
            return
        handed_over = asyncio.run_coroutine_threadsafe(send(channel, message), home)
        await asyncio.wrap_future(handed_over)
