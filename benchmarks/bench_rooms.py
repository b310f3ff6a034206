"""What a live room costs, beside the consumer of the Channels tutorial.

All use the same uvicorn, the same channel layer on the same Redis, and the same clients. ``fast`` is the
room as ``manage.py serve`` runs it, ``plain`` the room on uvicorn's own WebSocket protocol, where
``sessions.live.transport`` uses nothing but Channels. The tutorial stores nothing and checks nothing; a
room authorises every message, numbers it and writes it to PostgreSQL. For joins there is a second tutorial
with Channels' sign-in, a query for the membership, and an announcement to the others.

``bench_rooms.py fan city joins`` runs these scenes only. Costs are nanoseconds of CPU that the scheduler
counted for the server's threads. Scenes that are repeated run in turns, and medians are printed. ``idle``
comes first, because later connections use memory that earlier ones have freed.
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
from typing import TYPE_CHECKING, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ws_clients import TimedClient, connect
from tests.chaos.room_harness import Redis, Web, a_database
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

REPEATS: Final = 3
SPEAKERS: Final = 50
ROUNDS: Final = 6  # messages of each speaker, within the rate limit
CITY: Final = (50, 20)  # rooms, people in each
CITY_SECONDS: Final = 10
CITY_PER_SECOND: Final = 100
SETTLE_SECONDS: Final = 3.0
LEFT_SECONDS: Final = 11.0  # after which people with closed connections have left the room
IDLE_SECONDS: Final = 10
SCENE_SECONDS: Final = 300.0
ARRIVED_SECONDS: Final = 60.0


@dataclass(frozen=True, eq=False)
class Server:
    """A server process that is measured. ``entry`` says how its clients are opened."""

    name: str
    pid: int
    port: int
    env: dict[str, str]
    has_rooms: bool = False
    entry: str = "open"

    def cpu_seconds(self) -> float:
        """Return the CPU time of all threads."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text("ascii").split()[0]) for thread in threads) / 1e9

    def memory_kib(self) -> int:
        """Return the proportional set size."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text("ascii")
        return int(rollup.partition("\nPss:")[2].split()[0])

    def keys(self, rooms: int, people: int) -> list[list[str]]:
        """Return for each room a ticket, or path and cookie, for each person."""
        if not self.has_rooms and self.entry == "open":
            return [[f"/open{time.monotonic_ns()}{n}/"] * people for n in range(rooms)]
        what = "tickets" if self.has_rooms else "cookies"
        words = f"from benchmarks.seed_rooms import fill; fill({rooms}, {people}, {what!r})"
        made = server_process.manage(
            "shell", "-v", "0", "-c", words, env=self.env, seconds=SCENE_SECONDS
        )
        made.check_returncode()
        return json.loads(made.stdout)  # type: ignore[no-any-return]

    async def open(self, key: str) -> TimedClient:
        """Return a client that is connected."""
        if self.has_rooms:
            return await connect("/ws/room/", self.port, {"type": "hello", "ticket": key})
        path, _, cookie = key.partition(" ")
        return await connect(path, self.port, cookie=cookie)


def figure(name: str, value: float, unit: str) -> None:
    """Print one row."""
    print("FIGURE", name, f"{value:.1f}", unit, sep="\t", flush=True)


async def until(clients: list[TimedClient], expected: int) -> list[float]:
    """Wait for all messages, or ``ARRIVED_SECONDS``; return their delays in ascending order."""
    deadline = time.monotonic() + ARRIVED_SECONDS
    while (arrived := sum(len(client.delays) for client in clients)) < expected:
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.1)
    figure("  of all deliveries arrived", 100 * arrived / expected, "%")
    return sorted(delay for client in clients for delay in client.delays)


async def close(server: Server, clients: list[TimedClient]) -> None:
    """Close the clients, and wait until the server, and its rooms, are done with them."""
    for client in clients:
        client.transport.abort()
    await asyncio.sleep(LEFT_SECONDS if server.has_rooms else SETTLE_SECONDS)


async def fan_out(server: Server, sockets: int) -> float:
    """Return the server's microseconds of CPU per delivery, in one room."""
    (keys,) = await asyncio.to_thread(server.keys, 1, sockets)
    clients = [await server.open(key) for key in keys]
    await asyncio.sleep(SETTLE_SECONDS)
    before, expected = server.cpu_seconds(), SPEAKERS * ROUNDS * sockets
    for _ in range(ROUNDS):
        for client in clients[:SPEAKERS]:
            client.send_timestamp()
        await asyncio.sleep(1)
    delays = await until(clients, expected)
    cost = (server.cpu_seconds() - before) / max(len(delays), 1) * 1e6
    figure(f"{server.name}: CPU per delivery at {sockets} sockets", cost, "us")
    await close(server, clients)
    return cost


