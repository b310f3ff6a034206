"""A relay and a Janus of our own, with the settings we deploy, that a test may kill."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.support import server_process
from tests.support.stun import Asker

if TYPE_CHECKING:
    from collections.abc import Callable

DEPLOY: Final = server_process.ROOT / "deploy"
SECRET: Final = "a secret of tests, long enough for both"
START_SECONDS: Final = 10.0
# Janus never offers 127.0.0.1 (libnice leaves loopback out), but any other interface will do: a pair
# of virtual ones with an address that no packet leaves the machine with.
INTERFACE: Final = "rtc0"
ADDRESS: Final = "127.10.0.1"


@dataclass
class Program:
    """A server as a process: started, killed, started again on the same port."""

    command: list[str]
    port: int
    folder: Path
    answers: Callable[[int], bool] = field(default=lambda _: True)
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, cwd=self.folder, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if _listens(self.port) and self.answers(self.port):
                return
            time.sleep(0.05)
        self.stop()
        raise AssertionError(f"did not start: {(self.folder / 'log').read_text()[-2000:]}")

    def kill(self) -> None:
        """As when the machine loses it: no farewell."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        self.kill()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _takes_datagrams(port: int) -> bool:
    """Return whether the relay answers on UDP too: it takes connections a moment earlier."""
    asker = Asker(port, "nobody", "nothing")
    try:
        asker.allocate()
    except OSError:
        return False
    finally:
        asker.close()
    return True


def turnserver(folder: Path, *more: str) -> Program:
    """Prepare the relay as deployed, on this machine alone; ``more`` are lines of its settings."""
    server_process.require_program("turnserver")
    require_interface()
    folder.mkdir(parents=True, exist_ok=True)
    port = server_process.free_port()
    here = [
        "realm=rooms.test",
        f"static-auth-secret={SECRET}",
        "listening-ip=127.0.0.1",
        f"listening-port={port}",
        f"relay-ip={ADDRESS}",  # Janus (libnice) takes no peer at 127.0.0.1
        f"userdb={folder}/turndb",
        f"pidfile={folder}/pid",
        # In a test the two peers that there are have addresses of this machine.
        "allowed-peer-ip=127.0.0.1",
        f"allowed-peer-ip={ADDRESS}",
        "allow-loopback-peers",
        "cli-password=needed-beside-the-line-above",
    ]
    deployed = (DEPLOY / "coturn/turnserver.conf").read_text("utf-8")
    file = folder / "turnserver.conf"
    file.write_text("\n".join([deployed, *here, *more, ""]), "utf-8")
    return Program(["turnserver", "-c", str(file)], port, folder, _takes_datagrams)


def janus(folder: Path) -> Program:
    """Prepare Janus as deployed, on this machine alone."""
    server_process.require_program("janus")
    require_interface()
    folder.mkdir(parents=True, exist_ok=True)
    port = server_process.free_port()
    filled_in = {
        "SECRET": SECRET,
        "RTP_PORTS": "20000-24999",
        "MEDIA_INTERFACE": INTERFACE,
        "WS_IP": "127.0.0.1",
        "WS_PORT": str(port),
    }
    for deployed in (DEPLOY / "janus").glob("*.jcfg"):
        text = deployed.read_text("utf-8")
        for name, value in filled_in.items():
            text = text.replace(f"@{name}@", value)
        (folder / deployed.name).write_text(text, "utf-8")
    return Program(["janus", "--configs-folder", str(folder)], port, folder)


def require_interface() -> None:
    """Make the pair of virtual interfaces, or say that it takes root to do so."""
    if (Path("/sys/class/net") / INTERFACE).exists():
        return
    made = shutil.which("ip") and all(
        subprocess.run(["ip", *words.split()], check=False, capture_output=True).returncode == 0
        for words in (
            f"link add {INTERFACE} type veth peer name rtc1",
            f"addr add {ADDRESS}/32 dev {INTERFACE}",
            f"link set {INTERFACE} up",
            "link set rtc1 up",
        )
    )
    if made:
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI needs the interface {INTERFACE}: iproute2, and the right to make it")
    pytest.skip(f"no interface {INTERFACE}, and no right to make it")
