"""Kills of delivery processes, with a count of what arrived."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.chaos.delivery_harness import DeliveryProcess, Installation, running_installation
from tests.chaos.loss_report import KILLS, PEOPLE, SPREAD, print_figure, report
from tests.chaos.room_harness import Redis
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.chaos


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with running_installation(tmp_path) as opened:
        yield opened


@pytest.fixture
def processes(installation: Installation) -> list[DeliveryProcess]:
    installation.fill(PEOPLE, SPREAD, 8)
    return [installation.start_process() for _ in range(2)]


def test_ten_kills_of_dispatchers_lose_and_duplicate_nothing(
    installation: Installation, processes: list[DeliveryProcess]
) -> None:
    chance = random.Random(8)  # noqa: S311 - seeded, so that a run can be repeated
    for _kill in range(KILLS):
        time.sleep(SPREAD / KILLS)
        chance.choice(processes).die()
    installation.wait_until_settled(120)
    report(installation, f"{PEOPLE} notices, {KILLS} kills", KILLS)


def test_a_frozen_dispatcher_that_wakes_after_its_lease_duplicates_nothing(
    installation: Installation, processes: list[DeliveryProcess]
) -> None:
    time.sleep(12)
    processes[0].process.send_signal(signal.SIGSTOP)
    time.sleep(35)
    processes[0].process.send_signal(signal.SIGCONT)
    installation.wait_until_settled(120)
    report(installation, "frozen for 35 s", 1)


def test_a_database_whose_connections_all_break_loses_and_duplicates_nothing(
    installation: Installation, processes: list[DeliveryProcess]
) -> None:
    for _cut in range(4):
        time.sleep(SPREAD / 5)
        with psycopg.connect(installation.database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    installation.wait_until_settled(120)
    report(installation, "all connections cut 4 times", 4 * len(processes))


def test_one_eta_task_for_each_reminder_under_the_same_kills(
    installation: Installation, tmp_path: Path
) -> None:
    redis = Redis(tmp_path)
    installation.stack.callback(redis.kill)
    installation.env["REDIS_URL"] = redis.url
    installation.fill(PEOPLE, SPREAD, 8)
    first = datetime.now(UTC) + timedelta(seconds=8 + PEOPLE / 500)
    words = (
        "from datetime import datetime; from tests.chaos.eta_task_baseline import enqueue;"
        f"enqueue(datetime.fromisoformat('{first.isoformat()}'), {SPREAD})"
    )
    subprocess.run(
        [sys.executable, "-c", words], cwd=server_process.ROOT, env=installation.env, check=True
    )
    worker = (
        "-m",
        "celery",
        "-A",
        "tests.chaos.eta_task_baseline",
        "worker",
        "-c",
        "2",
        "-l",
        "ERROR",
    )
    processes = [installation.start_process(worker) for _ in range(2)]
    time.sleep(max(0.0, (first - datetime.now(UTC)).total_seconds()))
    chance = random.Random(8)  # noqa: S311 - seeded, so that a run can be repeated
    for _kill in range(KILLS):
        time.sleep(SPREAD / KILLS)
        os.killpg((chosen := chance.choice(processes)).process.pid, signal.SIGKILL)
        chosen.die()
    time.sleep(30)
    received = installation.received()
    print_figure(f"one ETA task each, {KILLS} kills: lost", PEOPLE - len(received), "notices")
    duplicated = sum(times > 1 for times in received.values())
    print_figure(f"one ETA task each, {KILLS} kills: duplicated", duplicated, "notices")
    assert received