async def joins(server: Server) -> float:
    """Return the server's CPU seconds for a thousand joins at once."""
    keys = await asyncio.to_thread(server.keys, *CITY)
    before, began = server.cpu_seconds(), time.perf_counter()
    clients = await asyncio.gather(*(server.open(key) for room in keys for key in room))
    seconds = time.perf_counter() - began
    await asyncio.sleep(1)  # announcements
    cost = server.cpu_seconds() - before
    figure(f"{server.name}: 1,000 joins at once", seconds, "s")
    figure(f"{server.name}: 1,000 joins at once, CPU", cost, "s")
    await close(server, clients)
    return cost


async def idle(server: Server) -> None:
    """Print memory and CPU of a thousand idle connections, beyond a first room of twenty."""
    (keys,) = await asyncio.to_thread(server.keys, 1, CITY[1])
    await close(server, [await server.open(key) for key in keys])
    rooms = await asyncio.to_thread(server.keys, *CITY)
    memory = server.memory_kib()
    clients = await asyncio.gather(*(server.open(key) for room in rooms for key in room))
    await asyncio.sleep(SETTLE_SECONDS)
    each = (server.memory_kib() - memory) / len(clients)
    figure(f"{server.name}: memory of an idle socket", each, "KiB")
    before = server.cpu_seconds()
    await asyncio.sleep(IDLE_SECONDS)
    share = 100 * (server.cpu_seconds() - before) / IDLE_SECONDS
    figure(f"{server.name}: CPU of a core for 1,000 idle sockets", share, "%")
    await close(server, clients)


async def city(server: Server) -> dict[str, float]:
    """Return the figures of chat in fifty rooms at a constant rate."""
    keys = await asyncio.to_thread(server.keys, *CITY)
    clients = await asyncio.gather(*(server.open(key) for room in keys for key in room))
    await asyncio.sleep(SETTLE_SECONDS)
    before, start = server.cpu_seconds(), time.perf_counter()
    for number in range(CITY_SECONDS * CITY_PER_SECOND):
        await asyncio.sleep(max(0.0, start + number / CITY_PER_SECOND - time.perf_counter()))
        clients[number % len(clients)].send_timestamp()
    delays = await until(clients, CITY_SECONDS * CITY_PER_SECOND * CITY[1]) or [0.0]
    seen = {
        "CPU of a core, %": 100 * (server.cpu_seconds() - before) / CITY_SECONDS,
        "p50, ms": statistics.median(delays) * 1e3,
        "p99, ms": delays[int(len(delays) * 0.99)] * 1e3,
    }
    await close(server, clients)
    return seen


