"""What a live room costs, beside the consumer of the Channels tutorial.

Same uvicorn, same channel layer on the same Redis, same sockets. The tutorial stores nothing and
checks nothing; a room authorises every line, numbers it and writes it to PostgreSQL.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests import serving
from tests.chaos.town import Redis, Web, a_database

TICKS: Final = os.sysconf("SC_CLK_TCK")
SPEAKERS: Final = 50
ROUNDS: Final = 4  # lines of each speaker: within the limit of a person
CITY: Final = (50, 20)  # rooms, people in each
CITY_LINES: Final = 1000
CITY_PER_SECOND: Final = 100
SETTLE_SECONDS: Final = 5.0
PATIENCE_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Server:
    """Who is measured: a name, a process, and how a socket is opened to it."""

    name: str
    pid: int
    port: int
    env: dict[str, str] | None = None  # of a room's server; the tutorial has no rooms to fill

    def cpu_seconds(self) -> float:
        """Return what it has used, in user and system seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_kib(self) -> int:
        """Return its proportional share of memory."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text("ascii")
        return int(rollup.partition("\nPss:")[2].split()[0])

    def keys(self, rooms: int, people: int) -> list[list[str]]:
        """Return, room by room, what each person opens a socket with."""
        if self.env is None:
            return [[f"/room{time.monotonic_ns()}{n}/"] * people for n in range(rooms)]
        words = f"from benchmarks.full_rooms import fill; fill({rooms}, {people})"
        made = serving.manage("shell", "-v", "0", "-c", words, env=self.env)
        return json.loads(made.stdout)  # type: ignore[no-any-return]

    async def open(self, key: str) -> ClientConnection:
        """Open a socket; return once the server has let it in."""
        origin: Any = f"http://127.0.0.1:{self.port}"
        path = "/ws/room/" if self.env else key
        address = f"ws://127.0.0.1:{self.port}{path}"
        line = await connect(address, origin=origin, compression=None, open_timeout=120)
        if self.env:
            await line.send(json.dumps({"type": "hello", "ticket": key}))
            await line.recv()
        return line


def figure(name: str, value: float, unit: str) -> None:
    """Print one row."""
    print("FIGURE", name, f"{value:.1f}", unit, sep="\t", flush=True)


async def hear(line: ClientConnection, delays: list[float]) -> None:
    """Note, for each line of chat that arrives, how long it was under way."""
    with suppress(ConnectionClosed):
        async for text in line:
            if '"text":"@' in text or '"text": "@' in text:  # type: ignore[operator]
                sent = str(text).partition("@")[2].partition('"')[0]
                delays.append(time.perf_counter() - float(sent))


async def say(line: ClientConnection) -> None:
    """Say what time it is."""
    now = f"@{time.perf_counter():.6f}"
    await line.send(json.dumps({"type": "say", "id": now, "text": now}))


async def until(delays: list[float], expected: int) -> None:
    """Wait until everything arrived, or long enough."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(delays) < expected and time.monotonic() < deadline:  # noqa: ASYNC110 - no one event ends it
        await asyncio.sleep(0.1)


async def close(lines: list[ClientConnection], hearing: list[asyncio.Task[None]]) -> None:
    """Hang up."""
    for task in hearing:
        task.cancel()
    for line in lines:
        line.transport.abort()
    await asyncio.sleep(SETTLE_SECONDS)


async def fan_out(server: Server, sockets: int) -> float:
    """Return the server's microseconds per delivery, in one room of so many."""
    (keys,) = await asyncio.to_thread(server.keys, 1, sockets)
    lines = [await server.open(key) for key in keys]
    delays: list[float] = []
    hearing = [asyncio.create_task(hear(line, delays)) for line in lines]
    await asyncio.sleep(SETTLE_SECONDS)
    before, expected = server.cpu_seconds(), SPEAKERS * ROUNDS * sockets
    for _ in range(ROUNDS):
        for line in lines[:SPEAKERS]:
            await say(line)
        await asyncio.sleep(1)
    await until(delays, expected)
    cost = (server.cpu_seconds() - before) / max(len(delays), 1) * 1e6
    figure(f"{server.name}: CPU per delivery at {sockets} sockets", cost, "us")
    figure(f"{server.name}: arrived at {sockets} sockets", 100 * len(delays) / expected, "%")
    await close(lines, hearing)
    return cost


async def city(server: Server) -> dict[str, float]:
    """Open a thousand sockets at once, leave them idle, then let people talk in every room."""
    keys = await asyncio.to_thread(server.keys, *CITY)
    memory, began = server.memory_kib(), time.perf_counter()
    opened = await asyncio.gather(*(server.open(key) for room in keys for key in room))
    seen = {"joins, s": time.perf_counter() - began}
    await asyncio.sleep(SETTLE_SECONDS)
    seen["idle memory a socket, KiB"] = (server.memory_kib() - memory) / len(opened)
    delays: list[float] = []
    hearing = [asyncio.create_task(hear(line, delays)) for line in opened]
    before, start = server.cpu_seconds(), time.perf_counter()
    for number in range(CITY_LINES):
        await asyncio.sleep(max(0.0, start + number / CITY_PER_SECOND - time.perf_counter()))
        await say(opened[number])
    expected = CITY_LINES * CITY[1]
    await until(delays, expected)
    seconds = CITY_LINES / CITY_PER_SECOND
    seen["CPU at 2,000 deliveries/s, %"] = 100 * (server.cpu_seconds() - before) / seconds
    ordered = sorted(delays) or [0.0]
    seen["p50, ms"] = statistics.median(ordered) * 1e3
    seen["p99, ms"] = ordered[int(len(ordered) * 0.99)] * 1e3
    seen["arrived, %"] = 100 * len(delays) / expected
    for name, value in seen.items():
        figure(f"{server.name}: 1,000 sockets, {name.partition(', ')[0]}", value, name.split()[-1])
    await close(opened, hearing)
    return seen


def start_tutorial(env: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """Serve the baseline; return its process and port."""
    port = serving.free_port()
    options = ["--loop", "uvloop", "--ws", "websockets-sansio", "--log-level", "critical"]
    options += ["--ws-per-message-deflate", "false", "--lifespan", "off", "--port", str(port)]
    options += ["--backlog", "2048"]
    program = [sys.executable, "-m", "uvicorn", "benchmarks.tutorial_room:application"]
    process = subprocess.Popen([*program, *options], env=env, cwd=serving.ROOT)
    time.sleep(SETTLE_SECONDS)
    return process, port


async def main() -> None:
    """Measure both, one after the other, in each scene."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        database = stack.enter_context(a_database())
        redis = Redis(Path(folder))
        stack.callback(redis.kill)
        env = serving.environment(Path(folder), DATABASE_URL=database, REDIS_URL=redis.url)
        serving.manage("migrate", "-v", "0", env=env)
        web = Web(env)
        stack.callback(web.close)
        process, port = await asyncio.to_thread(start_tutorial, env)
        stack.callback(process.kill)
        ours = Server("a room", web.server.process.pid, web.port, env)
        theirs = Server("the tutorial", process.pid, port)
        for sockets in (50, 500):
            ratio = await fan_out(theirs, sockets) / await fan_out(ours, sockets)
            figure(f"the tutorial beside a room at {sockets} sockets, CPU", ratio, "times")
        cities = await city(ours), await city(theirs)
        for name in ("joins, s", "CPU at 2,000 deliveries/s, %", "p99, ms"):
            ratio = cities[1][name] / max(cities[0][name], 1e-9)
            figure(f"the tutorial beside a room, 1,000 sockets, {name}", ratio, "times")


print(f"# {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
asyncio.run(main())
