"""Calls on the wire: who may join, what is passed on to whom, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sessions.live.hub import room_hub
from sessions.live.rate_limits import MEDIA_BURST, MEDIA_FRAME_BYTES
from tests.support.sdp_samples import HOST, call, candidate, described, hears, joins

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.support.ws_client import LiveSession, RoomClient


@pytest.fixture(autouse=True)
def a_mesh(settings: Settings) -> None:
    settings.MEDIA, settings.DIRECT_CALLS = "auto", True
    settings.TURN_URLS, settings.TURN_SECRET = ("turn:127.0.0.1:3478",), "s" * 32
    settings.JANUS_URL = ""


@pytest.fixture
async def both(live_session: LiveSession) -> tuple[RoomClient, RoomClient]:
    """Return the lines of Amina and Bo, both inside."""
    amina = await live_session.connect("amina")
    return amina, await live_session.join("bo", amina)


async def refusal(client: RoomClient, kind: str, **fields: Any) -> str:
    await call(client, kind, **fields)
    return str((await hears(client, "refused"))["code"])


async def test_a_newcomer_is_welcomed_and_known_to_the_others(
    live_session: LiveSession, both: tuple[RoomClient, RoomClient]
) -> None:
    amina, bo = both
    hers = await joins(amina)
    await call(bo, "hello")
    welcome = await hears(bo, "welcome")
    assert welcome["backend"] == "mesh"
    (server,) = welcome["ice"]["iceServers"]
    assert server["urls"] == ["turn:127.0.0.1:3478"]
    assert 0 < welcome["ice"]["renew_in"] <= 1200
    hello = await hears(amina, "hello")
    assert (hello["from"], hello["who"]) == (welcome["you"], live_session.who("bo"))
    await call(amina, "here", to=hello["from"], whom=hello["who"])
    here = await hears(bo, "here")
    assert (here["from"], here["who"]) == (hers, live_session.who("amina"))


async def test_descriptions_and_candidates_reach_the_one_they_are_for(
    live_session: LiveSession, both: tuple[RoomClient, RoomClient]
) -> None:
    amina, bo = both
    edith = await live_session.connect("edith")
    await joins(amina)
    his = await joins(bo)
    await joins(edith)
    address = {"to": his, "whom": live_session.who("bo")}
    await call(amina, "description", **address, description=described())
    await call(amina, "candidates", **address, candidates=[candidate(), candidate("")])
    assert (await hears(bo, "description"))["description"] == described()
    assert (await hears(bo, "candidates"))["candidates"] == [candidate(), candidate("")]
    assert await edith.is_quiet()


async def test_who_waits_or_is_not_in_the_call_sends_nothing(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    dara = await live_session.connect("dara")
    hers = await joins(amina)
    assert await refusal(dara, "hello") == "not_here"
    bo = await live_session.join("bo", amina)
    address = {"to": hers, "whom": live_session.who("amina")}
    assert await refusal(bo, "description", **address, description=described()) == "not_in_call"


async def test_who_is_removed_or_sent_back_is_out_of_the_call(
    live_session: LiveSession, both: tuple[RoomClient, RoomClient]
) -> None:
    amina, bo = both
    await joins(amina)
    his = await joins(bo)
    await amina.ask("send_back", who=live_session.who("bo"))
    assert (await hears(amina, "gone"))["from"] == his
    assert await refusal(bo, "hello") == "not_here"
    await amina.ask("admit", who=live_session.who("bo"))
    while (await bo.until("room"))["room"]["you"]["status"] != "inside":
        pass
    his = await joins(bo)
    await amina.ask("remove", who=live_session.who("bo"), reason="sells")
    assert await bo.closes(within=2) == 4403
    assert (await hears(amina, "gone"))["from"] == his


async def test_a_text_seat_is_out_of_the_call(both: tuple[RoomClient, RoomClient]) -> None:
    amina, bo = both
    await joins(amina)
    his = await joins(bo)
    await bo.ask("receive", what="text")
    assert (await hears(amina, "gone"))["from"] == his
    assert await refusal(bo, "hello") == "text_only"
    await bo.ask("receive", what="audio")
    await joins(bo)


async def test_a_closed_window_is_told_gone(both: tuple[RoomClient, RoomClient]) -> None:
    amina, bo = both
    await joins(amina)
    his = await joins(bo)
    await bo.disconnect()
    assert (await hears(amina, "gone"))["from"] == his


async def test_a_window_of_another_room_or_another_person_is_not_reached(
    live_session: LiveSession, both: tuple[RoomClient, RoomClient]
) -> None:
    amina, bo = both
    await joins(amina)
    his = await joins(bo)
    fields = {"description": described()}
    await call(amina, "description", to="999999", whom=live_session.who("bo"), **fields)
    await call(amina, "description", to=his, whom=live_session.who("dara"), **fields)
    assert await bo.is_quiet()


async def test_addresses_pass_only_between_two_who_agreed(
    live_session: LiveSession, both: tuple[RoomClient, RoomClient]
) -> None:
    amina, bo = both
    his = (await joins(amina), await joins(bo))[1]
    frame = {"to": his, "whom": live_session.who("bo"), "candidates": [candidate(HOST)]}
    assert await refusal(amina, "candidates", **frame) == "address_shown"
    await amina.ask("connect_directly", on=True)
    assert await refusal(amina, "candidates", **frame) == "address_shown"
    await bo.ask("connect_directly", on=True)
    await call(amina, "candidates", **frame)  # at once: browsers do not wait for the server
    assert (await hears(bo, "candidates"))["candidates"] == [candidate(HOST)]
    await call(amina, "credentials")
    assert (await hears(amina, "credentials"))["ice"]["iceTransportPolicy"] == "all"


async def test_a_relay_alone_is_the_way_of_who_did_not_agree(
    both: tuple[RoomClient, RoomClient],
) -> None:
    await call(both[1], "hello")
    assert (await hears(both[1], "welcome"))["ice"]["iceTransportPolicy"] == "relay"


@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"kind": 5},
        {"kind": "sing"},
        {"kind": "description"},
        {"kind": "description", "to": "1", "whom": "1"},
        {"kind": "description", "to": ["1"], "whom": "1", "description": described()},
        {"kind": "description", "to": "1" * 65, "whom": "1", "description": described()},
        {"kind": "description", "to": "1", "whom": "1", "description": {"type": "offer"}},
        {"kind": "candidates", "to": "1", "whom": "1", "candidates": [candidate()] * 21},
        {"kind": "candidates", "to": "1", "whom": "1", "candidates": "x"},
        {"kind": "here", "to": None, "whom": None},
    ],
)
async def test_a_malformed_frame_is_refused_with_a_code(
    both: tuple[RoomClient, RoomClient], frame: dict[str, Any]
) -> None:
    amina, bo = both
    await joins(amina)
    await joins(bo)
    await bo.send({"type": "media"} | frame)
    assert (await hears(bo, "refused"))["code"] == "malformed"
    assert (await amina.ask("say", text="undisturbed"))["type"] == "ack"


async def test_a_description_may_be_long_and_nothing_else_may(
    both: tuple[RoomClient, RoomClient],
) -> None:
    amina, bo = both
    await joins(bo)
    long = "a=" + "x" * 9000
    frame = {"type": "media", "kind": "description", "to": "1", "whom": "1"}
    for text in (
        json.dumps({"type": "say", "id": "x", "text": long}),
        '{"type":"media","kind":"sing","text":"%s"}' % ("x" * MEDIA_FRAME_BYTES),
    ):
        await bo.send_raw(text=text)
        assert (await bo.until("error"))["code"] == "frame_too_big"
    frame["description"] = described(long)
    await bo.send_raw(text=json.dumps(frame, separators=(",", ":")))
    await bo.send_raw(text='{"type":"media"' + "x" * 100_000)
    assert await bo.closes() == 1009
    assert (await amina.ask("say", text="undisturbed"))["type"] == "ack"


async def test_a_flood_is_told_to_slow_down_and_then_cut_while_others_go_on(
    both: tuple[RoomClient, RoomClient],
) -> None:
    amina, bo = both
    await joins(amina)
    await joins(bo)
    for _ in range(MEDIA_BURST + 300):
        await call(bo, "credentials")
    assert (await bo.until("refused"))["code"] == "too_fast"
    assert await bo.closes() == 4429
    assert (await amina.ask("say", text="undisturbed"))["type"] == "ack"


async def test_a_room_of_text_refuses_calls(
    both: tuple[RoomClient, RoomClient], settings: Settings
) -> None:
    settings.MEDIA = "none"
    amina, _ = both
    assert (await amina.ask("microphone", on=True))["code"] == "no_media"
    assert await refusal(amina, "hello") == "no_media"


async def test_frames_of_another_process_reach_windows_in_the_call_alone(
    live_session: LiveSession, both: tuple[RoomClient, RoomClient]
) -> None:
    amina, bo = both
    his = await joins(bo)
    hers = f"{his}77"  # a number that no line of this process has
    frame = {
        "kind": "here",
        "from": hers,
        "who": live_session.who("edith"),
        "whom": live_session.who("bo"),
    }
    message = {"type": "media", "room": live_session.room.pk, "from": "elsewhere"}
    room_hub()._receive(message | {"to": his, "frame": frame})
    assert (await hears(bo, "here"))["who"] == live_session.who("edith")
    room_hub()._receive(message | {"to": None, "frame": {**frame, "kind": "hello", "whom": None}})
    assert (await hears(bo, "hello"))["from"] == hers
    assert not [frame for frame in amina.frames if frame["type"] == "media"]