def start_uvicorn(application: str, env: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """Serve an application with uvicorn's own WebSocket protocol; return process and port."""
    port = server_process.free_port()
    options = ["--loop", "uvloop", "--ws", "websockets-sansio", "--log-level", "critical"]
    options += ["--ws-per-message-deflate", "false", "--lifespan", "off", "--port", str(port)]
    options += ["--backlog", "2048"]
    program = [sys.executable, "-m", "uvicorn", application]
    site = {"COMMONHOUR_URL": f"http://127.0.0.1:{port}"}
    process = subprocess.Popen([*program, *options], env=env | site, cwd=server_process.ROOT)
    deadline = time.monotonic() + server_process.START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return process, port
        time.sleep(0.1)
    process.kill()
    raise SystemExit(f"{application} did not start")


class Servers(NamedTuple):
    """What is compared."""

    fast: Server
    plain: Server
    tutorial: Server
    signed_in: Server


async def idle_scene(servers: Servers) -> None:
    """Compare a thousand idle connections."""
    for server in (servers.fast, servers.plain, servers.tutorial):
        await idle(server)


async def fan_scene(servers: Servers, *, sockets: int, times: int) -> None:
    """Compare the cost of one delivery."""
    rounds = [
        {
            server: await fan_out(server, sockets)
            for server in (servers.tutorial, servers.plain, servers.fast)
        }
        for _ in range(times)
    ]
    for server in rounds[0]:
        cost = statistics.median(each[server] for each in rounds)
        figure(f"{server.name}: CPU per delivery at {sockets} sockets, median", cost, "us")
    for server in (servers.plain, servers.fast):
        ratio = statistics.median(each[servers.tutorial] / each[server] for each in rounds)
        figure(f"the tutorial beside {server.name} at {sockets} sockets, CPU", ratio, "times")


async def joins_scene(servers: Servers) -> None:
    """Compare the cost of everyone joining at once."""
    costs = {server: await joins(server) for server in servers}
    for server in (servers.tutorial, servers.signed_in):
        for room in (servers.plain, servers.fast):
            ratio = costs[server] / costs[room]
            figure(f"{server.name} beside {room.name}, joins, CPU", ratio, "times")


async def city_scene(servers: Servers) -> None:
    """Compare a thousand connections at 2,000 deliveries a second."""
    compared = (servers.tutorial, servers.plain, servers.fast)
    rounds = [{server: await city(server) for server in compared} for _ in range(REPEATS)]
    for name in rounds[0][servers.fast]:
        for server in compared:
            values = [each[server][name] for each in rounds]
            what, _, unit = name.partition(", ")
            figure(f"{server.name}: city, {what}, least", min(values), unit)
            figure(f"{server.name}: city, {what}, median", statistics.median(values), unit)
    cpu = "CPU of a core, %"
    for server in (servers.plain, servers.fast):
        ratio = statistics.median(
            each[servers.tutorial][cpu] / each[server][cpu] for each in rounds
        )
        figure(f"the tutorial beside {server.name}, city, CPU", ratio, "times")


SCENES: Final[dict[str, Callable[[Servers], Awaitable[None]]]] = {
    "idle": idle_scene,
    "fan": lambda servers: fan_scene(servers, sockets=50, times=REPEATS),
    "wide": lambda servers: fan_scene(servers, sockets=500, times=1),
    "joins": joins_scene,
    "city": city_scene,
}


def start_all(env: dict[str, str], stack: ExitStack) -> Servers:
    """Start the servers, to be stopped with the stack."""
    web = Web(env)
    stack.callback(web.close)
    plain, plain_port = start_uvicorn("config.asgi:application", env)
    stack.callback(plain.kill)
    tutorial, port = start_uvicorn("benchmarks.tutorial_consumer:application", env)
    stack.callback(tutorial.kill)
    pid = web.server.process.pid
    return Servers(
        fast=Server("a room (fast)", pid, web.port, env, has_rooms=True),
        plain=Server("a room (plain)", plain.pid, plain_port, env, has_rooms=True),
        tutorial=Server("the tutorial", tutorial.pid, port, env),
        signed_in=Server("the tutorial with sign-in", tutorial.pid, port, env, entry="signed in"),
    )


async def main(names: list[str]) -> None:
    """Run scenes, each on all servers."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        database = stack.enter_context(a_database())
        redis = Redis(Path(folder))
        stack.callback(redis.kill)
        env = server_process.environment(Path(folder), DATABASE_URL=database, REDIS_URL=redis.url)
        server_process.manage("migrate", "-v", "0", env=env, seconds=SCENE_SECONDS)
        servers = await asyncio.to_thread(start_all, env, stack)
        for name in (name for name in SCENES if name in names):
            try:
                async with asyncio.timeout(SCENE_SECONDS):
                    await SCENES[name](servers)
            except TimeoutError:
                print(f"# {name} did not end within {SCENE_SECONDS:.0f} seconds")
            print(f"# load {os.getloadavg()[0]:.1f} after {name}")


print(f"# {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
asyncio.run(main(sys.argv[1:] or list(SCENES)))
