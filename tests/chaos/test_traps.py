"""What broke others' rooms, done to ours on purpose: a cache that dies, a crowd that vanishes,
a reader that sleeps."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.chaos.raw_connections import ask, everything, hear, line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.chaos.room_harness import Town

pytestmark = pytest.mark.chaos

FACILITATOR = 0
GRACE_SECONDS = 8 + 12  # a closed line is missed after eight; the rest is a busy machine's
WIDE = "\N{CANDLE}" * 2000  # the longest line there is: 24 KB on the wire
WRITERS = 16
ROUNDS = 20
BURDEN_KIB = 24 * 1024
SMALL_WINDOW = 64 * 1024


async def flush(town: Town) -> None:
    await asyncio.to_thread(town.redis.flush)


async def restart(town: Town) -> None:
    await asyncio.to_thread(town.redis.kill)
    await asyncio.sleep(1)
    town.redis.start()


@pytest.mark.parametrize("harm", [flush, restart])
async def test_a_cache_that_forgets_or_dies_closes_no_line_and_loses_no_word(
    town: Town, harm: Callable[[Town], Awaitable[None]]
) -> None:
    """Redis carries doorbells: without it a word of the other process takes a second longer."""
    speaks = await line(town, FACILITATOR, web=0)
    hears = await line(town, FACILITATOR, web=1)
    await hears.recv()  # its picture of the room: from now on it is told
    harming = asyncio.create_task(harm(town))
    for number in range(8):
        assert (await ask(speaks, "say", text=f"word {number}"))["type"] == "ack"
        async with asyncio.timeout(4):
            await hear(hears, f"word {number}")
        await asyncio.sleep(0.25)
    await harming
    await asyncio.sleep(2)  # whoever lost Redis finds it again
    began = time.monotonic()
    assert (await ask(speaks, "say", text="and on"))["type"] == "ack"
    await hear(hears, "and on")
    assert time.monotonic() - began < 4
    for opened in (speaks, hears):
        await opened.close()


async def test_a_crowd_that_vanishes_at_once_leaves_no_ghost(town: Town) -> None:
    """A pool of a hundred connections to Redis once kept nine hundred of a thousand in the room."""
    people = range(len(town.hall["keys"]))
    windows = [line(town, number, web=web) for number in people for web in (0, 1)]
    lines = await asyncio.gather(*windows)
    for opened in lines:
        await opened.recv()
    assert len(await asyncio.to_thread(_leases, town)) == len(lines)
    for opened in lines:
        opened.transport.abort()
    async with asyncio.timeout(GRACE_SECONDS):
        while _here(await asyncio.to_thread(town.log)):  # noqa: ASYNC110 - the tables send no event
            await asyncio.sleep(0.5)
    assert not await asyncio.to_thread(_leases, town)


async def test_who_does_not_read_is_cut_off_and_burdens_nobody(town: Town) -> None:
    amina, *others = [await line(town, number) for number in range(WRITERS)]
    sleeper = await line(town, WRITERS, window_bytes=SMALL_WINDOW)
    await sleeper.recv()  # it is at the door: whoever comes later is not let in with the others
    await ask(amina, "admit_all")
    before = _memory_kib(town)
    said = 0
    for number in range(ROUNDS):
        answers = await asyncio.gather(
            *(ask(opened, "say", text=WIDE, id=f"m{number}") for opened in (amina, *others))
        )
        said += sum(answer["type"] == "ack" for answer in answers)
    assert said == WRITERS * ROUNDS
    assert _memory_kib(town) - before < BURDEN_KIB
    heard = [frame for frame in await everything(sleeper) if frame.get("kind") == "said"]
    assert len(heard) < said
    await asyncio.sleep(1)  # twenty lines in a row were all that she may say at once
    assert (await ask(amina, "say", text="undisturbed"))["type"] == "ack"
    for opened in (amina, *others):
        await opened.close()


def _here(log: list[tuple[int, str, dict[str, Any]]]) -> set[str]:
    there: set[str] = set()
    for _, kind, data in log:
        if kind in {"joined", "waiting"}:
            there.add(data["who"])
        elif kind == "left":
            there.discard(data["who"])
    return there


def _leases(town: Town) -> list[tuple[int]]:
    with psycopg.connect(town.database) as connection:
        return connection.execute("select id from peer_sessions_lease").fetchall()


def _memory_kib(town: Town) -> int:
    status = Path(f"/proc/{town.webs[0].server.process.pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0])
