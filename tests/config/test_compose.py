from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import serving

if TYPE_CHECKING:
    from pathlib import Path

FILE = serving.ROOT / "docker-compose.yml"
FILLED_IN = {
    "COMMONHOUR_URL": "https://hour.example.org",
    "COMMONHOUR_SECRET_KEY": "k" * 64,
    "POSTGRES_PASSWORD": "p" * 64,
    "REDIS_PASSWORD": "r" * 64,
    "EMAIL_URL": "smtp+starttls://user:password@mail.example.org:587",
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
    assert re.search(r"say the address|make one with|say where mail goes", refused.stderr)


def test_nothing_but_the_proxy_is_published() -> None:
    services = re.split(r"(?m)^  (?=[a-z]+:\n)", FILE.read_text("utf-8"))
    publishing = [
        text.partition(":")[0] for text in services if re.search(r"(?m)^    ports:", text)
    ]
    assert publishing == ["proxy"]


def test_the_example_names_every_value_that_must_be_set() -> None:
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", FILE.read_text("utf-8")))
    example = (serving.ROOT / ".env.example").read_text("utf-8")
    assert needed == set(FILLED_IN)
    assert needed <= set(re.findall(r"(?m)^([A-Z_]+)=", example))


def test_the_example_holds_no_secret() -> None:
    example = (serving.ROOT / ".env.example").read_text("utf-8")
    secrets = re.findall(r"(?m)^(\w*(?:SECRET|PASSWORD)\w*)=(.*)$", example)
    assert len(secrets) == 3
    assert [value for _, value in secrets if value] == []
