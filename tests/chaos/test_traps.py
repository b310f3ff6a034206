"""Faults known from other chat systems: Redis is lost, many disconnect at once, one does not read."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.chaos.raw_connections import open_connection, receive_all, receive_text, send_command

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.chaos.room_harness import Installation

pytestmark = pytest.mark.chaos

FACILITATOR = 0
GRACE_SECONDS = 8 + 12  # the grace period, and what a busy machine needs
WIDE = "\N{CANDLE}" * 2000  # the longest message: 24 KB in a frame
WRITERS = 16
ROUNDS = 20
BURDEN_KIB = 24 * 1024
SMALL_WINDOW = 64 * 1024


async def flush(installation: Installation) -> None:
    await asyncio.to_thread(installation.redis.flush)


async def restart(installation: Installation) -> None:
    await asyncio.to_thread(installation.redis.kill)
    await asyncio.sleep(1)
    installation.redis.start()


@pytest.mark.parametrize("harm", [flush, restart])
async def test_a_cache_that_forgets_or_dies_closes_no_line_and_loses_no_word(
    installation: Installation, harm: Callable[[Installation], Awaitable[None]]
) -> None:
    """Redis carries hints: without it a message from the other process takes a second longer."""
    speaks = await open_connection(installation, FACILITATOR, web=0)
    hears = await open_connection(installation, FACILITATOR, web=1)
    await hears.recv()  # its snapshot of the room
    harming = asyncio.create_task(harm(installation))
    for number in range(8):
        assert (await send_command(speaks, "say", text=f"word {number}"))["type"] == "ack"
        async with asyncio.timeout(4):
            await receive_text(hears, f"word {number}")
        await asyncio.sleep(0.25)
    await harming
    await asyncio.sleep(2)  # until the processes are connected to Redis again
    began = time.monotonic()
    assert (await send_command(speaks, "say", text="and on"))["type"] == "ack"
    await receive_text(hears, "and on")
    assert time.monotonic() - began < 4
    for connection in (speaks, hears):
        await connection.close()


async def test_a_crowd_that_vanishes_at_once_leaves_no_ghost(installation: Installation) -> None:
    """A pool of a hundred connections to Redis once kept nine hundred of a thousand in the room."""
    people = range(len(installation.hall["keys"]))
    windows = [
        open_connection(installation, number, web=web) for number in people for web in (0, 1)
    ]
    connections = await asyncio.gather(*windows)
    for connection in connections:
        await connection.recv()
    assert len(await asyncio.to_thread(_leases, installation)) == len(connections)
    for connection in connections:
        connection.transport.abort()
    async with asyncio.timeout(GRACE_SECONDS):
        while _here(await asyncio.to_thread(installation.log)):  # noqa: ASYNC110 - the tables send no event
            await asyncio.sleep(0.5)
    assert not await asyncio.to_thread(_leases, installation)


async def test_who_does_not_read_is_cut_off_and_burdens_nobody(installation: Installation) -> None:
    amina, *others = [await open_connection(installation, number) for number in range(WRITERS)]
    sleeper = await open_connection(installation, WRITERS, window_bytes=SMALL_WINDOW)
    await sleeper.recv()  # waiting by now, so that it is admitted with the others
    await send_command(amina, "admit_all")
    before = _memory_kib(installation)
    said = 0
    for number in range(ROUNDS):
        answers = await asyncio.gather(
            *(
                send_command(connection, "say", text=WIDE, id=f"m{number}")
                for connection in (amina, *others)
            )
        )
        said += sum(answer["type"] == "ack" for answer in answers)
    assert said == WRITERS * ROUNDS
    assert _memory_kib(installation) - before < BURDEN_KIB
    heard = [frame for frame in await receive_all(sleeper) if frame.get("kind") == "said"]
    assert len(heard) < said
    await asyncio.sleep(1)  # twenty messages at once are the limit
    assert (await send_command(amina, "say", text="undisturbed"))["type"] == "ack"
    for connection in (amina, *others):
        await connection.close()


def _here(log: list[tuple[int, str, dict[str, Any]]]) -> set[str]:
    there: set[str] = set()
    for _, kind, data in log:
        if kind in {"joined", "waiting"}:
            there.add(data["who"])
        elif kind == "left":
            there.discard(data["who"])
    return there


def _leases(installation: Installation) -> list[tuple[int]]:
    with psycopg.connect(installation.database) as connection:
        return connection.execute("select id from peer_sessions_lease").fetchall()


def _memory_kib(installation: Installation) -> int:
    status = Path(f"/proc/{installation.webs[0].server.process.pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0])
