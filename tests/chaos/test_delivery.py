"""Faults of everything that delivery depends on: workers, beat, broker, database, mail server, clock."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.chaos.delivery_harness import (
    DELIVER,
    DeliveryProcess,
    Installation,
    running_installation,
)
from tests.chaos.loss_report import KILLS, PEOPLE, SPREAD, report
from tests.chaos.postgres_cluster import cluster
from tests.chaos.room_harness import Redis
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.chaos
WORKER = ("-m", "celery", "-A", "config", "worker", "-c", "2", "-l", "ERROR")
BEAT = ("-m", "celery", "-A", "config", "beat", "-l", "ERROR", "--pidfile=", "-s")
SETTLE_SECONDS = 180
START_SECONDS = 25  # a worker and beat take a while to start


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with running_installation(tmp_path) as opened:
        yield opened


@pytest.fixture
def redis(installation: Installation, tmp_path: Path) -> Redis:
    made = Redis(tmp_path)
    installation.stack.callback(made.kill)
    installation.env["REDIS_URL"] = made.url
    return made


def beat(installation: Installation) -> DeliveryProcess:
    return installation.start_process((*BEAT, str(installation.log.parent / "beat-schedule")))


def begun(installation: Installation) -> None:
    """Wait until the first mail has arrived, so that faults hit deliveries."""
    ends = time.monotonic() + 60
    while not installation.log.stat().st_size and time.monotonic() < ends:
        time.sleep(0.1)


def test_ten_kills_of_workers(installation: Installation, redis: Redis) -> None:
    installation.fill(PEOPLE, SPREAD, START_SECONDS)
    workers = [installation.start_process(WORKER) for _ in range(2)]
    beat(installation)
    begun(installation)
    chance = random.Random(8)  # noqa: S311 - seeded, so that a run can be repeated
    for _kill in range(KILLS):
        time.sleep(SPREAD / KILLS)
        chosen = chance.choice(workers)
        with suppress(ProcessLookupError):
            os.killpg(
                chosen.process.pid, signal.SIGKILL
            )  # and its children, as when memory is short
        chosen.die()
    installation.wait_until_settled(SETTLE_SECONDS)
    report(installation, f"{KILLS} kills of workers", 3 * KILLS)


def test_ten_kills_of_a_workers_child(installation: Installation, redis: Redis) -> None:
    installation.fill(PEOPLE, SPREAD, START_SECONDS)
    worker = installation.start_process(WORKER)
    beat(installation)
    begun(installation)
    chance = random.Random(8)  # noqa: S311 - seeded, so that a run can be repeated
    for _kill in range(KILLS):
        time.sleep(SPREAD / KILLS)
        with suppress(ProcessLookupError):
            os.kill(chance.choice(worker.children()), signal.SIGKILL)
    installation.wait_until_settled(SETTLE_SECONDS)
    report(installation, f"{KILLS} kills of a child", KILLS)


def test_a_dead_beat_and_a_dead_broker_are_not_noticed_beside_a_second_dispatcher(
    installation: Installation, redis: Redis
) -> None:
    installation.fill(PEOPLE, SPREAD, START_SECONDS)
    worker, scheduler = installation.start_process(WORKER), beat(installation)
    installation.start_process(DELIVER)
    begun(installation)
    scheduler.stop()
    time.sleep(SPREAD / 4)
    redis.kill()
    time.sleep(SPREAD / 4)
    redis.start()
    scheduler.start()
    if worker.process.poll() is not None:  # it may end with its broker
        worker.start()
    time.sleep(SPREAD / 4)
    redis.flush()
    installation.wait_until_settled(SETTLE_SECONDS)
    report(installation, "beat and broker dead, broker emptied", 0, is_an_outage=False)


def test_a_database_that_crashes_twice(tmp_path: Path) -> None:
    with cluster() as server, running_installation(tmp_path, server=server.url) as installation:
        installation.fill(PEOPLE, SPREAD, 8)
        for _process in range(2):
            installation.start_process(DELIVER)
        begun(installation)
        for _crash in range(2):
            time.sleep(SPREAD / 4)
            server.crash()
            time.sleep(2)
            server.start()
        server.wait()
        installation.wait_until_settled(SETTLE_SECONDS)
        report(installation, "database crashed twice", 4)


def test_sigterm_at_full_load(installation: Installation) -> None:
    installation.fill(PEOPLE, SPREAD, 8)
    processes = [installation.start_process(DELIVER) for _ in range(2)]
    begun(installation)
    for _deployment in range(2):
        time.sleep(SPREAD / 4)
        for process in processes:
            process.process.send_signal(signal.SIGTERM)
        for process in processes:
            # The second time it may come before the handler is set: then it holds nothing.
            assert process.process.wait(60) in {0, -signal.SIGTERM}
            process.start()
    installation.wait_until_settled(SETTLE_SECONDS)
    report(installation, "SIGTERM twice", 0)


@pytest.mark.parametrize(("mode", "unconfirmed"), [("refusing", 0), ("slow", 0), ("dropping", 40)])
def test_a_mail_server_in_trouble(installation: Installation, mode: str, unconfirmed: int) -> None:
    installation.fill(PEOPLE, SPREAD, 8)
    for _process in range(2):
        installation.start_process(DELIVER)
    begun(installation)
    time.sleep(SPREAD / 4)
    installation.set_mode(mode)
    time.sleep(5)
    installation.set_mode("well")
    installation.wait_until_settled(SETTLE_SECONDS)
    # A connection dropped after the message leaves it unconfirmed; after a few the breaker opens.
    report(installation, f"mail server {mode} for 5 s", unconfirmed)


def test_the_same_batch_delivered_five_times(installation: Installation) -> None:
    installation.fill(PEOPLE, 0, 0)
    command = [sys.executable, "manage.py", "deliver", "--once"]
    five = [
        subprocess.Popen(
            command, cwd=server_process.ROOT, env=installation.env, stderr=subprocess.DEVNULL
        )
        for _ in range(5)
    ]
    for process in five:
        process.wait(300)
    installation.wait_until_settled(SETTLE_SECONDS)
    report(installation, "five at once on the same batch", 0)


@pytest.mark.parametrize("hours", [2, -2])
def test_a_machine_whose_clock_is_two_hours_off_neither_drops_nor_hurries(
    installation: Installation, hours: int
) -> None:
    installation.fill(PEOPLE, SPREAD, 8)
    wrong_time = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    installation.start_process(("tests/support/frozen_clock.py", wrong_time, *DELIVER))
    installation.start_process(DELIVER)
    installation.wait_until_settled(SETTLE_SECONDS)
    assert installation.ledger().keys() <= {"done"}
    assert installation.lateness()[0] >= 0, "nothing came before it was due"
    report(installation, f"a clock {hours:+} h off", 0, is_an_outage=False)
