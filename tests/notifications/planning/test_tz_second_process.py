"""One process plans under an older release of the tz database; a later one, under today's, sends."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support import server_process
from tests.support.smtp_server import SmtpServer

if TYPE_CHECKING:
    from pathlib import Path

OLD_RELEASE = server_process.ROOT / "var/tzdata-2025b"
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
# 18:00 on 2 December in Vancouver, which keeps summer time since release 2026a: 2025b said 02:00.
STARTS_AT = datetime(2026, 12, 3, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

PLAN = """
from datetime import datetime, timedelta
from django.core.management import call_command
from django.utils import timezone
from tests import make
from tests.support import reminders
from notifications.planning.planner import plan
from scheduler.actions import schedule
from scheduler.models import Membership, Occurrence
from civiltime.recurrence import Rule
call_command("migrate", verbosity=0)
now = timezone.now()
amina, group = make.person("amina"), make.group("Harbour", tz="America/Vancouver")
make.membership(amina, group, role="facilitator")
make.membership(reminders.reader("bo", leads=(60,)), group)
Membership.objects.update(since=reminders.LONG_AGO)
tomorrow = (now + timedelta(days=1)).date()
schedule.create_series(
    by=amina, group=group, rule=Rule.parse("FREQ=WEEKLY"), duration_minutes=60, now=now,
    first_local=datetime(tomorrow.year, tomorrow.month, tomorrow.day, 18, 0),
)
plan(now)
print(Occurrence.objects.earliest("starts_at").starts_at.isoformat())
"""


def manage(*words: str, env: dict[str, str], at: datetime) -> str:
    done = server_process.manage(*words, env=env, at=at)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_was_planned_under_an_older_release_goes_once_at_the_hour_of_today(
    tmp_path: Path,
) -> None:
    if not OLD_RELEASE.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI needs the older tz database: tools/tzdata-2025b.sh")
        pytest.skip("no older tz database: tools/tzdata-2025b.sh installs it")
    with SmtpServer.open() as smtp_server:
        today = server_process.environment(
            tmp_path,
            EMAIL_URL=f"smtp://127.0.0.1:{smtp_server.port}",
            PYTHONPATH=str(server_process.ROOT / "tests"),
        )
        then = today | {"PYTHONPATH": f"{OLD_RELEASE}{os.pathsep}{today['PYTHONPATH']}"}
        planned = manage("shell", "-v", "0", "-c", PLAN, env=then, at=NOW)
        assert datetime.fromisoformat(planned) == STARTS_AT + HOUR
        manage("retime", env=today, at=NOW + HOUR)
        for minutes in (-50, 10):
            manage("deliver", "--once", env=today, at=STARTS_AT + timedelta(minutes=minutes))
    reminders = [subject for subject in smtp_server.subjects if subject.startswith("Reminder")]
    assert reminders == ["Reminder: Thursday 02:00 (Copenhagen)"]
