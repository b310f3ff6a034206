"""What one delivery costs the server, beside the consumer of the Channels tutorial.

Same uvicorn, same channel layer on the same Redis, same 40 sockets. The tutorial stores nothing and
checks nothing; a room authorises every line, numbers it and writes it to PostgreSQL.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from websockets.asyncio.client import ClientConnection, connect

from tests import serving
from tests.chaos.browsers import Browser
from tests.chaos.town import Redis, Web, a_database

SOCKETS: Final = 40
LINES_EACH: Final = 15  # within the limit of a person
ROUNDS: Final = 3
TICKS: Final = os.sysconf("SC_CLK_TCK")


def figure(name: str, value: float, unit: str) -> None:
    """Print one row."""
    print("FIGURE", name, f"{value:.1f}", unit, sep="\t")


def cpu_seconds(pid: int) -> float:
    """Return what a process has used, in user and system seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def cost(pid: int, lines: list[ClientConnection], round_: int) -> float:
    """Let everyone say a few lines; return the server's microseconds per delivery."""
    expected = len(lines) * LINES_EACH
    marks = {f"{round_}.{i}.{n}" for i in range(len(lines)) for n in range(LINES_EACH)}

    async def hear(line: ClientConnection) -> None:
        left = set(marks)
        async for text in line:
            left.discard(json.loads(text).get("text"))
            if not left:
                return

    hearing = [asyncio.create_task(hear(line)) for line in lines]
    before = cpu_seconds(pid)
    for number in range(LINES_EACH):
        for i, line in enumerate(lines):
            text = f"{round_}.{i}.{number}"
            await line.send(json.dumps({"type": "say", "id": text, "text": text}))
        await asyncio.sleep(0.3)
    await asyncio.gather(*hearing)
    return (cpu_seconds(pid) - before) / (expected * len(lines)) * 1e6


def start_tutorial(env: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """Serve the baseline; return its process and port."""
    port = serving.free_port()
    options = ["--loop", "uvloop", "--ws", "websockets-sansio", "--log-level", "warning"]
    options += ["--ws-per-message-deflate", "false", "--lifespan", "off", "--port", str(port)]
    program = [sys.executable, "-m", "uvicorn", "benchmarks.tutorial_room:application"]
    process = subprocess.Popen([*program, *options], env=env, cwd=serving.ROOT)
    time.sleep(5)
    return process, port


async def tutorial(port: int) -> list[ClientConnection]:
    """Open the baseline's sockets."""
    return [await connect(f"ws://127.0.0.1:{port}/", compression=None) for _ in range(SOCKETS)]


async def room(port: int, hall: dict[str, Any]) -> list[ClientConnection]:
    """Open a room's sockets, and let everyone in."""
    lines = []
    for key in hall["keys"][:SOCKETS]:
        ticket = await asyncio.to_thread(Browser([port], hall, key, seed=0).ticket, port)
        origin: Any = f"http://127.0.0.1:{port}"
        line = await connect(f"ws://127.0.0.1:{port}/ws/room/", origin=origin, compression=None)
        await line.send(json.dumps({"type": "hello", "ticket": ticket}))
        await line.recv()
        lines.append(line)
    await lines[0].send(json.dumps({"type": "admit_all", "id": "in"}))
    await asyncio.sleep(3)
    return lines


async def measure(name: str, pid: int, lines: list[ClientConnection]) -> float:
    """Print and return the median of some rounds."""
    costs = []
    for round_ in range(ROUNDS):
        costs.append(await cost(pid, lines, round_))
        await asyncio.sleep(LINES_EACH / 4)  # until everyone may speak again
    median = sorted(costs)[ROUNDS // 2]
    figure(f"{name}, server CPU per delivery at {SOCKETS} sockets", median, "us")
    return median


async def main() -> None:
    """Measure both, one after the other."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        database = stack.enter_context(a_database())
        redis = Redis(Path(folder))
        stack.callback(redis.kill)
        env = serving.environment(Path(folder), DATABASE_URL=database, REDIS_URL=redis.url)
        serving.manage("migrate", "-v", "0", env=env)
        seeded = serving.manage("shell", "-v", "0", "-c", "import tests.chaos.crowd", env=env)
        web = Web(env)
        stack.callback(web.close)
        lines = await room(web.port, json.loads(seeded.stdout))
        ours = await measure("a room", web.server.process.pid, lines)

        process, port = await asyncio.to_thread(start_tutorial, env)
        stack.callback(process.kill)
        theirs = await measure("the tutorial", process.pid, await tutorial(port))
        figure("the tutorial beside a room", theirs / ours, "times")


print(f"# {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
asyncio.run(main())
