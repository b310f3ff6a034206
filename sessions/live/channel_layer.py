"""The channel layer of an installation with one process."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.layers import InMemoryChannelLayer


class InProcessLayer(InMemoryChannelLayer):
    """Channels' in-memory layer for senders on any thread.

    An asyncio queue wakes its reader only if it is filled on the reader's event loop. Therefore each
    message is sent on the loop that receives from its channel.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loops: dict[str, asyncio.AbstractEventLoop] = {}

    async def receive(self, channel: str) -> Any:
        """Return the next message of a channel."""
        self._loops[channel] = asyncio.get_running_loop()
        return await super().receive(channel)

    async def send(self, channel: str, message: Any) -> None:
        """Send to a channel, on the loop that receives from it."""
        loop = self._loops.get(channel)
        sending = super().send
        if loop is None or not loop.is_running() or loop is asyncio.get_running_loop():
            await sending(channel, message)
            return
        sent = asyncio.run_coroutine_threadsafe(sending(channel, message), loop)
        await asyncio.wrap_future(sent)

    async def group_send(self, group: str, message: Any) -> None:
        """Send to every channel of a group."""
        for channel in list(self.groups.get(group, {})):
            await self.send(channel, message)
