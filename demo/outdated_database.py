"""Find and remove a demo database that an earlier version of this code made.

Before version 1.0 the initial migrations are replaced when a model changes, so such a database
cannot be migrated. A demo database holds invented data only and is built anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

# SQLite keeps these beside a database that is in WAL mode or was left in a transaction.
COMPANIONS: Final = ("", "-wal", "-shm", "-journal")


def is_outdated(database: BaseDatabaseWrapper) -> bool:
    """Whether the database has migrations this code does not know, or tables of another shape.

    An empty database and one with migrations still to apply are not outdated. Reads the list of
    migrations and the columns of each table.
    """
    applied = set(MigrationRecorder(database).applied_migrations())
    known = set(MigrationLoader(None).disk_migrations)
    if applied - known:
        return True
    incomplete_apps = {app for app, _name in known - applied}
    expected = dict(_expected_columns(incomplete_apps))
    with database.cursor() as cursor:
        tables = set(database.introspection.table_names(cursor))
        return any(
            table not in tables
            or columns
            != {one.name for one in database.introspection.get_table_description(cursor, table)}
            for table, columns in expected.items()
        )


def remove_outdated_database() -> bool:
    """Delete the demo's SQLite file if it is outdated; return whether it was.

    Nothing is deleted outside demo mode, or outside the data folder.
    """
    path = Path(str(connection.settings_dict["NAME"]))
    is_ours = (
        settings.IS_DEMO
        and connection.vendor == "sqlite"
        and path.is_file()
        and path.resolve().is_relative_to(Path(settings.DATA_DIR).resolve())
    )
    if not is_ours or not is_outdated(connection):
        return False
    connections.close_all()
    for suffix in COMPANIONS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return True


def _expected_columns(without_apps: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield each table of the apps with migrations, and the names of its columns."""
    migrated = MigrationLoader(None).migrated_apps
    for model in apps.get_models(include_auto_created=True):
        options = model._meta  # noqa: SLF001 - a documented interface
        if options.app_label in migrated - without_apps and options.managed and not options.proxy:
            yield options.db_table, {str(field.column) for field in options.local_concrete_fields}
