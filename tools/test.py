"""Run the whole suite on every service of this machine, and name what could not be found.

Lanes run two at a time: *embedded* on SQLite alone, *full* on PostgreSQL and Redis with what touches
them, *browser* in Chromium. Words after ``python tools/test.py`` go to pytest. ``CI=true`` makes a missing service a
failure. ``DATABASE_URL`` and ``REDIS_URL`` may point to servers elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

ROOT: Final = Path(__file__).resolve().parent.parent
# Two checkouts on one machine must not share a database: the path names them.
CHECKOUT: Final = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
REDIS_INDEX: Final = 1 + int(CHECKOUT, 16) % 15
POSTGRES: Final = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
REDIS: Final = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
NO_TESTS: Final = 5
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
_speaking: Final = Lock()


@dataclass(frozen=True, slots=True)
class Lane:
    """One run of pytest: what it selects, what it needs, what it sets."""

    name: str
    marks: str
    needs: dict[str, bool] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """Return the services that this lane needs and the machine lacks."""
        return [service for service, is_there in self.needs.items() if not is_there]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a lane ended: pytest's exit code and its closing line."""

    lane: Lane
    code: int
    closing_line: str


def lanes() -> list[Lane]:
    """Return every lane, the longest first so that two cores finish together."""
    return [
        Lane("embedded", "not browser and not chaos and not postgres and not redis"),
        Lane(
            "full",
            "not browser and not chaos",
            {"PostgreSQL": _listens(POSTGRES, 5432), "Redis": _listens(REDIS, 6379)},
            {
                "DATABASE_URL": urlsplit(POSTGRES)
                ._replace(path=f"/commonhour_{CHECKOUT}")
                .geturl(),
                "REDIS_URL": urlsplit(REDIS)._replace(path=f"/{REDIS_INDEX}").geturl(),
            },
            # Arithmetic is the same on every database: once is enough.
            ["--touching-services"],
        ),
        Lane("browser", "browser", {"Chromium": any(map(shutil.which, BROWSERS))}),
    ]


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


def run(lane: Lane, words: list[str]) -> Outcome:
    """Run one lane in a data folder of its own: two lanes in one would delete each other's tables.

    The folder lies in memory where there is some, because nobody will need it after a power cut.
    """
    with TemporaryDirectory(prefix="commonhour-", dir=MEMORY if MEMORY.is_dir() else None) as data:
        return _run(lane, words, {"COMMONHOUR_DATA_DIR": data} | lane.environment)


def _run(lane: Lane, words: list[str], environment: dict[str, str]) -> Outcome:
    """Show the progress of a lane as it comes, all else when it ends."""
    services = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL"}
    inherited = {name: value for name, value in os.environ.items() if name not in services}
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-m",
            lane.marks,
            *lane.options,
            *words,
        ],
        cwd=ROOT,
        env=inherited | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    kept = []
    for line in process.stdout or ():
        if line.rstrip().endswith("%]"):
            _say(f"{lane.name:>8} │ {line.rstrip()}")
        else:
            kept.append(line)
    code = process.wait()
    shown = kept if code else [line for line in kept if line.startswith("SKIPPED")]
    if shown:
        _say(f"\n── {lane.name}\n{''.join(shown)}")
    return Outcome(lane, code, kept[-1].strip() if kept else "")


def _say(text: str) -> None:
    with _speaking:
        print(text, flush=True)


def main(words: list[str]) -> int:
    """Run what can be run; the last lines are pytest's own."""
    start = time.monotonic()
    every = lanes()
    no_media = without_media()
    missing = sorted({service for lane in every for service in lane.missing} | set(no_media))
    with ThreadPoolExecutor(max_workers=2) as pool:
        ready = [lane for lane in every if not lane.missing]
        outcomes = list(pool.map(lambda lane: run(lane, words), ready))
    for lane in every:
        if lane.missing:
            print(f"{lane.name}: not run, {' and '.join(lane.missing)} not found")
    if no_media:
        print(f"voice and video: tested in part, {' and '.join(no_media)} not found")
    print(f"{time.monotonic() - start:.0f} s in all")
    for outcome in outcomes:
        print(f"{outcome.lane.name}:\n{outcome.closing_line}")
    is_red = any(outcome.code not in {0, NO_TESTS if words else 0} for outcome in outcomes)
    return 1 if is_red or (missing and os.environ.get("CI")) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
