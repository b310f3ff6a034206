"""Both kinds of connections: they send the same, and one that does not read is no burden."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import timezone
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from sessions.actions.rooms import CommandRequest, execute
from sessions.consumers import RoomConsumer
from sessions.live import transport
from sessions.live.transport import (
    MAX_BACKLOG_BYTES,
    CloseCode,
    Connection,
    FrameConnection,
    Frames,
    QueuedConnection,
)
from sessions.room import commands as c
from tests.support.frames_extension import FramesExtension

if TYPE_CHECKING:
    from tests.support.ws_client import LiveSession, RoomClient

KIBIBYTE = "x" * 1024
BOTH = pytest.mark.parametrize("is_fast", [False, True], ids=["plain", "fast"])


class Server:
    """The server's end: what it sent, and whether the client reads."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.extension = FramesExtension(self.reading, self.sent.append)

    async def send(self, message: Any) -> None:
        await self.reading.wait()
        self.sent.append(message.get("text") or message["code"])

    def connection(self, *, is_fast: bool) -> Connection:
        if is_fast:
            return FrameConnection(self.send, self.extension.functions())
        return QueuedConnection(self.send)


@BOTH
async def test_texts_are_sent_in_order(is_fast: bool) -> None:
    server = Server()
    connection = server.connection(is_fast=is_fast)
    for number in range(5):
        connection.push(Frames(str(number), f"{number}b"))
    await asyncio.sleep(0.01)
    assert server.sent == [text for number in range(5) for text in (str(number), f"{number}b")]


async def test_the_fast_connection_writes_at_once_and_all_texts_in_one_write() -> None:
    server = Server()
    server.connection(is_fast=True).push(Frames("one", "two"))
    assert server.extension.writes == [b"\x81\x03one\x81\x03two"]


@BOTH
async def test_a_slow_client_gets_everything_in_order_once_it_reads_again(is_fast: bool) -> None:
    server = Server()
    connection = server.connection(is_fast=is_fast)
    server.reading.clear()
    for number in range(100):
        connection.push(Frames(str(number)))
    await asyncio.sleep(0.01)
    assert server.sent == []
    server.reading.set()
    await asyncio.sleep(0.01)
    connection.push(Frames("and on"))
    await asyncio.sleep(0.01)
    assert server.sent == [*map(str, range(100)), "and on"]


@BOTH
async def test_a_client_that_is_256_kib_behind_is_closed_as_too_slow(is_fast: bool) -> None:
    server = Server()
    connection = server.connection(is_fast=is_fast)
    server.reading.clear()
    for _ in range(MAX_BACKLOG_BYTES // len(Frames(KIBIBYTE).bytes) + 1):
        connection.push(Frames(KIBIBYTE))
        assert not connection.is_closed
    connection.push(Frames(KIBIBYTE))
    assert connection.is_closed
    server.reading.set()
    await asyncio.sleep(0.01)
    assert server.sent == [KIBIBYTE, CloseCode.TOO_SLOW]


@BOTH
async def test_a_snapshot_longer_than_the_backlog_is_sent(is_fast: bool) -> None:
    server = Server()
    connection = server.connection(is_fast=is_fast)
    snapshot = KIBIBYTE * 1024
    connection.push(Frames(snapshot))
    connection.push(Frames("an event"))
    await asyncio.sleep(0.01)
    assert server.sent == [snapshot, "an event"]


@BOTH
async def test_frames_that_may_be_lost_are_dropped_before_a_client_is_too_slow(
    is_fast: bool,
) -> None:
    server = Server()
    connection = server.connection(is_fast=is_fast)
    server.reading.clear()
    for _ in range(1000):
        connection.offer(Frames(KIBIBYTE))
    assert not connection.is_closed


@BOTH
async def test_closing_sends_what_is_queued_and_takes_nothing_more(is_fast: bool) -> None:
    server = Server()
    connection = server.connection(is_fast=is_fast)
    connection.push(Frames("last"))
    connection.close(CloseCode.GONE)
    connection.push(Frames("too late"))
    connection.close(CloseCode.NO_ENTRY)
    await asyncio.sleep(0.01)
    assert server.sent == ["last", CloseCode.GONE]


async def test_a_client_that_does_not_take_the_close_frame_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "CLOSE_SECONDS", 0.01)
    server = Server()
    connection = server.connection(is_fast=True)
    server.reading.clear()
    connection.push(Frames("unread"))
    connection.close(CloseCode.NO_ENTRY)
    await asyncio.sleep(0.05)
    assert server.extension.is_aborted
    assert server.sent == []


