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

    from pytest_django import Settings

pytest_plugins = ["tests.support.chromium", "tests.support.demo_data", "tests.support.site"]

ROOT = Path(__file__).resolve().parent.parent


TOUCHING = {"db", "transactional_db", "postgres", "redis", "django_db"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a second lane leave out what is the same on every database."""
    parser.addoption("--touching-services", action="store_true", help="only what asks a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs a service that this run was not given; ``make test`` gives all it finds."""
    if config.getoption("touching_services"):
        pure = [item for item in items if not _touches_services(item)]
        items[:] = [item for item in items if _touches_services(item)]
        config.hook.pytest_deselected(items=pure)
    given = {"postgres": connection.vendor == "postgresql", "redis": bool(settings.REDIS_URL)}
    for item in items:
        for service in (name for name, is_given in given.items() if not is_given):
            if item.get_closest_marker(service):
                item.add_marker(pytest.mark.skip(f"this run was given no {service}"))


def _touches_services(item: pytest.Item) -> bool:
    named = {mark.name for mark in item.iter_markers()} | set(getattr(item, "fixturenames", ()))
    return bool(named & TOUCHING)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of reference data that lies beside the checkout; CI insists on it."""
    folder = Path(os.environ.get("COMMONHOUR_DATA", ROOT / "../shared/data")).resolve()
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs the reference data in {folder}")
        pytest.skip(f"no reference data in {folder}")
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep SQLite's test tables in a file, as an installation does: in memory it locks otherwise."""
    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """Hash passwords in microseconds: Argon2 is slow on purpose, and tests sign many people in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Forget what the cache holds: wrong tries of one test must not slow the next."""
    yield
    cache.clear()
