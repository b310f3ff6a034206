"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker, Settings

pytest_plugins = ["tests.support.chromium", "tests.support.demo_data", "tests.support.site"]

ROOT = Path(__file__).resolve().parent.parent


DATABASE_FIXTURES = {"db", "transactional_db", "django_db"}
# What asks a database and may differ between PostgreSQL and SQLite: SQL by vendor, locks and
# races, and the one-process server. Everything else is tested once, on PostgreSQL.
ALSO_ON_SQLITE = (
    "accounts/actions",
    "accounts/test_browser_sessions.py",
    "calendars/rendering",
    "calendars/views/test_polling.py",
    "calendars/views/test_revisions.py",
    "config/test_serve.py",
    "demo",
    "notifications/actions",
    "notifications/delivery",
    "notifications/planning",
    "scheduler/actions",
    "scheduler/models",
    "sessions/actions",
    "sessions/live",
    "sessions/models",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a second lane leave out what is the same on every database."""
    parser.addoption(
        "--also-on-sqlite", action="store_true", help="only what may differ between databases"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs a service that this run was not given; ``make test`` gives all it finds."""
    if config.getoption("also_on_sqlite"):
        left_out = [item for item in items if not _may_differ_on_sqlite(item)]
        items[:] = [item for item in items if _may_differ_on_sqlite(item)]
        config.hook.pytest_deselected(items=left_out)
    given = {"postgres": connection.vendor == "postgresql", "redis": bool(settings.REDIS_URL)}
    for item in items:
        for service in (name for name, is_given in given.items() if not is_given):
            if item.get_closest_marker(service):
                item.add_marker(pytest.mark.skip(f"this run was given no {service}"))


def _may_differ_on_sqlite(item: pytest.Item) -> bool:
    path = item.path.relative_to(ROOT / "tests").as_posix()
    if path == "config/test_serve.py":
        return True  # its servers have databases of their own
    named = {mark.name for mark in item.iter_markers()} | set(getattr(item, "fixturenames", ()))
    return path.startswith(ALSO_ON_SQLITE) and bool(named & DATABASE_FIXTURES)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of reference data beside the checkout, or where ``COMMONHOUR_DATA`` says.

    Tests skip when there is none, and fail when the variable names a folder that is missing.
    """
    named = os.environ.get("COMMONHOUR_DATA")
    folder = Path(named or ROOT / "../shared/data").resolve()
    if not folder.is_dir():
        if named:
            pytest.fail(f"COMMONHOUR_DATA names {folder}, which is not there")
        pytest.skip(f"no reference data in {folder}")
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Keep SQLite's test tables in a file, as an installation does: in memory it locks otherwise.

    With ``--reuse-db`` the file stays in the data folder, as the settings say.
    """
    if connection.vendor == "sqlite" and not request.config.getvalue("reuse_db"):
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """End the connections that threads of the product keep open, so that the database can go."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """Hash passwords in microseconds: Argon2 is slow on purpose, and tests sign many people in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Forget what the cache holds: wrong tries of one test must not slow the next."""
    yield
    cache.clear()
