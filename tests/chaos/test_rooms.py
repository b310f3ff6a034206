"""Web processes and Redis are killed one after the other while people write; nothing is lost."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.chaos.reconnecting_clients import Browser

if TYPE_CHECKING:
    from tests.chaos.room_harness import Installation

pytestmark = pytest.mark.chaos

SEED: Final = 20261126
WRITERS: Final = 20
MESSAGES_EACH: Final = 32
SETTLE_SECONDS: Final = 30


async def inject_faults(installation: Installation) -> None:
    """Kill and restart both web processes and Redis."""
    first, second = installation.webs
    await asyncio.sleep(2)
    await asyncio.to_thread(first.stop, signal.SIGKILL)
    await asyncio.to_thread(first.start)
    await asyncio.to_thread(second.stop, signal.SIGTERM)
    await asyncio.to_thread(second.start)
    await asyncio.sleep(1)
    await asyncio.to_thread(installation.redis.kill)
    await asyncio.sleep(1.5)
    installation.redis.start()
    await asyncio.sleep(1)
    await asyncio.to_thread(installation.redis.flush)


async def run_session(installation: Installation, *, resumes: bool) -> list[Browser]:
    """Let twenty of forty people write while faults are injected; return all clients."""
    ports = [web.port for web in installation.webs]
    people = [
        Browser(ports, installation.hall, key, seed=SEED + number, resumes=resumes)
        for number, key in enumerate(installation.hall["keys"])
    ]
    lives = [asyncio.create_task(person.live()) for person in people]
    amina, *members = people
    await amina.inside.wait()
    while not all(member.inside.is_set() for member in members):
        await amina.ask("admit_all")
        await asyncio.sleep(0.5)
    faults = asyncio.create_task(inject_faults(installation))
    async with asyncio.TaskGroup() as group:
        for number, writer in enumerate(members[:WRITERS]):
            group.create_task(_write(writer, number))
    await faults
    await _settle(people, installation)
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    return people


async def _write(writer: Browser, number: int) -> None:
    for message in range(MESSAGES_EACH):
        await writer.ask("say", text=f"{number}:{message}")
        await asyncio.sleep(0.25)


async def _settle(people: list[Browser], installation: Installation) -> None:
    """Wait until everyone has the last message, or ``SETTLE_SECONDS``."""
    last = max(seq for seq, kind, _ in await asyncio.to_thread(installation.log) if kind == "said")
    for _ in range(SETTLE_SECONDS * 10):
        if all(person.heard and person.heard[-1] == last for person in people):
            return
        await asyncio.sleep(0.1)


def figures(people: list[Browser], said: list[int]) -> None:
    """Print the figures, which ``pytest -s`` shows."""
    seen = {
        "people": len(people),
        "messages sent": len(said),
        "reconnections": sum(person.lives - 1 for person in people),
        "messages not received": sum(len(set(said) - set(person.heard)) for person in people),
        "messages received twice": sum(
            len(person.heard) - len(set(person.heard)) for person in people
        ),
    }
    for name, value in seen.items():
        sys.stdout.write(f"FIGURE\tchaos in a room: {name}\t{value}\n")


def test_everyone_hears_every_line_once_and_in_order_whatever_dies(
    installation: Installation,
) -> None:
    people = asyncio.run(run_session(installation, resumes=True))
    log = installation.log()
    said = {seq: data["text"] for seq, kind, data in log if kind == "said"}
    figures(people, sorted(said))

    assert [seq for seq, _, _ in log] == list(range(1, len(log) + 1))
    assert len(said) == len(set(said.values())) == WRITERS * MESSAGES_EACH
    acked = [seq for person in people[1 : WRITERS + 1] for seq in person.acked.values()]
    assert sorted(acked) == sorted(said)
    assert all(person.heard == sorted(said) for person in people)
    assert sum(person.lives for person in people) > len(people) * 2


def test_without_resuming_the_same_evening_loses_words(installation: Installation) -> None:
    people = asyncio.run(run_session(installation, resumes=False))
    said = sorted(seq for seq, kind, _ in installation.log() if kind == "said")
    figures(people, said)
    assert any(person.heard != said for person in people)
