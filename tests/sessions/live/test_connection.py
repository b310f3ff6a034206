"""A browser that does not read is no burden to anyone else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from sessions.live.connection import OUTBOX_BYTES, Close, Frames, Socket
from sessions.models import SignIn

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
    socket_on(wire).push(Frames("hello"))
    assert wire.sent == ["hello"]


async def test_a_slow_line_gets_everything_in_order_once_it_is_read_again() -> None:
    wire = Wire()
    socket = socket_on(wire)
    wire.is_read.clear()
    for number in range(100):
        socket.push(Frames(str(number)))
    assert wire.sent == []
    wire.is_read.set()
    await asyncio.sleep(0.01)
    socket.push(Frames("and on"))
    await asyncio.sleep(0)
    assert wire.sent == [*map(str, range(100)), "and on"]


async def test_a_line_that_is_256_kib_behind_is_closed_as_too_slow() -> None:
    wire = Wire()
    socket = socket_on(wire)
    wire.is_read.clear()
    for _ in range(OUTBOX_BYTES // len(Frames(LINE).bytes) + 1):
        socket.push(Frames(LINE))
        assert not socket.is_closed
    socket.push(Frames(LINE))
    assert socket.is_closed
    wire.is_read.set()
    await asyncio.sleep(0.01)
    assert wire.sent[-1] == Close.TOO_SLOW
    assert len(wire.sent) <= 2


async def test_a_server_that_takes_ready_bytes_gets_them_and_a_slow_line_its_texts_in_order() -> (
    None
):
    wire = Wire()
    written: list[bytes] = []

    def write(frames: bytes) -> bool:
        if wire.is_read.is_set():
            written.append(frames)
        return wire.is_read.is_set()

    sign_in = SignIn("4", "2", "5")
    socket = Socket(wire.send, room_id=1, lease_id=3, sign_in=sign_in, write=write)
    socket.push(Frames("one", "two"))
    assert written == [b"\x81\x03one\x81\x03two"]
    wire.is_read.clear()
    for texts in (["three", "four"], ["five"]):
        socket.push(Frames(*texts))
    wire.is_read.set()
    await asyncio.sleep(0.01)
    assert wire.sent == ["three", "four", "five"]
    socket.push(Frames("six"))
    assert len(written) == 2


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_frames_of_every_length_are_read_by_a_browser(length: int) -> None:
    browser = ClientProtocol(parse_uri("ws://127.0.0.1/"), state=State.OPEN)
    texts = ["é" * (length // 2) + "e" * (length % 2), "and on"]
    browser.receive_data(Frames(*texts).bytes)
    frames = [frame for frame in browser.events_received() if isinstance(frame, Frame)]
    assert [bytes(frame.data).decode() for frame in frames] == texts
    assert all(frame.opcode is Opcode.TEXT and frame.fin for frame in frames)


async def test_a_closed_line_takes_nothing_more() -> None:
    wire = Wire()
    socket = socket_on(wire)
    socket.close(Close.GONE)
    socket.push(Frames("too late"))
    socket.close(Close.NO_ENTRY)
    await asyncio.sleep(0.01)
    assert wire.sent == [Close.GONE]


async def test_a_browser_that_vanished_is_forgotten() -> None:
    async def send(_: Any) -> None:
        raise OSError

    socket = Socket(send, room_id=1, lease_id=3, sign_in=SignIn("4", "2", "5"))
    socket.push(Frames("hello"))
    assert socket.is_closed
