"""A post office to be tormented: a database, a witness that takes the mail, and who carries it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from tests.chaos.room_harness import POSTGRES, a_database
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIVER = ("manage.py", "deliver")


@dataclass
class Carrier:
    """A process that may die and come back."""

    command: tuple[str, ...]
    env: dict[str, str]
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *self.command],
            cwd=server_process.ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def die(self) -> None:
        """Kill it, and let a supervisor start it again."""
        self.process.kill()
        self.process.wait()
        self.start()

    def children(self) -> list[int]:
        """Return the processes that it forked and that live."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listed.read_text("ascii").split()]

    def cpu_seconds(self) -> float:
        """Return what it and its children have used of a processor, whatever else the machine did."""
        ticks = 0
        for pid in (self.process.pid, *self.children()):
            fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Post:
    """The office as a test sees it."""

    env: dict[str, str]
    database: str
    log: Path
    port: int
    stack: ExitStack

    def behave(self, mode: str) -> None:
        """Let the mail server refuse, be slow or drop lines after DATA, from now on; or be well."""
        self.log.with_suffix(".mode").write_text(mode, "ascii")

    def fill(self, people: int, spread_seconds: int, after_seconds: int) -> None:
        """Owe a reminder to each of so many people, due one after the other."""
        words = f"from tests.support.seed_reminders import fill; fill({people}, {spread_seconds}, {after_seconds})"
        done = server_process.manage("shell", "-v", "0", "-c", words, env=self.env, seconds=300)
        assert done.returncode == 0, done.stderr

    def carrier(self, command: tuple[str, ...] = DELIVER) -> Carrier:
        made = Carrier(command, self.env)
        self.stack.callback(made.stop)
        return made

    def received(self) -> Counter[str]:
        """Return how often each address got a mail."""
        return Counter(line.split()[0] for line in self.log.read_text("ascii").splitlines())

    def ledger(self) -> dict[str, int]:
        with psycopg.connect(self.database) as connection:
            counted = connection.execute(
                "SELECT state, count(*) FROM notifications_notice GROUP BY state"
            )
            return dict(counted.fetchall())

    def unconfirmed(self) -> set[str]:
        """Return whose notice the ledger names as uncertain."""
        with psycopg.connect(self.database) as connection:
            rows = connection.execute(
                "SELECT email FROM accounts_person p JOIN notifications_notice n"
                " ON n.person_id = p.id WHERE n.state = 'unconfirmed'"
            )
            return {row[0] for row in rows.fetchall()}

    def lateness(self) -> list[float]:
        """Return by how many seconds each mail came after it was due, least first."""
        with psycopg.connect(self.database) as connection:
            rows = connection.execute(
                "SELECT email, extract(epoch FROM due_at) FROM accounts_person p"
                " JOIN notifications_notice n ON n.person_id = p.id"
            )
            due = {email: float(at) for email, at in rows.fetchall()}
        lines = (line.split() for line in self.log.read_text("ascii").splitlines())
        return sorted(float(at) - due[email] for email, at in lines)

    def wait_until_begun(self, seconds: float) -> None:
        """Return once the first notice was accepted."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if self.ledger().get("done"):
                return
            time.sleep(0.05)
        raise AssertionError(f"not begun: {self.ledger()}")

    def wait_until_settled(self, seconds: float) -> None:
        """Return once nothing waits and nothing is held."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if not {"planned", "claimed", "handed"} & self.ledger().keys():
                return
            time.sleep(0.2)
        raise AssertionError(f"not settled: {self.ledger()}")


@contextmanager
def post(folder: Path, *, server: str = POSTGRES) -> Iterator[Post]:
    """Open an office whose carriers are gone when the block ends."""
    with a_database(server) as database, ExitStack() as stack:
        port, log = server_process.free_port(), folder / "sink.log"
        log.touch()
        env = server_process.environment(
            folder,
            DATABASE_URL=database,
            EMAIL_URL=f"smtp://127.0.0.1:{port}",
            PYTHONPATH="tests",
            SINK_PORT=str(port),
        )
        done = server_process.manage("migrate", "-v", "0", env=env, seconds=300)
        assert done.returncode == 0, done.stderr
        office = Post(env, database, log, port, stack)
        office.carrier(("tests/chaos/smtp_sink.py", str(port), str(log)))
        yield office
