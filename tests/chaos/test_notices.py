"""Kills whoever carries the mail, and counts at the other end what arrived."""

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

from tests.chaos.delivery_harness import Carrier, Post, post
from tests.chaos.loss_report import KILLS, PEOPLE, SPREAD, report, say
from tests.chaos.room_harness import Redis
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.chaos


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Post]:
    with post(tmp_path) as opened:
        yield opened


@pytest.fixture
def carriers(office: Post) -> list[Carrier]:
    office.fill(PEOPLE, SPREAD, 8)
    return [office.carrier() for _ in range(2)]


def test_ten_kills_of_dispatchers_lose_and_double_nothing(
    office: Post, carriers: list[Carrier]
) -> None:
    chance = random.Random(8)  # noqa: S311 - seeded, so that a run can be repeated
    for _kill in range(KILLS):
        time.sleep(SPREAD / KILLS)
        chance.choice(carriers).die()
    office.wait_until_settled(120)
    report(office, f"{PEOPLE} notices, {KILLS} kills", KILLS)


def test_a_frozen_dispatcher_that_wakes_after_its_lease_doubles_nothing(
    office: Post, carriers: list[Carrier]
) -> None:
    time.sleep(12)
    carriers[0].process.send_signal(signal.SIGSTOP)
    time.sleep(35)
    carriers[0].process.send_signal(signal.SIGCONT)
    office.wait_until_settled(120)
    report(office, "frozen for 35 s", 1)


def test_a_database_whose_connections_all_break_loses_and_doubles_nothing(
    office: Post, carriers: list[Carrier]
) -> None:
    for _cut in range(4):
        time.sleep(SPREAD / 5)
        with psycopg.connect(office.database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    office.wait_until_settled(120)
    report(office, "all connections cut 4 times", 4 * len(carriers))


def test_the_usual_way_in_the_same_storm(office: Post, tmp_path: Path) -> None:
    redis = Redis(tmp_path)
    office.stack.callback(redis.kill)
    office.env["REDIS_URL"] = redis.url
    office.fill(PEOPLE, SPREAD, 8)
    first = datetime.now(UTC) + timedelta(seconds=8 + PEOPLE / 500)
    words = (
        "from datetime import datetime; from tests.chaos.eta_task_baseline import enqueue;"
        f"enqueue(datetime.fromisoformat('{first.isoformat()}'), {SPREAD})"
    )
    subprocess.run(
        [sys.executable, "-c", words], cwd=server_process.ROOT, env=office.env, check=True
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
    carriers = [office.carrier(worker) for _ in range(2)]
    time.sleep(max(0.0, (first - datetime.now(UTC)).total_seconds()))
    chance = random.Random(8)  # noqa: S311 - seeded, so that a run can be repeated
    for _kill in range(KILLS):
        time.sleep(SPREAD / KILLS)
        os.killpg((chosen := chance.choice(carriers)).process.pid, signal.SIGKILL)
        chosen.die()
    time.sleep(30)
    received = office.received()
    say(f"one ETA task each, {KILLS} kills: lost", PEOPLE - len(received), "notices")
    doubled = sum(times > 1 for times in received.values())
    say(f"one ETA task each, {KILLS} kills: doubled", doubled, "notices")
    assert received
