"""A browser that does not read is no burden to anyone else."""

from __future__ import annotations

import asyncio
from typing import Any

from sessions.models import SignIn
from sessions.sockets import OUTBOX_BYTES, Close, Socket

LINE = "x" * 1024


class Wire:
    """The server's end of a line: an ASGI ``send`` that waits while its browser does not read."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.is_read = asyncio.Event()
        self.is_read.set()

    async def send(self, message: Any) -> None:
        await self.is_read.wait()
        self.sent.append(message.get("text") or message["code"])


def socket_on(wire: Wire) -> Socket:
    return Socket(wire.send, room_id=1, lease_id=3, sign_in=SignIn("4", "2", "5"))


async def test_a_line_that_is_read_takes_a_frame_without_waiting() -> None:
    wire = Wire()
    socket_on(wire).push("hello")
    assert wire.sent == ["hello"]


async def test_a_slow_line_gets_everything_in_order_once_it_is_read_again() -> None:
    wire = Wire()
    socket = socket_on(wire)
    wire.is_read.clear()
    for number in range(100):
        socket.push(str(number))
    assert wire.sent == []
    wire.is_read.set()
    await asyncio.sleep(0.01)
    socket.push("and on")
    await asyncio.sleep(0)
    assert wire.sent == [*map(str, range(100)), "and on"]


async def test_a_line_that_is_256_kib_behind_is_closed_as_too_slow() -> None:
    wire = Wire()
    socket = socket_on(wire)
    wire.is_read.clear()
    for _ in range(OUTBOX_BYTES // len(LINE) + 1):
        socket.push(LINE)
        assert not socket.is_closed
    socket.push(LINE)
    assert socket.is_closed
    wire.is_read.set()
    await asyncio.sleep(0.01)
    assert wire.sent[-1] == Close.TOO_SLOW
    assert len(wire.sent) <= 2


async def test_a_closed_line_takes_nothing_more() -> None:
    wire = Wire()
    socket = socket_on(wire)
    socket.close(Close.GONE)
    socket.push("too late")
    socket.close(Close.NO_ENTRY)
    await asyncio.sleep(0.01)
    assert wire.sent == [Close.GONE]


async def test_a_browser_that_vanished_is_forgotten() -> None:
    async def send(_: Any) -> None:
        raise OSError

    socket = Socket(send, room_id=1, lease_id=3, sign_in=SignIn("4", "2", "5"))
    socket.push("hello")
    assert socket.is_closed
