"""A line between browsers and a server that can be slow, and can be cut.

Browsers offer to throttle and to go offline, but leave WebSockets that are open alone.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Thread

CHUNK = 1024


class Relay:
    """Carries bytes both ways, on a port of its own; ``port`` is where browsers go."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.bytes_per_second: int | None = None
        self.delay = 0.0  # seconds, each way
        self.is_cut = False
        self.is_silent = False  # what is sent is lost, and nobody is told
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        listening = asyncio.start_server(self._carry, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Break every line, and let none come about."""
        self.is_cut = True
        self._loop.call_soon_threadsafe(self._break_all)

    def mend(self) -> None:
        self.is_cut = self.is_silent = False

    def close(self) -> None:
        self.is_cut = True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        self._break_all()
        carrying = asyncio.all_tasks() - {asyncio.current_task()}
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    def _break_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError, asyncio.CancelledError):  # only ``close`` cancels
            if not self.is_cut:
                far, out = await asyncio.open_connection("127.0.0.1", self.target)
                self._writers.add(out)
                await asyncio.gather(self._pump(reader, out), self._pump(far, writer))
                self._writers.discard(out)
        writer.close()
        self._writers.discard(writer)

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        """Lose everything that comes on a line, for ever: TCP itself does not notice."""
        while await reader.read(CHUNK):
            pass

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await asyncio.sleep(self.delay)
            while data := await reader.read(CHUNK):
                if self.bytes_per_second:
                    await asyncio.sleep(self.delay / 8 + len(data) / self.bytes_per_second)
                if self.is_silent:
                    await self._swallow(reader)
                writer.write(data)
                await writer.drain()
        writer.close()
