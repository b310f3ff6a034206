from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.chaos.room_harness import a_database
from tests.support import server_process
from tests.support.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PEOPLE = 24
EVERYONE = sorted(f"p{n}@example.org" for n in range(PEOPLE))


@dataclass(frozen=True, slots=True)
class Installation:
    """A database of its own in which everybody has a reminder due now."""

    env: dict[str, str]
    execute: Callable[[str], list[tuple[str, int]]]

    def reset(self) -> None:
        """Delete everything that was planned or sent."""
        for table in ("notice", "plannedversion", "heartbeat"):
            self.execute(f"DELETE FROM notifications_{table}")  # noqa: S608 - our own names

    def end_leases(self) -> None:
        """End every lease."""
        self.execute("UPDATE notifications_notice SET lease_until = '2026-01-01 00:00:00+00:00'")

    def ledger(self) -> dict[str, int]:
        """Return the number of notices by state."""
        return dict(self.execute("SELECT state, count(*) FROM notifications_notice GROUP BY state"))


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installation")

    def execute(sql: str) -> list[tuple[str, int]]:
        with closing(sqlite3.connect(folder / "commonhour.sqlite3")) as connection, connection:
            return connection.execute(sql).fetchall()

    return _filled(Installation(server_process.environment(folder), execute))


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    with a_database() as url:

        def execute(sql: str) -> list[tuple[str, int]]:
            with psycopg.connect(url) as connection:
                cursor = connection.execute(sql)
                return cursor.fetchall() if cursor.description else []

        yield _filled(Installation(server_process.environment(folder, DATABASE_URL=url), execute))


def _filled(made: Installation) -> Installation:
    fill = f"from tests.support.seed_reminders import fill; fill({PEOPLE})"
    for words in (("migrate", "-v", "0"), ("shell", "-v", "0", "-c", fill)):
        done = server_process.manage(*words, env=made.env | {"PYTHONPATH": "tests"})
        assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    with SmtpServer.open() as opened:
        yield opened


@pytest.fixture(params=["on_sqlite", pytest.param("on_postgres", marks=pytest.mark.postgres)])
def installed(request: pytest.FixtureRequest, smtp_server: SmtpServer) -> Installation:
    chosen: Installation = request.getfixturevalue(request.param)
    chosen.env["EMAIL_URL"] = f"smtp://127.0.0.1:{smtp_server.port}"
    chosen.reset()
    return chosen


def dispatcher(installed: Installation) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "deliver", "--once"]
    return subprocess.Popen(command, cwd=server_process.ROOT, env=installed.env)


def test_a_kill_in_the_middle_of_a_batch_loses_nothing_and_doubles_nothing(
    installed: Installation, smtp_server: SmtpServer
) -> None:
    smtp_server.holds_answer_to = 7
    with dispatcher(installed) as killed:
        assert smtp_server.held.wait(30)
        killed.kill()
    smtp_server.released.set()
    if "DATABASE_URL" not in installed.env:  # PostgreSQL knows at once that a process is dead
        installed.end_leases()
    for _restart in range(2):
        with dispatcher(installed) as restarted:
            assert restarted.wait(60) == 0
    assert sorted(smtp_server.recipients) == EVERYONE
    assert installed.ledger() == {"done": PEOPLE - 1, "unconfirmed": 1}


def test_two_dispatchers_at_once_send_once(
    installed: Installation, smtp_server: SmtpServer
) -> None:
    with dispatcher(installed) as one, dispatcher(installed) as other:
        assert (one.wait(60), other.wait(60)) == (0, 0)
    assert sorted(smtp_server.recipients) == EVERYONE
    assert installed.ledger() == {"done": PEOPLE}


def test_a_dispatcher_that_is_stopped_gives_back_what_it_holds(
    installed: Installation, smtp_server: SmtpServer
) -> None:
    smtp_server.holds_answer_to = 7
    with dispatcher(installed) as stopped:
        assert smtp_server.held.wait(30)
        stopped.terminate()
        smtp_server.released.set()
        assert stopped.wait(20) == 0
    done = installed.ledger()["done"]
    assert done in {7, 8}, "a message may have been begun while the signal was on its way"
    assert installed.ledger() == {"done": done, "planned": PEOPLE - done}
