"""Frames to a real Janus that are not what they should be: a code, and nobody else notices."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async

from sessions.live.rate_limits import MEDIA_BURST
from sessions.media.janus.backend import CONNECTION_TASK
from sessions.media.janus.connection import JanusConnection
from sessions.media.janus.videoroom import VideoRoom
from tests.support.sdp_samples import call, candidate, described, hears, joins

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.support.media_servers import Program
    from tests.support.ws_client import LiveSession, RoomClient


VOICE = (
    "a=ice-pwd:asd88fgpdd777uzjYhagZg22",
    "a=setup:actpass",
    "a=mid:0",
    "a=rtcp-mux",
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;useinbandfec=1",
)


def voice(*, kind: str = "offer") -> dict[str, Any]:
    """Return what a browser says about one voice, in so far as Janus needs it."""
    return described(*VOICE, kind=kind)


async def refusal(client: RoomClient, kind: str, **fields: Any) -> str:
    await call(client, kind, **fields)
    return str((await hears(client, "refused"))["code"])


@pytest.fixture
async def amina(janus: Program, live_session: LiveSession) -> RoomClient:
    """Return Amina's line, in the call."""
    client = await live_session.connect("amina")
    await joins(client)
    return client


async def test_an_offer_is_answered_and_its_voice_muted_before_that(amina: RoomClient) -> None:
    await call(amina, "description", description=voice())
    answer = (await hears(amina, "description"))["description"]
    assert answer["type"] == "answer"
    assert "a=recvonly" in answer["sdp"]


async def test_an_answer_asks_for_silence_to_cost_little_and_losses_to_be_mended(
    amina: RoomClient,
) -> None:
    await call(amina, "description", description=voice())
    answer = (await hears(amina, "description"))["description"]["sdp"]
    assert "useinbandfec=1" in answer
    assert "usedtx=1" in answer


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("description", {}),
        ("description", {"description": {"type": "offer", "sdp": "v=0\r\ngarbage"}}),
        ("description", {"description": {"type": "offer", "sdp": "v=0\r\n" + "a=x\r\n" * 1000}}),
        ("description", {"description": described("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x")}),
        ("description", {"description": voice(kind="answer")}),
        ("candidates", {"of": "send", "candidates": [{"candidate": "candidate:garbage"}]}),
        ("candidates", {"of": "elsewhere", "candidates": []}),
        ("candidates", {"of": "send", "candidates": [candidate()] * 21}),
        ("take", {"video": "yes", "size": 0}),
        ("take", {"video": True, "size": 9}),
        ("key", {"to": "x" * 65, "key": "k"}),
        ("key", {"to": "1", "key": "k" * 5000}),
        ("join", {"room": "another", "session_id": 1, "handle_id": 1}),
        ("moderate", {"mute": False}),
    ],
)
async def test_what_is_malformed_is_refused_and_the_call_goes_on(
    amina: RoomClient, kind: str, fields: dict[str, Any]
) -> None:
    assert await refusal(amina, kind, **fields) == "malformed"
    await call(amina, "description", description=voice())
    assert (await hears(amina, "description"))["description"]["type"] == "answer"


async def test_a_frame_of_100_kb_never_reaches_janus(amina: RoomClient) -> None:
    await call(amina, "description", description={"type": "offer", "sdp": "v" * 100_000})
    assert await amina.closes() == 1009


async def test_a_flood_is_refused_and_others_are_answered(
    amina: RoomClient, janus: Program, live_session: LiveSession
) -> None:
    bo = await live_session.join("bo", amina)
    await joins(bo)
    for _ in range(MEDIA_BURST + 20):
        await call(bo, "candidates", of="send", candidates=[candidate()])
    assert (await bo.until("refused"))["code"]
    await call(amina, "description", description=voice())
    assert (await hears(amina, "description"))["description"]["type"] == "answer"


async def test_names_of_sessions_and_handles_in_a_frame_mean_nothing(amina: RoomClient) -> None:
    foreign = {"session_id": 1, "handle_id": 2, "sender": 3, "room": "x", "janus": "destroy"}
    await call(amina, "description", description=voice(), **foreign)
    assert (await hears(amina, "description"))["description"]["type"] == "answer"


