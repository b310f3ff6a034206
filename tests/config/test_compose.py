from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support import server_process

if TYPE_CHECKING:
    from pathlib import Path

FILE = server_process.ROOT / "docker-compose.yml"
FILLED_IN = {
    "COMMONHOUR_URL": "https://hour.example.org",
    "COMMONHOUR_SECRET_KEY": "k" * 64,
    "POSTGRES_PASSWORD": "p" * 64,
    "REDIS_PASSWORD": "r" * 64,
    "EMAIL_URL": "smtp+starttls://user:password@mail.example.org:587",
    "TURN_URLS": "turn:hour.example.org:3478?transport=udp",
    "TURN_SECRET": "t" * 64,
    "JANUS_SECRET": "j" * 64,
}


def compose_command() -> list[str]:
    """Return Docker's plugin, or the program that came before it."""
    plugin = ["docker", "compose"]
    if shutil.which("docker"):
        asked = subprocess.run([*plugin, "version"], capture_output=True, check=False)
        if asked.returncode == 0:
            return plugin
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    if os.environ.get("CI"):
        pytest.fail("CI needs docker compose")
    pytest.skip("no docker compose on this machine")


def config(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "env").touch()
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [*compose_command(), "--file", str(FILE), "--env-file", str(folder / "env"), "config"],
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_file_is_accepted_when_it_is_filled_in(tmp_path: Path) -> None:
    accepted = config(tmp_path, **FILLED_IN)
    assert accepted.returncode == 0, accepted.stderr


@pytest.mark.parametrize("name", FILLED_IN)
def test_a_missing_value_stops_with_a_sentence(tmp_path: Path, name: str) -> None:
    refused = config(tmp_path, **{key: value for key, value in FILLED_IN.items() if key != name})
    assert refused.returncode != 0
    assert re.search(r"say the address|make one with|say where", refused.stderr)


def services() -> dict[str, str]:
    """Return each service with its lines."""
    parts = re.split(r"(?m)^  (?=[a-z]+:\n)", FILE.read_text("utf-8").partition("\nnetworks:")[0])
    return {text.partition(":")[0]: text for text in parts[1:]}


def test_nothing_but_the_proxy_and_the_relay_is_published() -> None:
    publishing = [name for name, text in services().items() if re.search(r"(?m)^    ports:", text)]
    assert publishing == ["proxy", "coturn"]


@pytest.mark.parametrize("name", ["janus", "coturn"])
def test_media_runs_with_nothing_it_does_not_need(name: str) -> None:
    service = services()[name]
    for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "restart: unless"):
        assert line in service, line


def test_the_relay_reaches_itself_and_janus_only() -> None:
    relay, janus = services()["coturn"], services()["janus"]
    allowed = re.findall(r"allowed-peer-ip=([\d.]+)", relay)
    (own,) = re.findall(r"relay-ip=([\d.]+)", relay)
    (media,) = re.findall(r"media: \{ipv4_address: ([\d.]+)\}", janus)
    assert allowed == [own, media]


def test_no_secret_of_media_is_an_argument() -> None:
    for text in services().values():
        command = "".join(re.findall(r"(?m)^    command:(?:.*\n(?:      .*\n)*)", text))
        assert not re.search(r"(?<!\$)\$\{?[A-Z_]*(SECRET|PASSWORD)", command)


def test_the_example_names_every_value_that_must_be_set() -> None:
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", FILE.read_text("utf-8")))
    example = (server_process.ROOT / ".env.example").read_text("utf-8")
    assert needed == set(FILLED_IN)
    assert needed <= set(re.findall(r"(?m)^([A-Z_]+)=", example))


def test_the_example_holds_no_secret() -> None:
    example = (server_process.ROOT / ".env.example").read_text("utf-8")
    secrets = re.findall(r"(?m)^(\w*(?:SECRET|PASSWORD)\w*)=(.*)$", example)
    assert len(secrets) == 5
    assert [value for _, value in secrets if value] == []
