"""Run the whole suite on every service of this machine, and name what could not be found.

Three lanes run one after the other, on two or three processes for two cores: *services* is
everything but browsers on PostgreSQL and Redis; *sqlite* is what touches SQL, locking or the
one-process server, again on SQLite; *browser* is Chromium. Without PostgreSQL and Redis the sqlite
lane runs everything that needs neither.

``--lane NAME`` runs one lane. ``--file PATH`` runs one path in one lane on a database that is kept
for the next time. All other words go to pytest. ``CI=true`` makes a missing service a failure.
``DATABASE_URL`` and ``REDIS_URL`` may name servers elsewhere.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

ROOT: Final = Path(__file__).resolve().parent.parent
# Two checkouts on one machine must not share a database: the path names them.
CHECKOUT: Final = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
REDIS_INDEX: Final = 1 + int(CHECKOUT, 16) % 15
POSTGRES: Final = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
REDIS: Final = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379"
SERVICES: Final = frozenset({"DATABASE_URL", "REDIS_URL", "EMAIL_URL"})
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
NO_TESTS: Final = 5  # another
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
KEPT: Final = ROOT / "var/test"
PYTEST: Final = (sys.executable, "-m", "pytest")
FAILED: Final = 1  # pytest's exit code
CORES: Final = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class TestRun:
    """One run of pytest: what it selects, what it needs, what it sets."""

    name: str
    marks: str
    needs: dict[str, bool] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    processes: int = CORES * 3 // 2  # tests wait for servers a good part of their time

    @property
    def missing(self) -> list[str]:
        """Return the services that this lane needs and the machine lacks."""
        return [service for service, is_there in self.needs.items() if not is_there]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a lane ended: pytest's exit code, its closing line, and how long it took."""

    lane: TestRun
    code: int
    closing_line: str
    seconds: float


def services(database: str) -> dict[str, str]:
    """Return the variables that name this checkout's database and Redis index."""
    return {
        "DATABASE_URL": urlsplit(POSTGRES)._replace(path=f"/{database}").geturl(),
        "REDIS_URL": urlsplit(REDIS)._replace(path=f"/{REDIS_INDEX}").geturl(),
    }


def lanes() -> list[TestRun]:
    """Return every lane in the order in which they run."""
    servers = {"PostgreSQL": _listens(POSTGRES, 5432), "Redis": _listens(REDIS, 6379)}
    with_servers = TestRun(
        "services", "not browser and not chaos", servers, services(f"commonhour_{CHECKOUT}")
    )
    # A rule gives the same result on every database: once is enough.
    options = () if with_servers.missing else ("--also-on-sqlite",)
    sqlite = TestRun(
        "sqlite", "not browser and not chaos and not postgres and not redis", {}, {}, options
    )
    # A browser in a call keeps a core busy by itself.
    browser = TestRun(
        "browser", "browser", {"Chromium": any(map(shutil.which, BROWSERS))}, processes=CORES
    )
    return [with_servers, sqlite, browser]


def without_media() -> list[str]:
    """Return the media servers that this machine lacks; the tests that need one skip themselves."""
    programs = {"Janus": "janus", "coturn": "turnserver", "iproute2": "ip"}
    # Debian keeps servers where only root looks.
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    return [name for name, word in programs.items() if not shutil.which(word, path=path)]


def _listens(url: str, default_port: int) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port or default_port), timeout=2):
            return True
    except OSError:
        return False


def _data_folder() -> AbstractContextManager[str]:
    """Return a data folder for one lane, in memory where there is some: it outlives no test run."""
    return TemporaryDirectory(prefix="commonhour-", dir=MEMORY if MEMORY.is_dir() else None)


