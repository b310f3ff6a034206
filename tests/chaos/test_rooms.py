"""Two web processes and the cache lose their lives, one after the other; nobody misses a word."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from tests import serving
from tests.chaos.browsers import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.chaos

POSTGRES: Final = (
    os.environ.get("CHAOS_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
)
SEED: Final = 20261126
WRITERS: Final = 20
LINES_EACH: Final = 32
SETTLE_SECONDS: Final = 30


@contextmanager
def a_database() -> Iterator[str]:
    """Make a database of our own and drop it afterwards; yield its address."""
    name = f"chaos_{uuid.uuid4().hex[:8]}"
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL to torment")
    with server:
        server.execute(f"create database {name}")
        try:
            yield POSTGRES.rpartition("/")[0] + f"/{name}"
        finally:
            server.execute(f"drop database {name} with (force)")


class Redis:
    """A Redis of our own, which may die."""

    def __init__(self, folder: Path) -> None:
        self.program = shutil.which("redis-server") or pytest.skip("no Redis to torment")
        self.folder, self.port = folder, serving.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        self.process = subprocess.Popen(
            [self.program, *options, str(self.folder)], stdout=subprocess.DEVNULL
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def flush(self) -> None:
        subprocess.run(["redis-cli", "-p", str(self.port), "flushall"], check=True, timeout=5)


class Web:
    """One web process, which may die and come back at the same address."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env, self.port, self.stack = env, serving.free_port(), ExitStack()
        self.start()

    def start(self) -> None:
        self.server = self.stack.enter_context(serving.serve(self.env, self.port))

    def stop(self, number: signal.Signals) -> None:
        self.server.process.send_signal(number)
        self.server.process.wait(timeout=20)

    def close(self) -> None:
        self.stack.close()


@dataclass
class Town:
    """Two web processes, a database, a cache, and one room full of people."""

    webs: list[Web]
    redis: Redis
    database: str
    hall: dict[str, Any]

    def log(self) -> list[tuple[int, str, dict[str, Any]]]:
        """Return the room's whole log."""
        query = (
            "select seq, kind, data from peer_sessions_roomevent where room_id = %s order by seq"
        )
        with psycopg.connect(self.database) as connection:
            return [
                (seq, kind, data if isinstance(data, dict) else json.loads(data))
                for seq, kind, data in connection.execute(query, [self.hall["room"]])
            ]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_database() as database, ExitStack() as stack:
        redis = Redis(tmp_path)
        stack.callback(redis.kill)
        env = serving.environment(tmp_path, DATABASE_URL=database, REDIS_URL=redis.url)
        for words in (
            ["migrate", "-v", "0"],
            ["shell", "-v", "0", "-c", "import tests.chaos.crowd"],
        ):
            done = serving.manage(*words, env=env)
            assert done.returncode == 0, done.stderr
        webs = [Web(env), Web(env)]
        for web in webs:
            stack.callback(web.close)
        yield Town(webs, redis, database, json.loads(done.stdout))


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


async def evening(town: Town, *, resumes: bool) -> list[Browser]:
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


def test_everyone_hears_every_line_once_and_in_order_whatever_dies(town: Town) -> None:
    people = asyncio.run(evening(town, resumes=True))
    log = town.log()
    said = {seq: data["text"] for seq, kind, data in log if kind == "said"}

    assert [seq for seq, _, _ in log] == list(range(1, len(log) + 1))
    assert len(said) == len(set(said.values())) == WRITERS * LINES_EACH
    acked = [seq for person in people[1 : WRITERS + 1] for seq in person.acked.values()]
    assert sorted(acked) == sorted(said)
    short = [n for n, person in enumerate(people) if person.heard != sorted(said)]
    assert short == []
    assert sum(person.lives for person in people) > len(people) * 2


def test_without_resuming_the_same_evening_loses_words(town: Town) -> None:
    people = asyncio.run(evening(town, resumes=False))
    said = sorted(seq for seq, kind, _ in town.log() if kind == "said")
    assert any(person.heard != said for person in people)
