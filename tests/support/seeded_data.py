"""Data directories that already have tables and people: made once in a run, copied for each server.

To migrate and to seed takes longer than to start a server.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator

_kept: list[TemporaryDirectory[str]] = []  # removed when Python ends


def copy_live_sessions(folder: Path) -> dict[str, Any]:
    """Fill ``folder`` with sessions that are on now; return what ``seed_server`` says of them."""
    source, world = _live_sessions()
    shutil.copytree(source, folder, dirs_exist_ok=True)
    return dict(json.loads(world))


@cache
def _live_sessions() -> tuple[Path, str]:
    folder = _new_folder()
    env = server_process.environment(folder)
    _run("migrate", "-v", "0", env=env)
    return folder, _run("shell", "-v", "0", "-c", "import tests.support.seed_server", env=env)


@cache
def _demo() -> Path:
    folder = _new_folder()
    env = server_process.environment(folder, COMMONHOUR_MODE="demo")
    _run("migrate", "-v", "0", env=env)
    _run("seed", env=env)
    return folder


def _new_folder() -> Path:
    _kept.append(TemporaryDirectory(prefix="seeded-"))
    return Path(_kept[-1].name)


def _run(*words: str, env: dict[str, str]) -> str:
    done = server_process.manage(*words, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def a_demo(folder: Path) -> Iterator[server_process.Server]:
    """Serve a copy of the demo's world."""
    shutil.copytree(_demo(), folder, dirs_exist_ok=True)
    env = server_process.environment(folder, COMMONHOUR_MODE="demo")
    with server_process.serve(env) as server:
        yield server
