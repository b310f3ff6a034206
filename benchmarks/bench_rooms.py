"""What a live room costs, beside the consumer of the Channels tutorial.

Same uvicorn, same channel layer on the same Redis, same sockets. The tutorial stores nothing and
checks nothing; a room authorises every line, numbers it and writes it to PostgreSQL. A join of the
tutorial's is measured a second time as one writes it for people who sign in: with Channels' own
sign-in, a look at the membership, and the others told.

``bench_rooms.py fan city joins`` runs these scenes alone. Costs are nanoseconds of CPU that the
scheduler counted for the server's threads. What is compared more than once is measured in turns, and
the median told. Memory comes first: later a socket would find room that others left behind.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ws_clients import Line, open_line

from tests.chaos.room_harness import Redis, Web, a_database
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

REPEATS: Final = 3
SPEAKERS: Final = 50
ROUNDS: Final = 6  # lines of each speaker: within the limit of a person
CITY: Final = (50, 20)  # rooms, people in each
CITY_SECONDS: Final = 10
CITY_PER_SECOND: Final = 100
SETTLE_SECONDS: Final = 3.0
SHOWN_OUT_SECONDS: Final = 11.0  # a closed line is missed after eight
IDLE_SECONDS: Final = 10
SCENE_SECONDS: Final = 300.0
ARRIVED_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Server:
    """Who is measured: a name, a process, and how a socket is opened to it."""

    name: str
    pid: int
    port: int
    env: dict[str, str]
    has_rooms: bool = False  # the tutorial has no rooms to fill
    door: str = "open"

    def cpu_seconds(self) -> float:
        """Return what all its threads have used."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text("ascii").split()[0]) for thread in threads) / 1e9

    def memory_kib(self) -> int:
        """Return its proportional share of memory."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text("ascii")
        return int(rollup.partition("\nPss:")[2].split()[0])

    def keys(self, rooms: int, people: int) -> list[list[str]]:
        """Return, room by room, what each person opens a socket with."""
        if not self.has_rooms and self.door == "open":
            return [[f"/open{time.monotonic_ns()}{n}/"] * people for n in range(rooms)]
        what = "tickets" if self.has_rooms else "cookies"
        words = f"from benchmarks.seed_rooms import fill; fill({rooms}, {people}, {what!r})"
        made = server_process.manage(
            "shell", "-v", "0", "-c", words, env=self.env, seconds=SCENE_SECONDS
        )
        made.check_returncode()
        return json.loads(made.stdout)  # type: ignore[no-any-return]

    async def open(self, key: str) -> Line:
        """Open a socket; return once the server has let it in."""
        if self.has_rooms:
            return await open_line("/ws/room/", self.port, {"type": "hello", "ticket": key})
        path, _, cookie = key.partition(" ")
        return await open_line(path, self.port, cookie=cookie)


def figure(name: str, value: float, unit: str) -> None:
    """Print one row."""
    print("FIGURE", name, f"{value:.1f}", unit, sep="\t", flush=True)


async def until(lines: list[Line], expected: int) -> list[float]:
    """Wait until everything arrived, or long enough; return all delays, in order of length."""
    deadline = time.monotonic() + ARRIVED_SECONDS
    while (arrived := sum(len(line.delays) for line in lines)) < expected:
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.1)
    figure("  of all deliveries arrived", 100 * arrived / expected, "%")
    return sorted(delay for line in lines for delay in line.delays)


async def close(server: Server, lines: list[Line]) -> None:
    """Hang up, and let the server notice, and a room show its people out."""
    for line in lines:
        line.transport.abort()
    await asyncio.sleep(SHOWN_OUT_SECONDS if server.has_rooms else SETTLE_SECONDS)


async def fan_out(server: Server, sockets: int) -> float:
    """Return the server's microseconds per delivery, in one room of so many."""
    (keys,) = await asyncio.to_thread(server.keys, 1, sockets)
    lines = [await server.open(key) for key in keys]
    await asyncio.sleep(SETTLE_SECONDS)
    before, expected = server.cpu_seconds(), SPEAKERS * ROUNDS * sockets
    for _ in range(ROUNDS):
        for line in lines[:SPEAKERS]:
            line.say_the_time()
        await asyncio.sleep(1)
    delays = await until(lines, expected)
    cost = (server.cpu_seconds() - before) / max(len(delays), 1) * 1e6
    figure(f"{server.name}: CPU per delivery at {sockets} sockets", cost, "us")
    await close(server, lines)
    return cost


async def joins(server: Server) -> float:
    """Return the server's CPU seconds for a thousand people who come at once."""
    keys = await asyncio.to_thread(server.keys, *CITY)
    before, began = server.cpu_seconds(), time.perf_counter()
    lines = await asyncio.gather(*(server.open(key) for room in keys for key in room))
    seconds = time.perf_counter() - began
    await asyncio.sleep(1)  # whoever is told of somebody's coming
    cost = server.cpu_seconds() - before
    figure(f"{server.name}: 1,000 joins at once", seconds, "s")
    figure(f"{server.name}: 1,000 joins at once, CPU", cost, "s")
    await close(server, lines)
    return cost


async def idle(server: Server) -> None:
    """Say what a thousand silent sockets take, beyond what a first room of twenty took."""
    (keys,) = await asyncio.to_thread(server.keys, 1, CITY[1])
    await close(server, [await server.open(key) for key in keys])
    rooms = await asyncio.to_thread(server.keys, *CITY)
    memory = server.memory_kib()
    lines = await asyncio.gather(*(server.open(key) for room in rooms for key in room))
    await asyncio.sleep(SETTLE_SECONDS)
    each = (server.memory_kib() - memory) / len(lines)
    figure(f"{server.name}: memory of an idle socket", each, "KiB")
    before = server.cpu_seconds()
    await asyncio.sleep(IDLE_SECONDS)
    share = 100 * (server.cpu_seconds() - before) / IDLE_SECONDS
    figure(f"{server.name}: CPU of a core for 1,000 idle sockets", share, "%")
    await close(server, lines)


