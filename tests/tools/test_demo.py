from __future__ import annotations

import ast
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = server_process.ROOT / "tools/run_demo.py"
NOBODY = 65534


def demo(
    script: Path = SCRIPT, *, python: str = sys.executable, port: int = 0, **options: object
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, str(script), "--port", str(port or server_process.free_port())],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,  # type: ignore[call-overload]
    )


def old_pythons() -> list[str]:
    names = [f"python3.{minor}" for minor in range(6, 11)]
    on_path = [found for name in names if (found := shutil.which(name))]
    by_pyenv = sorted(Path.home().glob(".pyenv/versions/3.[6-9].*/bin/python3"))
    return [
        python
        for python in [*on_path, *map(str, by_pyenv)]
        if subprocess.run([python, "--version"], capture_output=True, check=False).returncode == 0
    ]


@pytest.fixture
def checkout() -> Iterator[Path]:
    """Make a folder with nothing but the demo and its lock, which every user may read."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "tools").mkdir(mode=0o755)
        shutil.copy(SCRIPT, root / "tools")
        shutil.copy(server_process.ROOT / "requirements.lock", root)
        yield root


def test_a_python_that_is_too_old_can_still_read_the_demo() -> None:
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 6))


def test_a_python_that_is_too_old_is_told_so() -> None:
    pythons = old_pythons()
    if not pythons:
        pytest.skip("no Python older than 3.11 on this machine")
    for python in pythons:
        refused = demo(python=python)
        assert refused.returncode == 1
        assert refused.stderr.startswith("Commonhour needs Python 3.11 or newer; this is 3.")
        assert refused.stdout == ""


def test_a_port_in_use_is_told_before_anything_is_installed(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = demo(checkout / "tools/run_demo.py", port=port)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"Cannot listen on port {port} (Address already in use). "
        "Choose another: make demo PORT=8001\n"
    )
    assert not (checkout / ".venv").exists()


def test_a_folder_that_may_not_be_written_is_told(checkout: Path) -> None:
    checkout.chmod(0o555)
    if os.geteuid() == 0:  # to whom every folder is open
        if not Path("/usr/bin/python3").exists():
            pytest.skip("no Python that another user may run")
        refused = demo(checkout / "tools/run_demo.py", python="/usr/bin/python3", user=NOBODY)
    else:
        refused = demo(checkout / "tools/run_demo.py")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"Cannot write to {checkout / '.venv'} (Permission denied). Give this user the folder.\n"
    )


def test_a_machine_without_a_network_is_told(checkout: Path) -> None:
    nowhere = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:1/simple"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    refused = demo(checkout / "tools/run_demo.py", env=kept | nowhere)
    assert refused.returncode == 1
    assert refused.stderr.startswith(
        "The packages could not be fetched. Is this machine online?\nThe last words were: ERROR:"
    )
    assert "Traceback" not in refused.stderr
