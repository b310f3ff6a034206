from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

SCRIPT: Final = Path(__file__).resolve().parents[2] / "tools/check_paths.py"


def load() -> Any:
    """Import the script, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("check_paths", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


check_paths: Final = load()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a Git repository with a few files."""
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    for name in ("rooms/models/seats.py", "rooms/views/seats.py", "docs/rooms.md", "Makefile"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / ".gitignore").write_text("/var/\n")
    return tmp_path


def missing(checkout: Path, text: str) -> list[str]:
    page = checkout / "docs/page.md"
    page.write_text(text)
    repository = check_paths.Repository(checkout)
    return [one.name for one in check_paths.missing_in(page, repository)]


@pytest.mark.parametrize(
    "name",
    [
        "rooms/models/seats.py",
        "rooms/models/",
        "rooms/models",
        "models/seats.py",
        "seats.py",
        "rooms/views/seats.py:12",
        "rooms/*/seats.py",
        "rooms/{models,views}/seats.py",
        "rooms/<layer>/seats.py",
        "rooms/**/*.py",
        "var/",
    ],
)
def test_a_path_that_is_there_is_not_reported(checkout: Path, name: str) -> None:
    assert missing(checkout, f"See `{name}`.") == []


@pytest.mark.parametrize(
    "name",
    [
        "rooms/models/turns.py",
        "rooms/seats.py",
        "rooms/actions/",
        "turns.py",
        "rooms/*/turns.py",
        "rooms/{models,forms}/seats.py",
        "rooms/<layer>/turns.py",
    ],
)
def test_a_path_that_is_missing_is_reported(checkout: Path, name: str) -> None:
    assert missing(checkout, f"See `{name}`.") == [name]


@pytest.mark.parametrize(
    "span",
    [
        "REDIS_URL",
        "make check",
        "manage.py retime",
        "/c/g/<group>.ics",
        "/var/lib/commonhour",
        "https://example.org/rooms/turns.py",
        "Europe/Copenhagen",
        "application/json",
        "rooms.models.seats",
    ],
)
def test_what_is_no_path_is_left_alone(checkout: Path, span: str) -> None:
    assert missing(checkout, f"Say `{span}`.") == []


def test_code_blocks_are_not_read(checkout: Path) -> None:
    assert missing(checkout, "```\n`rooms/turns.py`\n```\n\n    `rooms/turns.py`\n") == []


def test_a_link_to_a_file_is_followed_from_its_page(checkout: Path) -> None:
    text = "[a](rooms.md#seats) [b](../Makefile) [c](https://example.org) [d](#top) [e](turns.md)"
    assert missing(checkout, text) == ["turns.md"]


def test_the_line_of_a_missing_path_is_named(checkout: Path) -> None:
    page = checkout / "docs/page.md"
    page.write_text("One.\n\n`rooms/turns.py`\n")
    (found,) = check_paths.missing_in(page, check_paths.Repository(checkout))
    assert (found.page, found.line) == (page, 3)
