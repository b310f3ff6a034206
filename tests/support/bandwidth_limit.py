"""A person's line to the relay that carries only so much: what comes too fast waits, then is lost.

A kernel can do this for a whole interface; here it is one browser's, and needs no right to anything.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

QUEUE_SECONDS: Final = 0.4  # what a home router keeps before it drops
LARGEST: Final = 65_536
Address = tuple[str, int]


class Throttle:
    """Carries datagrams to ``target`` and back, on a port of its own.

    ``bits_per_second`` holds for each way by itself; None lets everything through.
    """

    def __init__(self, target: int) -> None:
        self.bits_per_second: int | None = None
        self._target = ("127.0.0.1", target)
        self._free_at = {"up": 0.0, "down": 0.0}
        self._backs: dict[
            Address, socket.socket
        ] = {}  # what each port of the browser is to the relay
        self._loop = asyncio.new_event_loop()
        self._front = self._opened(self._up)
        self.port = int(self._front.getsockname()[1])
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
        for each in (self._front, *self._backs.values()):
            each.close()

    def _opened(self, take: Callable[[bytes, Address], None]) -> socket.socket:
        """Return a port of ours; whatever comes to it is taken."""
        port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port.setblocking(False)
        port.bind(("127.0.0.1", 0))
        self._loop.add_reader(port, lambda: take(*port.recvfrom(LARGEST)))
        return port

    def _up(self, data: bytes, browser: Address) -> None:
        if browser not in self._backs:
            self._backs[browser] = self._opened(partial(self._down, browser))
        self._pass("up", data, self._backs[browser], self._target)

    def _down(self, browser: Address, data: bytes, _: Address) -> None:
        self._pass("down", data, self._front, browser)

    def _pass(self, way: str, data: bytes, out: socket.socket, to: Address) -> None:
        if self.bits_per_second is None:
            _send(out, data, to)
            return
        now = self._loop.time()
        starts_at = max(now, self._free_at[way])
        if starts_at - now > QUEUE_SECONDS:
            return
        self._free_at[way] = starts_at + len(data) * 8 / self.bits_per_second
        self._loop.call_at(self._free_at[way], _send, out, data, to)


def _send(out: socket.socket, data: bytes, to: Any) -> None:
    with suppress(OSError):  # full, or nobody listens there now: a datagram may be lost
        out.sendto(data, to)
