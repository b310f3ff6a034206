"""The time to plan 48 hours of notices with one planner and with two, for several sizes.

``python benchmarks/bench_planning.py [MEMBERSHIPS …]``, by default 10,000, 100,000 and a million,
which takes minutes to set up. To set up first and measure later on an idle machine:
``… fill DATABASE_URL MEMBERSHIPS`` and ``… time DATABASE_URL``. It needs PostgreSQL.
Rows: FIGURE, name, value, unit, separated by tabs.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import IO, Final, Self, cast

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import psycopg

from tests.chaos.room_harness import a_database
from tests.support import server_process

SIZES: Final = ("10000", "100000", "1000000")
LONGEST: Final = (
    "SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
FULLEST_SECOND: Final = (
    "SELECT max(n), sum(n) FROM (SELECT count(*) AS n FROM notifications_notice"
    " GROUP BY date_trunc('second', next_try_at)) AS each_second"
)


def figure(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(f"FIGURE\t{name}\t{value:.4g}\t{unit}", flush=True)


class Planner:
    """A process that plans on demand, with Django started before anything is measured."""

    def __init__(self, env: dict[str, str]) -> None:
        words = "import seed_memberships; seed_memberships.plan_on_demand()"
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", words]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._input = cast("IO[str]", self._process.stdin)
        self._output = cast("IO[str]", self._process.stdout)
        self._output.readline()  # it is ready

    def start(self, now: datetime) -> None:
        """Start planning as of an instant."""
        self._input.write(f"{now.isoformat()}\n")
        self._input.flush()

    def result(self) -> tuple[float, int]:
        """Wait for the end; return the seconds and the number of notices."""
        seconds, written = self._output.readline().split()
        self._process.wait()
        return float(seconds), int(written)


class LongestTransaction:
    """Polls fifty times a second how long any transaction of the database has been open."""

    def __init__(self, database: str) -> None:
        self.longest = 0.0
        self._stopped = Event()
        self._thread = Thread(target=self._poll, args=(database,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _poll(self, database: str) -> None:
        with psycopg.connect(database, autocommit=True) as connection:
            while not self._stopped.wait(0.02):
                (open_for,) = connection.execute(LONGEST).fetchone() or (None,)
                self.longest = max(self.longest, float(open_for or 0))


def environment(database: str, folder: str) -> dict[str, str]:
    """Return the environment of a process that uses a database."""
    paths = f"{ROOT / 'tests'}:{ROOT / 'benchmarks'}"
    return server_process.environment(Path(folder), DATABASE_URL=database, PYTHONPATH=paths)


def fill(database: str, memberships: int) -> None:
    """Create so many memberships in an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        env = environment(database, folder)
        words = f"import seed_memberships; seed_memberships.create({memberships})"
        for command in (("migrate", "-v", "0"), ("shell", "-v", "0", "-c", words)):
            done = server_process.manage(*command, env=env, seconds=1500)
            if done.returncode:
                sys.exit(done.stderr)


def measure(database: str) -> None:
    """Plan with one planner, again with two, and once more when nothing is left to do."""
    with psycopg.connect(database, autocommit=True) as connection:
        (memberships,) = connection.execute("SELECT count(*) FROM scheduler_membership").fetchone()
    name = f"plan 48 h for {memberships:,} memberships"
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        env = environment(database, folder)
        for planners in (1, 2):
            reset(database)
            took, written, longest = planned(env, database, now, planners)
            figure(f"{name}, planners: {planners}", took, "s")
            figure(f"{name}, planners: {planners}: notices", written, "")
            figure(f"{name}, planners: {planners}: longest transaction", longest, "s")
        idle = [planned(env, database, now + timedelta(seconds=n), 1)[0] for n in range(1, 4)]
        figure(f"{name}: a tick with nothing to do", min(idle) * 1000, "ms")
    with psycopg.connect(database, autocommit=True) as connection:
        most, waiting = connection.execute(FULLEST_SECOND).fetchone()
        figure(f"{name}: waiting", waiting, "")
        figure(f"{name}: due in the fullest second", most, "")


def planned(
    env: dict[str, str], database: str, now: datetime, planners: int
) -> tuple[float, int, float]:
    """Run planners at once; return seconds, notices and the seconds of the longest transaction."""
    made = [Planner(env) for _ in range(planners)]
    with LongestTransaction(database) as transactions:
        start = time.perf_counter()
        for planner in made:
            planner.start(now)
        results = [planner.result() for planner in made]
        took = time.perf_counter() - start
    return took, sum(written for _, written in results), transactions.longest


def reset(database: str) -> None:
    """Delete what was planned, and vacuum the tables."""
    tables = [
        f"notifications_{each}" for each in ("notice", "plannedversion", "heartbeat", "quietspan")
    ]
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {', '.join(tables)}")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def main() -> None:
    """Print every figure."""
    print(f"# {platform.machine()}, Python {platform.python_version()}")
    match sys.argv[1:]:
        case ["fill", database, memberships]:
            fill(database, int(memberships))
        case ["time", database]:
            measure(database)
        case sizes:
            for memberships in sizes or SIZES:
                with a_database() as database:
                    fill(database, int(memberships))
                    measure(database)


if __name__ == "__main__":
    main()
