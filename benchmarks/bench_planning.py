"""How fast 48 hours of notices are planned by one planner and by two, for towns of several sizes.

``python benchmarks/bench_planning.py [MEMBERSHIPS …]``, by default 10,000, 100,000 and a million,
which takes minutes to set up. To set up first and measure later, on a machine that is still then:
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
HERD: Final = (
    "SELECT max(n), sum(n) FROM (SELECT count(*) AS n FROM notifications_notice"
    " GROUP BY date_trunc('second', next_try_at)) AS each_second"
)


def figure(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(f"FIGURE\t{name}\t{value:.4g}\t{unit}", flush=True)


class Planner:
    """A process that plans when told, with Django started before anything is measured."""

    def __init__(self, env: dict[str, str]) -> None:
        words = "import seed_memberships; seed_memberships.plan_when_told()"
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", words]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._asked = cast("IO[str]", self._process.stdin)
        self._said = cast("IO[str]", self._process.stdout)
        self._said.readline()  # it is ready

    def tell(self, now: datetime) -> None:
        """Let it plan as if it were now."""
        self._asked.write(f"{now.isoformat()}\n")
        self._asked.flush()

    def heard(self) -> tuple[float, int]:
        """Return how many seconds it took and how many notices it wrote, once it has."""
        seconds, written = self._said.readline().split()
        self._process.wait()
        return float(seconds), int(written)


class Watch:
    """Looks from outside, fifty times a second, how long any transaction has been open."""

    def __init__(self, database: str) -> None:
        self.longest = 0.0
        self._over = Event()
        self._thread = Thread(target=self._look, args=(database,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self, database: str) -> None:
        with psycopg.connect(database, autocommit=True) as connection:
            while not self._over.wait(0.02):
                (open_for,) = connection.execute(LONGEST).fetchone() or (None,)
                self.longest = max(self.longest, float(open_for or 0))


def environment(database: str, folder: str) -> dict[str, str]:
    """Return what a process of the product needs to work on a database."""
    paths = f"{ROOT / 'tests'}:{ROOT / 'benchmarks'}"
    return server_process.environment(Path(folder), DATABASE_URL=database, PYTHONPATH=paths)


def fill(database: str, memberships: int) -> None:
    """Make a town of so many memberships in an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        env = environment(database, folder)
        words = f"import seed_memberships; seed_memberships.settle({memberships})"
        for command in (("migrate", "-v", "0"), ("shell", "-v", "0", "-c", words)):
            done = server_process.manage(*command, env=env, seconds=1500)
            if done.returncode:
                sys.exit(done.stderr)


def measure(database: str) -> None:
    """Plan a town with one planner, then anew with two, then once more when nothing is left to do."""
    with psycopg.connect(database, autocommit=True) as connection:
        (memberships,) = connection.execute("SELECT count(*) FROM scheduler_membership").fetchone()
    name = f"plan 48 h for {memberships:,} memberships"
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        env = environment(database, folder)
        for planners in (1, 2):
            forget(database)
            took, written, longest = planned(env, database, now, planners)
            figure(f"{name}, planners: {planners}", took, "s")
            figure(f"{name}, planners: {planners}: notices", written, "")
            figure(f"{name}, planners: {planners}: longest transaction", longest, "s")
        idle = [planned(env, database, now + timedelta(seconds=n), 1)[0] for n in range(1, 4)]
        figure(f"{name}: a tick with nothing to do", min(idle) * 1000, "ms")
    with psycopg.connect(database, autocommit=True) as connection:
        most, waiting = connection.execute(HERD).fetchone()
        figure(f"{name}: waiting", waiting, "")
        figure(f"{name}: due in the fullest second", most, "")


def planned(
    env: dict[str, str], database: str, now: datetime, planners: int
) -> tuple[float, int, float]:
    """Let some planners plan at once; return the seconds, the notices and the longest transaction."""
    made = [Planner(env) for _ in range(planners)]
    with Watch(database) as watch:
        start = time.perf_counter()
        for planner in made:
            planner.tell(now)
        heard = [planner.heard() for planner in made]
        took = time.perf_counter() - start
    return took, sum(written for _, written in heard), watch.longest


def forget(database: str) -> None:
    """Let nothing have been planned, and the tables be as tidy as autovacuum keeps them."""
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
