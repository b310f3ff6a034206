"""An installation for fault runs: a database, a recording mail server, delivery processes."""

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
class DeliveryProcess:
    """A process that can be killed and started again."""

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
        """Kill it and start it again, as a supervisor does."""
        self.process.kill()
        self.process.wait()
        self.start()

    def children(self) -> list[int]:
        """Return the ids of its living children."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listed.read_text("ascii").split()]

    def cpu_seconds(self) -> float:
        """Return the processor time that it and its children have used."""
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
class Installation:
    """An installation with its own database. ``log`` has a line for each mail that arrived."""

    env: dict[str, str]
    database: str
    log: Path
    port: int
    stack: ExitStack

    def set_mode(self, mode: str) -> None:
        """Make the mail server ``refusing``, ``slow``, ``dropping`` (after DATA) or ``well``."""
        self.log.with_suffix(".mode").write_text(mode, "ascii")

    def fill(self, people: int, spread_seconds: int, after_seconds: int) -> None:
        """Create people who each have a reminder due, one after the other."""
        words = f"from tests.support.seed_reminders import fill; fill({people}, {spread_seconds}, {after_seconds})"
        done = server_process.manage("shell", "-v", "0", "-c", words, env=self.env, seconds=300)
        assert done.returncode == 0, done.stderr

    def start_process(self, command: tuple[str, ...] = DELIVER) -> DeliveryProcess:
        made = DeliveryProcess(command, self.env)
        self.stack.callback(made.stop)
        return made

    def received(self) -> Counter[str]:
        """Return the number of mails that each address got."""
        return Counter(line.split()[0] for line in self.log.read_text("ascii").splitlines())

    def ledger(self) -> dict[str, int]:
        with psycopg.connect(self.database) as connection:
            counted = connection.execute(
                "SELECT state, count(*) FROM notifications_notice GROUP BY state"
            )
            return dict(counted.fetchall())

    def unconfirmed(self) -> set[str]:
        """Return the addresses whose notice in the ledger is uncertain."""
        with psycopg.connect(self.database) as connection:
            rows = connection.execute(
                "SELECT email FROM accounts_person p JOIN notifications_notice n"
                " ON n.person_id = p.id WHERE n.state = 'unconfirmed'"
            )
            return {row[0] for row in rows.fetchall()}

    def lateness(self) -> list[float]:
        """Return the seconds by which each mail arrived after it was due, in ascending order."""
        with psycopg.connect(self.database) as connection:
            rows = connection.execute(
                "SELECT email, extract(epoch FROM due_at) FROM accounts_person p"
                " JOIN notifications_notice n ON n.person_id = p.id"
            )
            due = {email: float(at) for email, at in rows.fetchall()}
        lines = (line.split() for line in self.log.read_text("ascii").splitlines())
        return sorted(float(at) - due[email] for email, at in lines)

    def wait_until_begun(self, seconds: float) -> None:
        """Wait until the first notice is done."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if self.ledger().get("done"):
                return
            time.sleep(0.05)
        raise AssertionError(f"not begun: {self.ledger()}")

    def wait_until_settled(self, seconds: float) -> None:
        """Wait until no notice is planned, claimed or handed over."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if not {"planned", "claimed", "handed"} & self.ledger().keys():
                return
            time.sleep(0.2)
        raise AssertionError(f"not settled: {self.ledger()}")


@contextmanager
def running_installation(folder: Path, *, server: str = POSTGRES) -> Iterator[Installation]:
    """Run an installation; its processes are killed when the block ends."""
    with a_database(server) as database, ExitStack() as stack:
        port, log = server_process.free_port(), folder / "mails.log"
        log.touch()
        env = server_process.environment(
            folder,
            DATABASE_URL=database,
            EMAIL_URL=f"smtp://127.0.0.1:{port}",
            PYTHONPATH="tests",
        )
        done = server_process.manage("migrate", "-v", "0", env=env, seconds=300)
        assert done.returncode == 0, done.stderr
        made = Installation(env, database, log, port, stack)
        made.start_process(("tests/chaos/recording_smtp_server.py", str(port), str(log)))
        yield made