async def city(server: Server) -> dict[str, float]:
    """Let people talk in every one of fifty rooms."""
    keys = await asyncio.to_thread(server.keys, *CITY)
    lines = await asyncio.gather(*(server.open(key) for room in keys for key in room))
    await asyncio.sleep(SETTLE_SECONDS)
    before, start = server.cpu_seconds(), time.perf_counter()
    for number in range(CITY_SECONDS * CITY_PER_SECOND):
        await asyncio.sleep(max(0.0, start + number / CITY_PER_SECOND - time.perf_counter()))
        lines[number % len(lines)].say_the_time()
    delays = await until(lines, CITY_SECONDS * CITY_PER_SECOND * CITY[1]) or [0.0]
    seen = {
        "CPU of a core, %": 100 * (server.cpu_seconds() - before) / CITY_SECONDS,
        "p50, ms": statistics.median(delays) * 1e3,
        "p99, ms": delays[int(len(delays) * 0.99)] * 1e3,
    }
    await close(server, lines)
    return seen


def start_tutorial(env: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """Serve the baseline; return its process and port."""
    port = server_process.free_port()
    options = ["--loop", "uvloop", "--ws", "websockets-sansio", "--log-level", "critical"]
    options += ["--ws-per-message-deflate", "false", "--lifespan", "off", "--port", str(port)]
    options += ["--backlog", "2048"]
    program = [sys.executable, "-m", "uvicorn", "benchmarks.tutorial_consumer:application"]
    process = subprocess.Popen([*program, *options], env=env, cwd=server_process.ROOT)
    deadline = time.monotonic() + server_process.START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return process, port
        time.sleep(0.1)
    process.kill()
    raise SystemExit("the tutorial did not start")


async def idle_scene(ours: Server, theirs: Server, _: Server) -> None:
    """Compare a thousand sockets on which nothing happens."""
    await idle(ours)
    await idle(theirs)


async def fan_scene(ours: Server, theirs: Server, _: Server, *, sockets: int, times: int) -> None:
    """Compare what one delivery costs."""
    pairs = [(await fan_out(theirs, sockets), await fan_out(ours, sockets)) for _ in range(times)]
    for server, costs in zip((theirs, ours), zip(*pairs, strict=True), strict=True):
        cost = statistics.median(costs)
        figure(f"{server.name}: CPU per delivery at {sockets} sockets, median", cost, "us")
    ratio = statistics.median(one / other for one, other in pairs)
    figure(f"the tutorial beside a room at {sockets} sockets, CPU", ratio, "times")


async def joins_scene(ours: Server, theirs: Server, signed_in: Server) -> None:
    """Compare what it costs when everyone comes at once."""
    own = await joins(ours)
    for other in (theirs, signed_in):
        figure(f"{other.name} beside a room, joins, CPU", await joins(other) / own, "times")


async def city_scene(ours: Server, theirs: Server, _: Server) -> None:
    """Compare a thousand sockets at 2,000 deliveries a second."""
    pairs = [(await city(theirs), await city(ours)) for _ in range(REPEATS)]
    for name in pairs[0][0]:
        for server, at in ((theirs, 0), (ours, 1)):
            values = [pair[at][name] for pair in pairs]
            what, _, unit = name.partition(", ")
            figure(f"{server.name}: city, {what}, least", min(values), unit)
            figure(f"{server.name}: city, {what}, median", statistics.median(values), unit)
    ratio = statistics.median(
        one["CPU of a core, %"] / other["CPU of a core, %"] for one, other in pairs
    )
    figure("the tutorial beside a room, city, CPU", ratio, "times")


SCENES: Final[dict[str, Callable[[Server, Server, Server], Awaitable[None]]]] = {
    "idle": idle_scene,  # first: of a fresh process
    "fan": lambda *servers: fan_scene(*servers, sockets=50, times=REPEATS),
    "wide": lambda *servers: fan_scene(*servers, sockets=500, times=1),
    "joins": joins_scene,
    "city": city_scene,
}


async def main(names: list[str]) -> None:
    """Measure all three, one after the other, in each scene."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        database = stack.enter_context(a_database())
        redis = Redis(Path(folder))
        stack.callback(redis.kill)
        env = server_process.environment(Path(folder), DATABASE_URL=database, REDIS_URL=redis.url)
        server_process.manage("migrate", "-v", "0", env=env, seconds=SCENE_SECONDS)
        web = Web(env)
        stack.callback(web.close)
        process, port = await asyncio.to_thread(start_tutorial, env)
        stack.callback(process.kill)
        ours = Server("a room", web.server.process.pid, web.port, env, has_rooms=True)
        theirs = Server("the tutorial", process.pid, port, env)
        signed_in = Server("the tutorial with sign-in", process.pid, port, env, door="signed in")
        for name in (name for name in SCENES if name in names):
            try:
                async with asyncio.timeout(SCENE_SECONDS):
                    await SCENES[name](ours, theirs, signed_in)
            except TimeoutError:
                print(f"# {name} did not end within {SCENE_SECONDS:.0f} seconds")


print(f"# {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
asyncio.run(main(sys.argv[1:] or list(SCENES)))
