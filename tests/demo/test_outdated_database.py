from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from demo import outdated_database
from demo.outdated_database import is_outdated, remove_outdated_database
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings

pytestmark = pytest.mark.django_db

MIGRATIONS = "create table django_migrations (id integer primary key, app, name, applied)"
SENTENCE = "· the demo database was made by an earlier version: building it anew\n"


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "commonhour.sqlite3"
    if hasattr(connections._connections, "old"):
        connections["old"].close()
        del connections["old"]


def database(path: Path, *applied: tuple[str, str], tables: str = "") -> DatabaseWrapper:
    """Make a SQLite file with some migrations noted as applied, and tables of its own."""
    with closing(sqlite3.connect(path)) as made:
        made.executescript(f"{MIGRATIONS}; {tables}")
        made.executemany(
            "insert into django_migrations (app, name, applied) values (?, ?, '2026-01-01')",
            applied,
        )
        made.commit()
    given = connections["default"].settings_dict | {"NAME": str(path), "OPTIONS": {}}
    old = DatabaseWrapper(given | {"ENGINE": "django.db.backends.sqlite3"}, alias="old")
    connections["old"] = old
    return old


def known(*without: str) -> list[tuple[str, str]]:
    names = MigrationLoader(None).disk_migrations
    return [name for name in names if name[0] not in without]


def test_the_database_this_code_makes_is_not_outdated() -> None:
    assert not is_outdated(connection)


def test_an_empty_database_and_one_to_migrate_further_are_not_outdated(path: Path) -> None:
    assert not is_outdated(database(path))


def test_a_migration_that_is_gone_makes_a_database_outdated(path: Path) -> None:
    assert is_outdated(database(path, ("scheduler", "0007_clocks")))


def test_an_initial_migration_that_was_replaced_makes_a_database_outdated(path: Path) -> None:
    tables = "create table accounts_person (id integer primary key, handle text)"
    assert is_outdated(database(path, ("accounts", "0001_initial"), tables=tables))


def test_a_missing_table_makes_a_database_outdated(path: Path) -> None:
    assert is_outdated(database(path, *known()))


def _use(old: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outdated_database, "connection", old)


def test_in_a_demo_it_is_removed_with_the_files_beside_it(
    path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IS_DEMO, settings.DATA_DIR = True, path.parent
    _use(database(path, ("scheduler", "0007_clocks")), monkeypatch)
    path.with_name(f"{path.name}-wal").touch()
    (path.parent / "secret-key").touch()
    monkeypatch.setattr(connections, "close_all", lambda: None)
    assert remove_outdated_database()
    assert [left.name for left in path.parent.iterdir()] == ["secret-key"]


@pytest.mark.parametrize("case", ["no demo", "elsewhere", "not outdated"])
def test_nothing_else_is_ever_removed(
    case: str, path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IS_DEMO = case != "no demo"
    settings.DATA_DIR = path.parent / "var" if case == "elsewhere" else path.parent
    applied = () if case == "not outdated" else (("scheduler", "0007_clocks"),)
    _use(database(path, *applied), monkeypatch)
    assert not remove_outdated_database()
    assert path.exists()


def test_make_demo_says_so_in_one_sentence_and_builds_it_anew(path: Path) -> None:
    database(
        path,
        ("contenttypes", "0001_initial"),
        ("sessions", "0001_initial"),
        ("scheduler", "0001_initial"),
        ("scheduler", "0002_person_tz"),
        tables="create table scheduler_person (id integer primary key, handle text, tz text)",
    )
    kept = {name: value for name, value in os.environ.items() if "_URL" not in name}
    seeded = subprocess.run(
        [sys.executable, "manage.py", "seed"],
        cwd=server_process.ROOT,
        env=kept | {"COMMONHOUR_MODE": "demo", "COMMONHOUR_DATA_DIR": str(path.parent)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert seeded.stdout.startswith(f"{SENTENCE}· 45 people\n")
    assert "with the password" in seeded.stdout
