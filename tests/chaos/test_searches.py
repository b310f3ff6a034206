"""Kills whoever searches, and looks whether the answer comes, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from tests.chaos.room_harness import Redis, a_database
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.chaos
FILL: Final = "import tests.chaos.seed_search"
PATIENCE: Final = 120.0


class Office:
    """A database and a cache of our own, a question that takes long, and workers that may die."""

    def __init__(self, folder: Path, database: str, redis: Redis) -> None:
        self.database = database
        self.env = server_process.environment(folder, DATABASE_URL=database, REDIS_URL=redis.url)
        self.workers: list[subprocess.Popen[bytes]] = []
        for words in (("migrate", "-v", "0"), ("shell", "-v", "0", "-c", FILL)):
            done = server_process.manage(*words, env=self.env, seconds=180)
            assert done.returncode == 0, done.stderr

    def start(self) -> subprocess.Popen[bytes]:
        """Start a worker with its clock, in a group of processes of its own."""
        words = ["-m", "celery", "-A", "config", "worker", "--beat", "-s", "/dev/null"]
        worker = subprocess.Popen(
            [sys.executable, *words, "-c", "1", "-l", "ERROR"],
            cwd=server_process.ROOT,
            env=self.env,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.workers.append(worker)
        return worker

    def close(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def search(self) -> tuple[str, int]:
        """Return in which state the search is, and at which try."""
        [(state, attempts)] = self.ask("SELECT state, attempts FROM scheduler_search")
        return str(state), int(str(attempts))

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, f"{what}; the search is {self.search()}"
            time.sleep(0.1)

    def searchers(self) -> list[int]:
        """Return the processes that search for any of our workers."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
                ours = self.database.encode() in (folder / "environ").read_bytes()
            except OSError:
                continue
            if ours and b"optimizer.subprocess_runner" in words:
                found.append(int(folder.name))
        return found


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with a_database() as database:
        redis = Redis(tmp_path)
        opened = Office(tmp_path, database, redis)
        try:
            yield opened
        finally:
            opened.close()
            redis.kill()


def test_a_search_whose_worker_is_killed_is_finished_by_the_next_and_written_once(
    office: Office,
) -> None:
    killed = office.start()
    office.wait_until(lambda: bool(office.searchers()), "nobody began to search")
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    office.wait_until(lambda: not office.searchers(), "the search outlived who asked")
    assert office.search() == ("running", 1)
    office.ask("UPDATE scheduler_search SET lease_until = '2026-01-01 00:00:00+00:00'")
    office.start()
    office.start()  # two at once, and still one answer
    office.wait_until(lambda: office.search()[0] == "done", "it was never finished")
    assert office.search() == ("done", 2)
    [(lines, people)] = office.ask(
        "SELECT (SELECT count(*) FROM scheduler_groupproposal),"
        " (SELECT count(DISTINCT grouprequest_id) FROM scheduler_groupproposal_wishes)"
    )
    [(placed,)] = office.ask("SELECT count(*) FROM scheduler_groupproposal_wishes")
    assert int(str(lines)) > 0
    assert placed == people  # nobody stands in two lines of one answer


def test_a_cancelled_search_ends_and_writes_nothing(office: Office) -> None:
    office.start()
    office.wait_until(lambda: bool(office.searchers()), "nobody began to search")
    office.ask(
        "UPDATE scheduler_search SET state = 'cancelled', lease_token = NULL, lease_until = NULL"
    )
    begun = time.monotonic()
    office.wait_until(lambda: not office.searchers(), "it searches on")
    taken = time.monotonic() - begun
    sys.stdout.write(f"FIGURE\tsearches.cancelled_within\t{taken:.1f}\ts\n")
    assert office.search() == ("cancelled", 1)
    assert office.ask("SELECT count(*) FROM scheduler_groupproposal") == [(0,)]