@BOTH
async def test_a_client_that_vanished_is_abandoned(is_fast: bool) -> None:
    async def send(_: Any) -> None:
        raise OSError

    def write(_: bytes) -> bool:
        raise OSError

    functions = {"write": write, "drain": asyncio.Event().wait, "abort": lambda: None}
    connection = FrameConnection(send, functions) if is_fast else QueuedConnection(send)
    connection.push(Frames("hello"))
    await asyncio.sleep(0.01)
    connection.push(Frames("hello again"))
    connection.abandon()
    await asyncio.sleep(0.01)
    assert connection.is_closed


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_frames_of_every_length_are_read_by_a_browser(length: int) -> None:
    browser = ClientProtocol(parse_uri("ws://127.0.0.1/"), state=State.OPEN)
    texts = ["é" * (length // 2) + "e" * (length % 2), "and on"]
    browser.receive_data(Frames(*texts).bytes)
    frames = [frame for frame in browser.events_received() if isinstance(frame, Frame)]
    assert [bytes(frame.data).decode() for frame in frames] == texts
    assert all(frame.opcode is Opcode.TEXT and frame.fin for frame in frames)


# The contract, in a room: the same frames and the same close codes from both.


def test_the_consumer_is_one_of_channels() -> None:
    assert issubclass(RoomConsumer, AsyncWebsocketConsumer)


async def test_an_evening_looks_the_same_on_both_connections(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    await amina.ask("open_room")
    transcripts = []
    for name, is_fast in (("plain", False), ("fast", True)):
        bo = await live_session.join("bo", amina, is_fast=is_fast)
        assert bo.extension.writes if is_fast else not bo.extension.writes
        await _take_part(live_session, amina, bo, name)
        transcripts.append(_transcript(bo))
        await amina.ask("let_back", who=live_session.who("bo"))
    plain, fast = transcripts
    assert len(plain) > 20
    assert fast == plain


async def _take_part(
    live_session: LiveSession, amina: RoomClient, bo: RoomClient, name: str
) -> None:
    """Chat, speak, break limits, come back, and be removed."""
    who = live_session.who("bo")
    said = await bo.ask("say", id=f"{name}-a", text="hello")
    await bo.ask("edit", id=f"{name}-b", message_seq=said["seq"], text="hello all")
    await amina.ask("redact", message_seq=said["seq"])
    await bo.ask("raise_hand", id=f"{name}-c")
    await amina.ask("invite_to_speak")
    await bo.ask("finish_turn", id=f"{name}-d")
    await bo.ask("lock", id=f"{name}-e", on=True)
    await bo.ask("say", id=f"{name}-a", text="a repetition")
    await bo.ask("dance", id=f"{name}-f")
    await bo.send({"type": "ping"})
    await bo.until("pong")
    await bo.send_raw(text="x" * 8193)
    await bo.until("error")
    await bo.send_raw(bytes=b"\x00")
    await bo.until("error")
    await amina.ask("send_back", who=who)
    await bo.until("room")
    await amina.ask("admit", who=who)
    await bo.until("room")
    await amina.ask("remove", who=who, reason="selling")
    assert await bo.closes(within=2) == CloseCode.NO_ENTRY


def _transcript(client: RoomClient) -> list[str]:
    """Return a client's frames with numbers counted from its first, without times and names of runs."""
    first = client.frames[0]["room"]["seq"]
    numbers = r'"(seq|after|message_seq)": (\d+)'

    def from_first(match: re.Match[str]) -> str:
        return f'"{match[1]}": {max(0, int(match[2]) - first)}'

    texts = (re.sub(numbers, from_first, json.dumps(frame)) for frame in client.frames)
    variable = r'"\d{4}-\d\d-\d\dT[^"]+"|"id": "(plain|fast)-'
    return [re.sub(variable, "", text) for text in texts]


@BOTH
@pytest.mark.parametrize(
    ("action", "code"),
    [
        ({"type": "leave", "id": "x"}, CloseCode.GONE),
        ("x" * (64 * 1024 + 1), CloseCode.TOO_BIG),
        ([{"type": "ping"}] * 101, CloseCode.TOO_MANY),
    ],
    ids=["leave", "oversized", "too fast"],
)
async def test_what_a_browser_does_closes_both_with_the_same_code(
    live_session: LiveSession, action: Any, code: CloseCode, is_fast: bool
) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina, is_fast=is_fast)
    for frame in action if isinstance(action, list) else [action]:
        await bo.send_raw(text=frame if isinstance(frame, str) else json.dumps(frame))
    assert await bo.closes(within=2) == code
    assert (await amina.ask("say", text="undisturbed"))["type"] == "ack"


@BOTH
async def test_a_removed_person_s_windows_close_within_two_seconds(
    live_session: LiveSession, is_fast: bool
) -> None:
    amina = await live_session.connect("amina")
    phone = await live_session.join("bo", amina, is_fast=is_fast)
    laptop = await live_session.connect("bo", is_fast=not is_fast)
    await amina.ask("remove", who=live_session.who("bo"), reason="selling")
    await amina.ask("say", text="after")
    assert [await each.closes(within=2) for each in (phone, laptop)] == [CloseCode.NO_ENTRY] * 2
    assert "after" not in phone.texts + laptop.texts
    assert phone.events[-1] == laptop.events[-1]
    assert phone.events[-1]["kind"] == "removed"


@BOTH
async def test_a_browser_that_does_not_read_is_closed_and_catches_up_when_it_comes_back(
    live_session: LiveSession, is_fast: bool
) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina, is_fast=is_fast)
    last = (await bo.ask("say", text="I read this"))["seq"]
    bo.reading.clear()
    long = c.Say(by=live_session.who("amina"), text="\N{CANDLE}" * 2000)  # 24 KB in a frame
    requests = [CommandRequest(long)] * 5
    for so_far in (5, 10, 15):
        await sync_to_async(execute)(
            room_id=live_session.room.pk, requests=requests, now=timezone.now()
        )
        while len(amina.texts) < so_far + 1:
            await amina.next()
    bo.reading.set()
    assert await bo.closes(within=2) == CloseCode.TOO_SLOW
    back = await live_session.connect("bo", since=last, is_fast=is_fast)
    assert [event["text"] for event in back.frames[0]["events"]] == [long.text] * 15
