from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from civiltime import zones
from tests.support import server_process

if TYPE_CHECKING:
    from pathlib import Path

OLD_RELEASE = server_process.ROOT / "var/tzdata-2025b"

SEED = """
from datetime import datetime, timedelta
import django; django.setup()
from django.core.management import call_command
from django.utils import timezone
from civiltime import zones
from tests import make
from scheduler.actions import schedule
from civiltime.recurrence import Rule
call_command("migrate", verbosity=0)
now = timezone.now()
amina, bo = make.person("amina", tz="Africa/Cairo"), make.person("bo")
tomorrow = (now + timedelta(days=1)).date()
for tz in ("America/Vancouver", "Africa/Casablanca", "Europe/Bratislava"):
    group = make.group(tz, tz=tz)
    make.membership(amina, group, role="facilitator")
    make.membership(bo, group)
    for hour in (9, 18):
        schedule.create_series(
            by=amina, group=group, rule=Rule.parse("FREQ=DAILY"), duration_minutes=60, now=now,
            first_local=datetime(tomorrow.year, tomorrow.month, tomorrow.day, hour, 0),
        )
print(zones.TZ_VERSION)
"""

LOOK = """
import json
import django; django.setup()
from scheduler.models import Occurrence, ScheduleChange
rows = Occurrence.objects.order_by("pk").select_related("group")
print(json.dumps({
    "sessions": [
        [o.group.name, str(o.starts_local), str(o.starts_at), o.minutes, o.sequence, o.tz_version]
        for o in rows
    ],
    "changes": ScheduleChange.objects.filter(kind="retimed", by=None).count(),
}))
"""


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """Make an installation whose schedule was derived under release 2025b."""
    if not OLD_RELEASE.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI needs the older tz database: tools/tzdata-2025b.sh")
        pytest.skip("no older tz database: tools/tzdata-2025b.sh installs it")
    today = server_process.environment(tmp_path, DJANGO_SETTINGS_MODULE="config.settings")
    today["PYTHONPATH"] = str(server_process.ROOT / "tests")
    then = today | {"PYTHONPATH": f"{OLD_RELEASE}{os.pathsep}{today['PYTHONPATH']}"}
    assert _python(SEED, then) == "2025b"
    return today


def _python(program: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=server_process.ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _hours(env: dict[str, str]) -> dict[str, Any]:
    return json.loads(_python(LOOK, env))


def test_a_real_new_release_moves_vancouver_and_casablanca_and_keeps_every_wall_clock(
    installation: dict[str, str],
) -> None:
    before = _hours(installation)
    told = server_process.manage("retime", env=installation)
    assert told.returncode == 0, told.stderr
    after = _hours(installation)
    moved = {
        new[0]
        for old, new in zip(before["sessions"], after["sessions"], strict=True)
        if old[2] != new[2]
    }
    assert moved == {"America/Vancouver", "Africa/Casablanca"}
    for old, new in zip(before["sessions"], after["sessions"], strict=True):
        assert (old[1], old[3]) == (new[1], new[3])
        assert new[4] == old[4] + (old[2] != new[2])
        assert new[5] == zones.TZ_VERSION
    number = sum(new[4] for new in after["sessions"])
    assert after["changes"] == number
    assert f"{number:6} moved, in 2 groups\n     2 people are told" in told.stdout


def test_the_second_time_there_is_nothing_left_to_do(installation: dict[str, str]) -> None:
    server_process.manage("retime", env=installation)
    once = _hours(installation)
    assert (
        "     0 sessions derived again" in server_process.manage("retime", env=installation).stdout
    )
    assert _hours(installation) == once


def test_a_start_of_the_product_under_a_new_release_retimes(installation: dict[str, str]) -> None:
    with server_process.serve(installation) as server:
        assert server.get("/healthz")[0] == 200
    assert {row[5] for row in _hours(installation)["sessions"]} == {zones.TZ_VERSION}