async def test_a_browser_that_begins_anew_is_let_in_anew(
    amina: RoomClient, janus: Program, live_session: LiveSession
) -> None:
    bo = await live_session.join("bo", amina)
    await joins(bo)
    await call(bo, "description", description=voice())
    assert (await hears(bo, "description"))["description"]["type"] == "answer"
    await hears(amina, "hello")
    anew = {"type": "offer", "sdp": voice()["sdp"].replace("o=- 476", "o=- 999")}
    await call(bo, "description", description=anew)
    assert (await hears(bo, "description"))["description"]["type"] == "answer"
    assert [(await hears(amina, kind))["who"] for kind in ("gone", "hello")] == [
        live_session.who("bo")
    ] * 2


async def test_what_a_dead_process_left_of_a_person_goes_when_she_comes_again(
    amina: RoomClient, janus: Program, live_session: LiveSession, settings: Settings
) -> None:
    lost: list[bool] = []
    wire = JanusConnection(
        settings.JANUS_URL, settings.JANUS_SECRET, on_down=lambda: lost.append(True)
    )
    other_process = asyncio.create_task(wire.run(), name=CONNECTION_TASK)
    await wire.wait_until_up(5)
    left = await VideoRoom.attach(wire, live_session.room.pk, lambda _: None)
    his = live_session.who("bo")
    (hers,) = [feed.partition(".")[2] for feed in await left.feeds()]
    await left.join(f"{his}.999999")
    bo = await live_session.join("bo", amina)
    client = await joins(bo)
    assert sorted(await left.feeds()) == sorted(
        [f"{his}.{client}", f"{live_session.who('amina')}.{hers}"]
    )
    other_process.cancel()


async def test_a_server_that_hangs_is_down_after_a_few_seconds(
    amina: RoomClient, janus: Program
) -> None:
    assert janus.process
    janus.process.send_signal(signal.SIGSTOP)
    try:
        assert await refusal_of(amina) == "unavailable"
    finally:
        janus.process.send_signal(signal.SIGCONT)


async def refusal_of(client: RoomClient) -> str:
    """Return what an offer hears that nobody takes."""
    await call(client, "description", description=voice())
    async with asyncio.timeout(12):
        while True:
            frame = await client.next(12)
            if frame["type"] == "media" and frame["kind"] in {"refused", "lost"}:
                return "unavailable" if frame["kind"] == "lost" else str(frame["code"])


async def test_who_is_not_in_the_call_cannot_publish(
    janus: Program, live_session: LiveSession
) -> None:
    client = await live_session.connect("amina")
    assert await refusal(client, "description", description=voice()) == "not_in_call"
    dara = await live_session.connect("dara")  # waits at the door
    assert await refusal(dara, "hello") == "not_here"


async def test_behind_a_relay_no_other_address_may_be_told(
    amina: RoomClient, settings: Settings
) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = ("turn:127.0.0.1:3478",), "s" * 32
    host = candidate("candidate:1 1 udp 2113937151 192.0.2.7 33662 typ host")
    assert await refusal(amina, "candidates", of="send", candidates=[host]) == "address_shown"


async def test_no_secret_and_no_address_of_janus_reaches_a_browser(
    amina: RoomClient, janus: Program, settings: Settings
) -> None:
    await call(amina, "description", description=voice())
    await hears(amina, "description")
    wait_for_media = str(amina.frames)
    assert settings.JANUS_SECRET not in wait_for_media
    assert str(janus.port) not in wait_for_media
    assert "apisecret" not in wait_for_media


async def test_without_janus_the_room_is_told_and_stays_text(
    janus: Program, live_session: LiveSession
) -> None:
    janus.kill()
    client = await live_session.connect("amina")
    assert await refusal(client, "hello") in {"unavailable", "no_media"}
    assert (await client.ask("say", text="Here we are."))["type"] == "ack"
    assert await sync_to_async(live_session.room.events.filter(kind="said").count)() == 1
