"""Two web processes and the cache lose their lives, one after the other; nobody misses a word."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.chaos.reconnecting_clients import Browser

if TYPE_CHECKING:
    from tests.chaos.room_harness import Town

pytestmark = pytest.mark.chaos

SEED: Final = 20261126
WRITERS: Final = 20
LINES_EACH: Final = 32
SETTLE_SECONDS: Final = 30


async def torment(town: Town) -> None:
    """Kill what can be killed, while people talk."""
    first, second = town.webs
    await asyncio.sleep(2)
    await asyncio.to_thread(first.stop, signal.SIGKILL)
    await asyncio.to_thread(first.start)
    await asyncio.to_thread(second.stop, signal.SIGTERM)
    await asyncio.to_thread(second.start)
    await asyncio.sleep(1)
    await asyncio.to_thread(town.redis.kill)
    await asyncio.sleep(1.5)
    town.redis.start()
    await asyncio.sleep(1)
    await asyncio.to_thread(town.redis.flush)


async def live_session(town: Town, *, resumes: bool) -> list[Browser]:
    """Let forty people meet, twenty of them talk, and everything break meanwhile."""
    ports = [web.port for web in town.webs]
    people = [
        Browser(ports, town.hall, key, seed=SEED + number, resumes=resumes)
        for number, key in enumerate(town.hall["keys"])
    ]
    lives = [asyncio.create_task(person.live()) for person in people]
    amina, *members = people
    await amina.inside.wait()
    while not all(member.inside.is_set() for member in members):
        await amina.ask("admit_all")
        await asyncio.sleep(0.5)
    storm = asyncio.create_task(torment(town))
    async with asyncio.TaskGroup() as group:
        for number, writer in enumerate(members[:WRITERS]):
            group.create_task(_talk(writer, number))
    await storm
    await _settle(people, town)
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    return people


async def _talk(writer: Browser, number: int) -> None:
    for line in range(LINES_EACH):
        await writer.ask("say", text=f"{number}:{line}")
        await asyncio.sleep(0.25)


async def _settle(people: list[Browser], town: Town) -> None:
    """Wait until everyone has the last line, or long enough."""
    last = max(seq for seq, kind, _ in await asyncio.to_thread(town.log) if kind == "said")
    for _ in range(SETTLE_SECONDS * 10):
        if all(person.heard and person.heard[-1] == last for person in people):
            return
        await asyncio.sleep(0.1)


def figures(people: list[Browser], said: list[int]) -> None:
    """Print what happened: ``pytest -s`` shows it."""
    seen = {
        "people": len(people),
        "lines said": len(said),
        "lines opened again": sum(person.lives - 1 for person in people),
        "words that did not arrive": sum(len(set(said) - set(person.heard)) for person in people),
        "words that arrived twice": sum(
            len(person.heard) - len(set(person.heard)) for person in people
        ),
    }
    for name, value in seen.items():
        sys.stdout.write(f"FIGURE\tchaos in a room: {name}\t{value}\n")


def test_everyone_hears_every_line_once_and_in_order_whatever_dies(town: Town) -> None:
    people = asyncio.run(live_session(town, resumes=True))
    log = town.log()
    said = {seq: data["text"] for seq, kind, data in log if kind == "said"}
    figures(people, sorted(said))

    assert [seq for seq, _, _ in log] == list(range(1, len(log) + 1))
    assert len(said) == len(set(said.values())) == WRITERS * LINES_EACH
    acked = [seq for person in people[1 : WRITERS + 1] for seq in person.acked.values()]
    assert sorted(acked) == sorted(said)
    assert all(person.heard == sorted(said) for person in people)
    assert sum(person.lives for person in people) > len(people) * 2


def test_without_resuming_the_same_evening_loses_words(town: Town) -> None:
    people = asyncio.run(live_session(town, resumes=False))
    said = sorted(seq for seq, kind, _ in town.log() if kind == "said")
    figures(people, said)
    assert any(person.heard != said for person in people)
