"""Idle, flooded and unauthorised connections, at a real server on a real Redis."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed

from tests.chaos.raw_connections import close_code, open_connection, receive_all, send_command

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

    from tests.chaos.room_harness import Installation

pytestmark = pytest.mark.chaos

FACILITATOR, MEMBER = 0, 1


async def flood(connection: ClientConnection) -> None:
    """Send ten megabytes in one frame, and receive until the connection is closed."""
    await connection.send("x" * 10_000_000)
    while True:
        await connection.recv()


async def silence(connection: ClientConnection, *, seconds: float) -> None:
    """Receive nothing but snapshots and beats for some seconds."""
    async with asyncio.timeout(seconds):
        async for text in connection:
            assert json.loads(text)["type"] in {"room", "beat"}
    raise AssertionError("the connection was closed")


async def test_a_line_on_which_nothing_happens_lives_on(installation: Installation) -> None:
    """redis-py gives idle connections a timeout that killed every quiet room."""
    amina = await open_connection(installation, FACILITATOR)
    with pytest.raises(TimeoutError):
        await silence(amina, seconds=32)
    assert (await send_command(amina, "say", text="still here"))["type"] == "ack"
    await amina.close()


async def test_a_frame_of_ten_megabytes_ends_its_line_and_no_other(
    installation: Installation,
) -> None:
    amina, bo = (
        await open_connection(installation, FACILITATOR),
        await open_connection(installation, MEMBER),
    )
    with pytest.raises(ConnectionClosed):
        await flood(bo)
    assert (await send_command(amina, "say", text="undisturbed"))["type"] == "ack"
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
    installation: Installation,
) -> None:
    amina = await open_connection(installation, FACILITATOR)
    connections = {
        n: [await open_connection(installation, n, web=web) for web in (0, 1)] for n in RIGHTS_ENDED
    }
    for number, ending in RIGHTS_ENDED.items():
        membership = json.loads(await connections[number][0].recv())["room"]["you"]["who"]
        key = installation.hall["keys"][number]
        await asyncio.to_thread(installation.change, ending, {"membership": membership, "key": key})
        async with asyncio.timeout(2):
            codes = [await close_code(connection) for connection in connections[number]]
        assert codes == [CODES[number]] * 2, ending
    assert (await send_command(amina, "say", text="undisturbed"))["type"] == "ack"
    await amina.close()


async def test_a_process_that_stops_tells_each_browser_when_to_come_back(
    installation: Installation,
) -> None:
    connections = [
        await open_connection(installation, FACILITATOR),
        await open_connection(installation, MEMBER),
    ]
    for connection in connections:
        assert json.loads(await connection.recv())["type"] == "room"
    await asyncio.to_thread(installation.webs[0].stop, signal.SIGTERM)
    farewells = []
    for connection in connections:
        frames = await receive_all(connection)
        farewells.append(next(frame for frame in frames if frame["type"] == "bye"))
    assert all(0 <= farewell["retry_ms"] < 5000 for farewell in farewells)
