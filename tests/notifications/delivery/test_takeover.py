"""Who carries is killed while it holds a batch; another goes on within two seconds."""

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
from tests.support.smtp_server import Postbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.postgres

PEOPLE: Final = 24
WITHIN: Final = 2.0  # seconds
DELIVER: Final = ("manage.py", "deliver")
CELERY: Final = ("-m", "celery", "-A", "config")
WORKER: Final = (*CELERY, "worker", "-c", "1", "-l", "ERROR")
BEAT: Final = (*CELERY, "beat", "-l", "ERROR")


class Office:
    """A database of one's own in which everybody is due_reminders a reminder, and who carries it."""

    def __init__(self, database: str, env: dict[str, str], stack: ExitStack) -> None:
        self.database, self._env, self._stack = database, env, stack

    def execute(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a process under a name by which its sessions with the database are known."""
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=server_process.ROOT,
            env=self._env | {"PGAPPNAME": name},
            start_new_session=True,
        )
        self._stack.callback(kill, process)
        return process

    def is_there(self, name: str) -> bool:
        """Whether somebody of that name talks to the database."""
        return bool(
            self.execute(f"SELECT 1 FROM pg_stat_activity WHERE application_name = '{name}'")  # noqa: S608
        )

    def has_beaten(self) -> bool:
        """Whether somebody has planned."""
        return bool(self.execute("SELECT 1 FROM notifications_heartbeat WHERE name = 'tick'"))


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children, as the kernel does when memory is short."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(what: Callable[[], bool], seconds: float = server_process.START_SECONDS) -> float:
    """Return the moment at which something was so; look fifty times a second."""
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, "it never was"
        time.sleep(0.02)
    return time.monotonic()


@pytest.fixture
def box() -> Iterator[Postbox]:
    with Postbox.open() as opened:
        yield opened
        opened.released.set()


@pytest.fixture
def office(tmp_path: Path, box: Postbox) -> Iterator[Office]:
    with _office(tmp_path, box) as opened:
        yield opened


@contextmanager
def _office(folder: Path, box: Postbox) -> Iterator[Office]:
    server_process.require_program("redis-server")
    with a_database() as database, ExitStack() as stack:
        redis = Redis(folder)
        stack.callback(redis.kill)
        env = server_process.environment(
            folder,
            DATABASE_URL=database,
            REDIS_URL=redis.url,
            EMAIL_URL=f"smtp://127.0.0.1:{box.port}",
            PYTHONPATH="tests",
        )
        fill = f"from tests.support.seed_reminders import fill; fill({PEOPLE})"
        for words in (("migrate", "-v", "0"), ("shell", "-v", "0", "-c", fill)):
            done = server_process.manage(*words, env=env)
            assert done.returncode == 0, done.stderr
        yield Office(database, env, stack)


def gap(box: Postbox, killed: list[subprocess.Popen[bytes]]) -> float:
    """Kill some processes; return the seconds until the next mail arrives."""
    before = len(box.mails)
    for process in killed:
        kill(process)
    died = time.monotonic()
    return wait_for(lambda: len(box.mails) > before, 20) - died


@pytest.mark.parametrize("carrier", ["dispatcher", "worker and beat"])
def test_another_goes_on_with_the_batch_of_who_was_killed(
    carrier: str, office: Office, box: Postbox
) -> None:
    box.holds_at = 7
    first = {"dispatcher": [DELIVER], "worker and beat": [WORKER, BEAT]}[carrier]
    killed = [office.start("first", *command) for command in first]
    assert box.held.wait(server_process.START_SECONDS)
    office.start("second", *DELIVER)
    wait_for(lambda: office.is_there("second"))
    assert gap(box, killed) <= WITHIN
    wait_for(lambda: len(box.mails) == PEOPLE)
    assert len(set(box.recipients)) == PEOPLE


def test_a_dead_beat_delays_no_notice(office: Office, box: Postbox) -> None:
    office.execute("UPDATE notifications_reminderchoice SET lead_minutes = 45")  # due in 5 minutes
    beat = office.start("beat", *BEAT)
    office.start("worker", *WORKER)
    wait_for(office.has_beaten)
    office.start("second", *DELIVER)
    wait_for(lambda: office.is_there("second"))
    kill(beat)
    office.execute("UPDATE notifications_notice SET due_at = now(), next_try_at = now()")
    fell_due = time.monotonic()
    assert wait_for(lambda: bool(box.mails), 20) - fell_due <= WITHIN
