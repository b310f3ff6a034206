"""Real processes of the product, as an operator starts and stops them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

ROOT: Final = Path(__file__).resolve().parents[2]
SERVICES: Final = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
START_SECONDS: Final = 90.0  # of a machine that does much else; nobody waits longer than it takes
ANSWER_SECONDS: Final = 60.0  # the same, for an answer of a process that runs


def require_program(name: str) -> None:
    """Skip the test where a program is missing; fail where it must not be."""
    if shutil.which(name):
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI needs {name}")
    pytest.skip(f"no {name} on this machine")


def free_port() -> int:
    """Return a port that nobody listens on: other tests run at the same time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """Return this process's environment, with the embedded default and ``variables`` on top."""
    kept = {name: value for name, value in os.environ.items() if name not in SERVICES}
    return kept | {"COMMONHOUR_DATA_DIR": str(data_dir), "PYTHONWARNINGS": "default"} | variables


def _program(*words: str, at: datetime | None) -> list[str]:
    """Return a management command, with its clock set where a moment is given."""
    travelling = ["tests/support/frozen_clock.py", at.isoformat()] if at else []
    return [sys.executable, *travelling, "manage.py", *words]


def manage(
    *words: str, env: dict[str, str], at: datetime | None = None, seconds: float = 180
) -> subprocess.CompletedProcess[str]:
    """Run a management command to its end."""
    return subprocess.run(
        _program(*words, at=at),
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


class Visitor:
    """A browser without JavaScript: it keeps cookies, follows redirects and fills in forms."""

    def __init__(self, server: Server) -> None:
        self._url = server.url
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._cookies)
        )

    def submit(self, path: str, **fields: str) -> str:
        """Open a page, send its form, and return the path where that led; the page's own if refused."""
        self._opener.open(f"{self._url}{path}", timeout=ANSWER_SECONDS).close()
        token = next(cookie.value for cookie in self._cookies if cookie.name == "csrf")
        form = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token or ""}).encode()
        with self._opener.open(f"{self._url}{path}", form, timeout=ANSWER_SECONDS) as answer:
            return urllib.parse.urlsplit(answer.url).path


@dataclass(slots=True)
class Server:
    """A running ``manage.py serve``."""

    process: subprocess.Popen[str]
    url: str

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the body of a page; it listens before its tables are made."""
        try:
            with urllib.request.urlopen(  # noqa: S310 our own http address
                f"{self.url}{path}", timeout=START_SECONDS
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def wait_until_ready(self) -> dict[str, Any]:
        """Return what /readyz says once it says yes."""
        deadline, body = time.monotonic() + START_SECONDS, "silence"
        while time.monotonic() < deadline:
            try:
                status, body = self.get("/readyz")
            except TimeoutError:
                continue
            if status == 200:
                return dict(json.loads(body))
            time.sleep(0.1)
        raise AssertionError(f"not ready: {body}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float, str]:
        """Send a signal; return the exit code, the seconds it took and all that was printed."""
        start = time.monotonic()
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=ANSWER_SECONDS)
        return self.process.returncode, time.monotonic() - start, output


@contextmanager
def serve(
    env: dict[str, str], port: int | None = None, *, at: datetime | None = None
) -> Iterator[Server]:
    """Run ``manage.py serve`` for as long as the block lasts."""
    port = port or free_port()
    process = subprocess.Popen(
        _program("serve", "--port", str(port), at=at),
        cwd=ROOT,
        env=env | {"COMMONHOUR_URL": f"http://127.0.0.1:{port}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        _wait_until_it_listens(process, port)
        yield server
    finally:
        process.kill()
        process.communicate()


@contextmanager
def celery(*words: str, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker or a beat for as long as the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", *words, "--loglevel", "ERROR"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_until_it_listens(process: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    process.kill()
    raise AssertionError(f"did not start: {process.communicate()[0]}")
