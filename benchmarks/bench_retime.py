"""How long ``retime`` takes after a release of the tz database: 100,000 sessions computed again.

On a database made for this run, SQLite in a file and PostgreSQL if one answers. Two cases: two
zones changed, as in a real release, and every session changed, as has never happened. Rows:
FIGURE, name, value, unit, separated by tabs.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

SERIES, WEEKS = 4_000, 25
NOW = datetime(2026, 6, 5, 12, 0, tzinfo=UTC)
POSTGRES = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/retime"
MOVED = ("America/Vancouver", "Africa/Casablanca")


def main() -> None:
    """Measure on each database in a process of its own."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    figure("retime.machine", machine, "text")
    with tempfile.TemporaryDirectory() as folder:
        for name, url in {
            "sqlite": f"sqlite:///{folder}/bench.sqlite3",
            "postgresql": POSTGRES,
        }.items():
            env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
            done = subprocess.run([sys.executable, __file__, name], env=env, check=False)
            if done.returncode:
                print(f"{name}: not measured")


def measure(name: str) -> None:
    """Print the figures of the database that the settings name."""
    import django  # noqa: PLC0415 - settings come from the environment of this process

    django.setup()
    from django.db import connection  # noqa: PLC0415

    connection.settings_dict["TEST"]["NAME"] = (
        f"{connection.settings_dict['NAME']}.test" if name == "sqlite" else "retime_bench"
    )
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        fill()
        for case, zones in {"two_zones_moved": MOVED, "all_moved": None}.items():
            run(f"retime.{name}.{case}", zones)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def fill() -> None:
    """Create 100,000 future sessions, in every zone of the tz database."""
    from civiltime.recurrence import Rule, expand  # noqa: PLC0415
    from civiltime.zones import canonical_names, zone  # noqa: PLC0415
    from scheduler.actions.schedule.window import occurrence_of  # noqa: PLC0415
    from scheduler.models import Occurrence, Series  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    group = make.group()
    zones = [zone(name) for name in sorted(canonical_names())]
    first = datetime(2026, 6, 8)
    series = Series.objects.bulk_create(
        Series(group=group, tz=zones[n % len(zones)], rule="FREQ=WEEKLY",
               first_local=first + timedelta(minutes=15 * (n % 672)))
        for n in range(SERIES)
    )  # fmt: skip
    rule = Rule.parse("FREQ=WEEKLY")
    window = {"after": NOW, "before": NOW + timedelta(weeks=WEEKS + 1)}
    for chunk in range(0, SERIES, 400):
        Occurrence.objects.bulk_create(
            occurrence_of(one, start, NOW)
            for one in series[chunk : chunk + 400]
            for start in list(expand(rule, first_local=one.first_local, tz=one.tz, **window))[
                :WEEKS
            ]
        )


def run(name: str, moved: tuple[str, ...] | None) -> None:
    """Move the sessions of some zones by an hour, as an older release may have, and time ``retime``."""
    from django.db.models import F  # noqa: PLC0415

    from civiltime.zones import zone  # noqa: PLC0415
    from scheduler.actions.schedule import retime  # noqa: PLC0415
    from scheduler.models import Occurrence  # noqa: PLC0415

    hour = timedelta(hours=1)
    Occurrence.objects.update(tz_version="2025b")
    wrong = Occurrence.objects.all()
    if moved is not None:
        wrong = wrong.filter(tz__in=[zone(each) for each in moved])
    wrong.update(starts_at=F("starts_at") + hour, ends_at=F("ends_at") + hour)
    for run_name in ("", ".again"):
        began = perf_counter()
        found = retime(now=NOW)
        figure(f"{name}{run_name}", f"{perf_counter() - began:.2f}", "s")
        figure(
            f"{name}{run_name}.sessions",
            f"{found.derived} derived, {found.moved.total()} moved",
            "text",
        )


def figure(name: str, value: object, unit: str) -> None:
    """Print one row."""
    print("FIGURE", name, value, unit, sep="\t", flush=True)


if __name__ == "__main__":
    measure(sys.argv[1]) if sys.argv[1:] else main()
