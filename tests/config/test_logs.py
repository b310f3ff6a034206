from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "Tq7-secret_" + "x" * 32
STATUS_OF = {
    f"/c/{TOKEN}.ics": 404,
    f"/c/{TOKEN}": 404,
    f"/c/{TOKEN}.ics?{TOKEN}": 404,
    f"/join/{TOKEN}/x/": 404,
}


def _request_all(url: str) -> None:
    for path, status in STATUS_OF.items():
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(url + path, timeout=server_process.ANSWER_SECONDS)  # noqa: S310 our own http address
        assert refusal.value.code == status
        refusal.value.close()


def test_no_line_of_a_serving_process_holds_an_address(tmp_path: Path) -> None:
    env = server_process.environment(tmp_path, COMMONHOUR_LOG_LEVEL="DEBUG")
    with server_process.serve(env) as server:
        _request_all(server.url)
        _code, _seconds, output = server.stop()
    assert TOKEN not in output


@pytest.fixture
def uvicorn_alone(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the application as an operator might: with uvicorn's own command and its access log."""
    env = server_process.environment(tmp_path, COMMONHOUR_LOG_LEVEL="INFO")
    assert server_process.manage("migrate", "--verbosity", "0", env=env).returncode == 0
    port = server_process.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port)],
        cwd=server_process.ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.communicate()


def test_uvicorn_s_own_access_log_holds_no_address_either(
    uvicorn_alone: tuple[str, subprocess.Popen[str]],
) -> None:
    url, process = uvicorn_alone
    _wait_for(url)
    _request_all(url)
    process.terminate()
    output, _ = process.communicate(timeout=server_process.ANSWER_SECONDS)
    assert '"GET /c/… HTTP/1.1" 404' in output
    assert TOKEN not in output


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + server_process.START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1).close()  # noqa: S310
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("uvicorn did not start")


def test_the_proxy_that_we_ship_writes_no_address(tmp_path: Path) -> None:
    server_process.require_program("caddy")
    door = server_process.free_port()
    text = (server_process.ROOT / "deploy/Caddyfile").read_text()
    file = tmp_path / "Caddyfile"
    file.write_text(text.replace(":8080 {", f"http://127.0.0.1:{door} {{"))
    process = subprocess.Popen(
        ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        time.sleep(0.2)
        _fail_at(f"http://127.0.0.1:{door}/c/{TOKEN}.ics")
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=server_process.ANSWER_SECONDS)
    assert "/c/-" in output  # the proxy did complain: there is no web process behind it
    assert TOKEN not in output


def _fail_at(address: str) -> None:
    deadline = time.monotonic() + server_process.START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=server_process.ANSWER_SECONDS)  # noqa: S310
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("caddy did not start")
