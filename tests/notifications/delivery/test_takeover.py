"""A dispatcher is killed while it holds a batch; another continues within two seconds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from tests.chaos.room_harness import Redis, a_database
from tests.support import server_process
from tests.support.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.postgres

PEOPLE: Final = 24
TAKEOVER_SECONDS: Final = 2.0
DELIVER: Final = ("manage.py", "deliver")
CELERY: Final = ("-m", "celery", "-A", "config")
WORKER: Final = (*CELERY, "worker", "-c", "1", "-l", "ERROR")
BEAT: Final = (*CELERY, "beat", "-l", "ERROR")


class Installation:
    """A database of its own in which everybody has a reminder due, and processes."""

    def __init__(self, database: str, env: dict[str, str], stack: ExitStack) -> None:
        self.database, self._env, self._stack = database, env, stack

    def execute(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a process whose database sessions have a name."""
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=server_process.ROOT,
            env=self._env | {"PGAPPNAME": name},
            start_new_session=True,
        )
        self._stack.callback(kill, process)
        return process

    def is_there(self, name: str) -> bool:
        """Whether a session of that name is connected."""
        return bool(
            self.execute(f"SELECT 1 FROM pg_stat_activity WHERE application_name = '{name}'")  # noqa: S608
        )

    def has_beaten(self) -> bool:
        """Whether a planner has run."""
        return bool(self.execute("SELECT 1 FROM notifications_heartbeat WHERE name = 'tick'"))


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children, as the kernel does when memory is short."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(what: Callable[[], bool], seconds: float = server_process.START_SECONDS) -> float:
    """Wait until something is true, polling fifty times a second; return when that was."""
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, "it never became true"
        time.sleep(0.02)
    return time.monotonic()


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    with SmtpServer.open() as opened:
        yield opened
        opened.released.set()


@pytest.fixture
def installation(tmp_path: Path, smtp_server: SmtpServer) -> Iterator[Installation]:
    with _installation(tmp_path, smtp_server) as opened:
        yield opened


@contextmanager
def _installation(folder: Path, smtp_server: SmtpServer) -> Iterator[Installation]:
    server_process.require_program("redis-server")
    with a_database() as database, ExitStack() as stack:
        redis = Redis(folder)
        stack.callback(redis.kill)
        env = server_process.environment(
            folder,
            DATABASE_URL=database,
            REDIS_URL=redis.url,
            EMAIL_URL=f"smtp://127.0.0.1:{smtp_server.port}",
            PYTHONPATH="tests",
        )
        fill = f"from tests.support.seed_reminders import fill; fill({PEOPLE})"
        for words in (("migrate", "-v", "0"), ("shell", "-v", "0", "-c", fill)):
            done = server_process.manage(*words, env=env)
            assert done.returncode == 0, done.stderr
        yield Installation(database, env, stack)


def gap(smtp_server: SmtpServer, killed: list[subprocess.Popen[bytes]]) -> float:
    """Kill some processes; return the seconds until the next mail arrives."""
    before = len(smtp_server.mails)
    for process in killed:
        kill(process)
    died = time.monotonic()
    return wait_for(lambda: len(smtp_server.mails) > before, 20) - died


@pytest.mark.parametrize("process", ["dispatcher", "worker and beat"])
def test_another_goes_on_with_the_batch_of_who_was_killed(
    process: str, installation: Installation, smtp_server: SmtpServer
) -> None:
    smtp_server.holds_answer_to = 7
    first = {"dispatcher": [DELIVER], "worker and beat": [WORKER, BEAT]}[process]
    killed = [installation.start("first", *command) for command in first]
    assert smtp_server.held.wait(server_process.START_SECONDS)
    installation.start("second", *DELIVER)
    wait_for(lambda: installation.is_there("second"))
    assert gap(smtp_server, killed) <= TAKEOVER_SECONDS
    wait_for(lambda: len(smtp_server.mails) == PEOPLE)
    assert len(set(smtp_server.recipients)) == PEOPLE


def test_a_dead_beat_delays_no_notice(installation: Installation, smtp_server: SmtpServer) -> None:
    installation.execute(
        "UPDATE notifications_reminderchoice SET lead_minutes = 45"
    )  # due in 5 minutes
    beat = installation.start("beat", *BEAT)
    installation.start("worker", *WORKER)
    wait_for(installation.has_beaten)
    installation.start("second", *DELIVER)
    wait_for(lambda: installation.is_there("second"))
    kill(beat)
    installation.execute("UPDATE notifications_notice SET due_at = now(), next_try_at = now()")
    fell_due = time.monotonic()
    assert wait_for(lambda: bool(smtp_server.mails), 20) - fell_due <= TAKEOVER_SECONDS
