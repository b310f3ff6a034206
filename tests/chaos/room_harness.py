"""Two web processes with a database and a Redis of their own, into which faults are injected."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from tests.support import server_process

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator
    from pathlib import Path

POSTGRES: Final = (
    os.environ.get("CHAOS_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
)


@contextmanager
def a_database(at: str = POSTGRES) -> Iterator[str]:
    """Create a database, yield its URL, and drop it afterwards."""
    name = f"chaos_{uuid.uuid4().hex[:8]}"
    try:
        server = psycopg.connect(at, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL")
    with server:
        server.execute(f"create database {name}")
    try:
        yield at.rpartition("/")[0] + f"/{name}"
    finally:
        with psycopg.connect(at, autocommit=True) as again:  # the server may have crashed
            again.execute(f"drop database {name} with (force)")


class Redis:
    """A Redis process that can be killed and restarted."""

    def __init__(self, folder: Path) -> None:
        self.program = shutil.which("redis-server") or pytest.skip("no Redis")
        self.folder, self.port = folder, server_process.free_port()
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
    """A web process that can be stopped and restarted on the same port."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env, self.port, self.stack = env, server_process.free_port(), ExitStack()
        self.start()

    def start(self) -> None:
        self.server = self.stack.enter_context(server_process.serve(self.env, self.port))

    def stop(self, number: signal.Signals) -> None:
        self.server.process.send_signal(number)
        self.server.process.wait(timeout=20)

    def close(self) -> None:
        self.stack.close()


@dataclass
class Installation:
    """Two web processes, a database, a Redis, and one room with people."""

    webs: list[Web]
    redis: Redis
    database: str
    hall: dict[str, Any]

    def log(self) -> list[tuple[int, str, dict[str, Any]]]:
        """Return number, kind and payload of every event of the room."""
        query = (
            "select seq, kind, data from peer_sessions_roomevent where room_id = %s order by seq"
        )
        with psycopg.connect(self.database) as connection:
            return [
                (seq, kind, data if isinstance(data, dict) else json.loads(data))
                for seq, kind, data in connection.execute(query, [self.hall["room"]])
            ]

    def change(self, statement: str, values: dict[str, Any]) -> None:
        """Change the tables without the web processes' knowledge."""
        with psycopg.connect(self.database) as connection:
            connection.execute(statement, values)
