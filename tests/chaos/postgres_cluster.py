"""A PostgreSQL of our own in memory, which may crash."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS: Final = Path("/usr/lib/postgresql")
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - the disk would be the slowest part of a crash


class Cluster:
    """One server with one folder; ``crash`` is what a power cut does to its processes."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs, self.port = folder, programs, server_process.free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self._run(
            "initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-D", str(folder / "data")
        )
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}"
        log = str(self.folder / "log")
        data = str(self.folder / "data")
        self._run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")

    def crash(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def wait(self) -> None:
        """Return once it answers again."""
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return

    def _run(self, program: str, *words: str) -> None:
        command = [str(self.programs / program), *words]
        if os.geteuid() == 0:  # it refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=60)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a server for as long as the block lasts; skip where there are no programs for it."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"))
    if not found:
        pytest.skip("no PostgreSQL programs to torment")
    folder = Path(tempfile.mkdtemp(prefix="chaos-", dir=MEMORY if MEMORY.is_dir() else None))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    made = Cluster(folder, found[-1].parent)
    try:
        yield made
    finally:
        made.crash()
        shutil.rmtree(folder, ignore_errors=True)
