from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUNNING = PYPROJECT["project"]["dependencies"]
GROUPS = PYPROJECT["dependency-groups"]
LOCKS = {
    "requirements.lock": RUNNING,
    "requirements-dev.lock": [*RUNNING, *GROUPS["test"], *GROUPS["lint"]],
}


def name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9-]", requirement)[0].lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_locked(lock: str) -> None:
    locked = re.findall(r"(?m)^([a-z0-9-]+)==", (ROOT / lock).read_text("utf-8"))
    assert {name(requirement) for requirement in LOCKS[lock]} - set(locked) == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock: str) -> None:
    packages = re.split(r"(?m)^(?=[a-z0-9-]+==)", (ROOT / lock).read_text("utf-8"))
    assert [package for package in packages if package and "--hash=sha256:" not in package] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_an_index(lock: str) -> None:
    assert not re.search(r"https?://|--(extra-)?index|find-links", (ROOT / lock).read_text("utf-8"))