def run(lane: TestRun, words: list[str]) -> Outcome:
    """Run one lane; run what failed once more, alone, and name it if it passes then.

    A test that passes only the second time depends on the load of the machine. That is a defect
    to mend, but not one of the change under test.
    """
    start = time.monotonic()
    with _data_folder() as data:
        environment = _inherited() | {"COMMONHOUR_DATA_DIR": data} | lane.environment
        command = [*PYTEST, "-o", f"cache_dir={data}/pytest", "-m", lane.marks, *lane.options]
        workers = ("-n", str(lane.processes), "--dist", "loadscope")
        code, lines = _pytest(
            [*command, *workers, "--durations=30", *words], environment, lane.name
        )
        closing_line = lines[-1].strip() if lines else ""
        print(f"\n── {lane.name}\n{''.join(lines if code else _summary(lines))}", flush=True)
        if code == FAILED:
            code, again = _pytest([*command, "-n", "0", "--last-failed"], environment, lane.name)
            print(f"\n── {lane.name}: what failed, alone\n{''.join(again)}", flush=True)
            if code == 0:
                failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
                print(f"UNSTEADY, passed alone only:\n{''.join(failed)}", flush=True)
                closing_line = f"{closing_line}\nalone: {again[-1].strip()}"
    return Outcome(lane, code, closing_line, time.monotonic() - start)


def _pytest(command: list[str], environment: dict[str, str], name: str) -> tuple[int, list[str]]:
    """Run pytest, show its progress as it comes, and return its exit code and all other lines."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = []
    for line in process.stdout or ():
        if line.rstrip().endswith("%]"):
            print(f"{name:>8} │ {line.rstrip()}", flush=True)
        else:
            lines.append(line)
    return process.wait(), lines


def _summary(lines: list[str]) -> list[str]:
    """Return the lines that say what was skipped and what took longest."""
    timed = (" call ", " setup ", " teardown ")
    return [
        line for line in lines if line.startswith("SKIPPED") or any(word in line for word in timed)
    ]


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in SERVICES}


def run_file(path: str, words: list[str]) -> int:
    """Run one path in one process, on PostgreSQL and Redis where they are, on a kept database.

    The database is named after the migrations, so that a changed schema gets a new one.
    """
    migrations = sorted(ROOT.glob("*/migrations/0*.py"))
    schema = hashlib.sha256(b"".join(file.read_bytes() for file in migrations)).hexdigest()[:8]
    has_services = _listens(POSTGRES, 5432) and _listens(REDIS, 6379)
    database = services(f"commonhour_{CHECKOUT}_{schema}") if has_services else {}
    data = KEPT / schema
    data.mkdir(parents=True, exist_ok=True)
    environment = _inherited() | {"COMMONHOUR_DATA_DIR": str(data)} | database
    command = [*PYTEST, "-p", "no:cacheprovider", "--reuse-db", path, *words]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def run_lanes(every: list[TestRun], words: list[str]) -> int:
    """Run what can be run; the last lines are pytest's own. Return the exit code."""
    start = time.monotonic()
    no_media = without_media()
    missing = sorted({service for lane in every for service in lane.missing} | set(no_media))
    outcomes = [run(lane, words) for lane in every if not lane.missing]
    for lane in every:
        if lane.missing:
            print(f"{lane.name}: not run, {' and '.join(lane.missing)} not found")
    if no_media:
        print(f"voice and video: tested in part, {' and '.join(no_media)} not found")
    print(f"{time.monotonic() - start:.0f} s in all")
    for outcome in outcomes:
        print(f"{outcome.lane.name}, {outcome.seconds:.0f} s:\n{outcome.closing_line}")
    is_red = any(outcome.code not in {0, NO_TESTS if words else 0} for outcome in outcomes)
    return 1 if is_red or (missing and os.environ.get("CI")) else 0


def main(arguments: list[str]) -> int:
    """Run one file, one lane, or every lane."""
    parser = argparse.ArgumentParser(description="Run the test suite.", allow_abbrev=False)
    every = {lane.name: lane for lane in lanes()}
    parser.add_argument("--lane", choices=every)
    parser.add_argument("--file")
    options, words = parser.parse_known_args(arguments)
    if options.file:
        return run_file(options.file, words)
    return run_lanes([every[options.lane]] if options.lane else list(every.values()), words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
