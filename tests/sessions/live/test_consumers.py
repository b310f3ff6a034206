"""Frames in, codes out: what one line may do, and that it disturbs no other."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.utils import timezone

from sessions.live.rate_limits import BURST
from sessions.room import command_names
from sessions.room.codec import dump
from tests.sessions.room.test_rules import NEEDS, ROWS
from tests.support.ws_client import LiveSession, RoomClient


@pytest.mark.parametrize(
    "origin",
    [
        b"",
        b"https://127.0.0.1",
        b"http://evil.example",
        b"http://127.0.0.1:81",
        b"null",
        b"http://127.0.0.1.evil.example",
    ],
)
async def test_a_foreign_origin_is_turned_away(origin: bytes) -> None:
    client = RoomClient(headers=[(b"host", b"127.0.0.1"), (b"origin", origin)])
    assert not await client.open()


async def test_a_host_that_is_not_ours_is_turned_away() -> None:
    client = RoomClient(headers=[(b"host", b"evil.example"), (b"origin", b"http://evil.example")])
    assert not await client.open()


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "say", "text": "hello"},
        {"type": "hello"},
        {"type": "hello", "ticket": 5},
        {"type": "hello", "ticket": "x", "since": "1"},
        {"type": "hello", "ticket": "x", "since": True},
        [],
        None,
    ],
)
async def test_a_line_that_does_not_begin_with_hello_is_closed(frame: object) -> None:
    client = RoomClient()
    await client.open()
    await client.send_raw(text=json.dumps(frame))
    assert (await client.next())["code"] == "malformed"
    assert await client.closes() == 4400


async def test_a_ticket_opens_one_line(live_session: LiveSession) -> None:
    ticket = await sync_to_async(live_session.ticket)("amina")
    assert (await RoomClient().hello(ticket))["type"] == "room"
    again = RoomClient()
    assert (await again.hello(ticket))["code"] == "bad_ticket"
    assert await again.closes() == 4401


async def test_a_ticket_is_too_old_after_a_minute(live_session: LiveSession) -> None:
    ticket = await sync_to_async(live_session.ticket)("amina")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert (await RoomClient().hello(ticket))["code"] == "bad_ticket"


async def test_a_made_up_ticket_opens_nothing(live_session: LiveSession) -> None:
    assert (await RoomClient().hello("x" * 43))["code"] == "bad_ticket"


async def test_who_is_no_longer_a_member_does_not_come_in(live_session: LiveSession) -> None:
    ticket = await sync_to_async(live_session.ticket)("bo")
    live_session.members["bo"].state = "left"
    await live_session.members["bo"].asave()
    client = RoomClient()
    assert (await client.hello(ticket))["code"] == "not_here"
    assert await client.closes() == 4403


async def test_five_windows_are_enough(live_session: LiveSession) -> None:
    clients = [await live_session.connect("bo") for _ in range(5)]
    sixth = RoomClient()
    ticket = await sync_to_async(live_session.ticket)("bo")
    assert (await sixth.hello(ticket))["code"] == "too_many_sockets"
    assert await sixth.closes() == 4429
    await clients[0].disconnect()
    assert (await (await live_session.connect("bo")).ask("message_facilitators", text="hi"))[
        "type"
    ] == "ack"


BAD_FRAMES = [
    ("{", "id_missing"),
    ("[]", "id_missing"),
    ("null", "id_missing"),
    ('{"type": "say", "text": "a"}', "id_missing"),
    ('{"type": "say", "id": 5, "text": "a"}', "id_missing"),
    ('{"type": "say", "id": "", "text": "a"}', "id_missing"),
    ('{"type": "dance", "id": "a"}', "unknown_type"),
    ('{"type": "enter", "id": "a", "alias": "Host"}', "unknown_type"),
    ('{"type": ["say"], "id": "a"}', "unknown_type"),
    ('{"type": "say", "id": "a"}', "malformed"),
    ('{"type": "say", "id": "a", "text": "a", "by": "1"}', "malformed"),
    ('{"type": "say", "id": "a", "text": {"a": 1}}', "malformed"),
    ("[" * 7000, "id_missing"),
    ('"' + "x" * 8192, "frame_too_big"),
]


async def test_a_bad_frame_is_answered_with_a_code_and_disturbs_nobody(
    live_session: LiveSession,
) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    await amina.is_quiet(0.1)
    for text, code in BAD_FRAMES:
        await bo.send_raw(text=text)
        assert (await bo.next())["code"] == code, text[:60]
    assert await amina.is_quiet(0.1)
    assert (await bo.ask("say", text="still here"))["type"] == "ack"
    assert (await amina.until("said"))["text"] == "still here"


async def test_a_binary_frame_is_not_understood(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    await amina.send_raw(bytes=b"\x00\xff")
    assert (await amina.next())["code"] == "id_missing"


async def test_a_frame_over_64_kib_closes_its_line_and_no_other(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    await bo.send_raw(text="x" * (64 * 1024 + 1))
    assert await bo.closes() == 1009
    assert (await amina.ask("say", text="hello"))["type"] == "ack"


async def test_who_sends_too_fast_is_told_so_and_then_cut(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    for number in range(BURST + 5):
        await bo.send({"type": "react", "id": f"r{number}", "reaction": "heart"})
    refused = await bo.until("refused")
    assert refused["code"] == "too_fast"
    for _ in range(80):
        await bo.send({"type": "ping"})
    assert await bo.closes() == 4429


async def test_a_repeated_command_counts_once(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    first = await amina.ask("say", id="same", text="once")
    again = await amina.ask("say", id="same", text="once")
    assert first["seq"] == again["seq"]
    assert amina.texts == ["once"]


async def test_two_people_may_use_one_id(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    one = await amina.ask("say", id="same", text="from Amina")
    other = await bo.ask("say", id="same", text="from Bo")
    assert one["seq"] != other["seq"]


async def test_leaving_closes_every_window_of_that_person(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    windows = [await live_session.join("bo", amina), await live_session.connect("bo")]
    await windows[0].send({"type": "leave", "id": "bye"})
    assert [await window.closes() for window in windows] == [4410, 4410]
    assert (await amina.until("left"))["who"] == live_session.who("bo")


async def test_every_verb_is_authorised_on_the_wire(live_session: LiveSession) -> None:
    """What the table refuses a person who waits is refused to a raw frame too."""
    amina = await live_session.connect("amina")
    dara = await live_session.connect("dara")
    others = {"who": live_session.who("amina")}
    for name in sorted(ROWS.keys() - {"leave"}):
        needs = dump(NEEDS.get(command_names.COMMANDS[name], {}))
        fields = {key: others.get(key, value) for key, value in needs.items()}
        await asyncio.sleep(0.15)  # slower than the limit
        answer = await dara.ask(name, **fields)
        if ROWS[name][2] == "-":
            assert (answer["type"], answer["code"]) == ("refused", "waiting"), name
        else:
            assert answer["type"] == "ack", name
    assert (await amina.ask("say", text="undisturbed"))["type"] == "ack"
