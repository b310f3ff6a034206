"""Lines that are stuffed or left alone, at a real server on a real Redis."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed

from tests.chaos.raw_connections import ask, closing, everything, line

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

    from tests.chaos.room_harness import Town

pytestmark = pytest.mark.chaos

FACILITATOR, MEMBER = 0, 1


async def flood(opened: ClientConnection) -> None:
    """Send far too much at once, and hear what comes of it."""
    await opened.send("x" * 10_000_000)
    while True:
        await opened.recv()


async def silence(opened: ClientConnection, *, seconds: float) -> None:
    """Hear nothing but pictures and beats for so long."""
    async with asyncio.timeout(seconds):
        async for text in opened:
            assert json.loads(text)["type"] in {"room", "beat"}
    raise AssertionError("the line was closed")


async def test_a_line_on_which_nothing_happens_lives_on(town: Town) -> None:
    """redis-py gives idle connections a timeout that killed every quiet room."""
    amina = await line(town, FACILITATOR)
    with pytest.raises(TimeoutError):
        await silence(amina, seconds=32)
    assert (await ask(amina, "say", text="still here"))["type"] == "ack"
    await amina.close()


async def test_a_frame_of_ten_megabytes_ends_its_line_and_no_other(town: Town) -> None:
    amina, bo = await line(town, FACILITATOR), await line(town, MEMBER)
    with pytest.raises(ConnectionClosed):
        await flood(bo)
    assert (await ask(amina, "say", text="undisturbed"))["type"] == "ack"
    await amina.close()


RIGHTS_ENDED = {
    1: "update accounts_person as p set password = 'another' from scheduler_membership as m"
    " where m.person_id = p.id and m.id = %(membership)s",
    2: "update accounts_person as p set deactivated_at = now() from scheduler_membership as m"
    " where m.person_id = p.id and m.id = %(membership)s",
    3: "update scheduler_membership set state = 'removed' where id = %(membership)s",
    4: "delete from accounts_browsersession"
    " where session_key = encode(sha256(convert_to(%(key)s, 'UTF8')), 'hex')",
}
CODES = {1: 4401, 2: 4403, 3: 4403, 4: 4401}


async def test_who_loses_the_right_is_cut_off_in_every_process_within_two_seconds(
    town: Town,
) -> None:
    amina = await line(town, FACILITATOR)
    lines = {n: [await line(town, n, web=web) for web in (0, 1)] for n in RIGHTS_ENDED}
    for number, ending in RIGHTS_ENDED.items():
        membership = json.loads(await lines[number][0].recv())["room"]["you"]["who"]
        key = town.hall["keys"][number]
        await asyncio.to_thread(town.change, ending, {"membership": membership, "key": key})
        async with asyncio.timeout(2):
            codes = [await closing(opened) for opened in lines[number]]
        assert codes == [CODES[number]] * 2, ending
    assert (await ask(amina, "say", text="undisturbed"))["type"] == "ack"
    await amina.close()


async def test_a_process_that_stops_tells_each_browser_when_to_come_back(town: Town) -> None:
    lines = [await line(town, FACILITATOR), await line(town, MEMBER)]
    for opened in lines:
        assert json.loads(await opened.recv())["type"] == "room"
    await asyncio.to_thread(town.webs[0].stop, signal.SIGTERM)
    farewells = []
    for opened in lines:
        frames = await everything(opened)
        farewells.append(next(frame for frame in frames if frame["type"] == "bye"))
    assert all(0 <= farewell["retry_ms"] < 5000 for farewell in farewells)
