"""Torments the whole post: worker, child, clock, broker, database, mail server, and the hour itself."""

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

from tests.chaos.delivery_harness import DELIVER, Carrier, Post, post
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
SETTLES = 180  # seconds
STARTS_IN = 25  # seconds: a worker and its clock take a while to stand


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Post]:
    with post(tmp_path) as opened:
        yield opened


@pytest.fixture
def redis(office: Post, tmp_path: Path) -> Redis:
    made = Redis(tmp_path)
    office.stack.callback(made.kill)
    office.env["REDIS_URL"] = made.url
    return made


def beat(office: Post) -> Carrier:
    return office.carrier((*BEAT, str(office.log.parent / "beat-schedule")))


def begun(office: Post) -> None:
    """Wait until the first mail arrived: the storm then has something to hit."""
    ends = time.monotonic() + 60
    while not office.log.stat().st_size and time.monotonic() < ends:
        time.sleep(0.1)


def test_ten_kills_of_workers(office: Post, redis: Redis) -> None:
    office.fill(PEOPLE, SPREAD, STARTS_IN)
    workers = [office.carrier(WORKER) for _ in range(2)]
    beat(office)
    begun(office)
    chance = random.Random(8)  # noqa: S311 - seeded, so that a run can be repeated
    for _kill in range(KILLS):
        time.sleep(SPREAD / KILLS)
        chosen = chance.choice(workers)
        with suppress(ProcessLookupError):
            os.killpg(chosen.process.pid, signal.SIGKILL)  # and its children, as when memory ends
        chosen.die()
    office.wait_until_settled(SETTLES)
    report(office, f"{KILLS} kills of workers", 3 * KILLS)


def test_ten_kills_of_a_workers_child(office: Post, redis: Redis) -> None:
    office.fill(PEOPLE, SPREAD, STARTS_IN)
    worker = office.carrier(WORKER)
    beat(office)
    begun(office)
    chance = random.Random(8)  # noqa: S311 - seeded, so that a run can be repeated
    for _kill in range(KILLS):
        time.sleep(SPREAD / KILLS)
        with suppress(ProcessLookupError):
            os.kill(chance.choice(worker.children()), signal.SIGKILL)
    office.wait_until_settled(SETTLES)
    report(office, f"{KILLS} kills of a child", KILLS)


def test_a_dead_beat_and_a_dead_broker_are_not_noticed_beside_a_second_dispatcher(
    office: Post, redis: Redis
) -> None:
    office.fill(PEOPLE, SPREAD, STARTS_IN)
    worker, clock = office.carrier(WORKER), beat(office)
    office.carrier(DELIVER)
    begun(office)
    clock.stop()
    time.sleep(SPREAD / 4)
    redis.kill()
    time.sleep(SPREAD / 4)
    redis.start()
    clock.start()
    if worker.process.poll() is not None:  # it may end with its broker; a supervisor starts it
        worker.start()
    time.sleep(SPREAD / 4)
    redis.flush()
    office.wait_until_settled(SETTLES)
    report(office, "beat and broker dead, broker emptied", 0, is_an_outage=False)


def test_a_database_that_crashes_twice(tmp_path: Path) -> None:
    with cluster() as server, post(tmp_path, server=server.url) as office:
        office.fill(PEOPLE, SPREAD, 8)
        for _carrier in range(2):
            office.carrier(DELIVER)
        begun(office)
        for _crash in range(2):
            time.sleep(SPREAD / 4)
            server.crash()
            time.sleep(2)
            server.start()
        server.wait()
        office.wait_until_settled(SETTLES)
        report(office, "database crashed twice", 4)


def test_being_told_to_stop_at_full_load(office: Post) -> None:
    office.fill(PEOPLE, SPREAD, 8)
    carriers = [office.carrier(DELIVER) for _ in range(2)]
    begun(office)
    for _deployment in range(2):
        time.sleep(SPREAD / 4)
        for carrier in carriers:
            carrier.process.send_signal(signal.SIGTERM)
        for carrier in carriers:
            # The second time it may be told before it is up: then it holds nothing.
            assert carrier.process.wait(60) in {0, -signal.SIGTERM}
            carrier.start()
    office.wait_until_settled(SETTLES)
    report(office, "told to stop twice", 0)


@pytest.mark.parametrize(("mode", "doubts"), [("refusing", 0), ("slow", 0), ("dropping", 40)])
def test_a_mail_server_in_trouble(office: Post, mode: str, doubts: int) -> None:
    office.fill(PEOPLE, SPREAD, 8)
    for _carrier in range(2):
        office.carrier(DELIVER)
    begun(office)
    time.sleep(SPREAD / 4)
    office.behave(mode)
    time.sleep(5)
    office.behave("well")
    office.wait_until_settled(SETTLES)
    # A line dropped after the message is a doubt; after a few the gate shuts, and few more follow.
    report(office, f"mail server {mode} for 5 s", doubts)


def test_the_same_batch_delivered_five_times(office: Post) -> None:
    office.fill(PEOPLE, 0, 0)
    command = [sys.executable, "manage.py", "deliver", "--once"]
    five = [
        subprocess.Popen(
            command, cwd=server_process.ROOT, env=office.env, stderr=subprocess.DEVNULL
        )
        for _ in range(5)
    ]
    for process in five:
        process.wait(300)
    office.wait_until_settled(SETTLES)
    report(office, "five at once on the same batch", 0)


@pytest.mark.parametrize("hours", [2, -2])
def test_a_machine_whose_clock_is_two_hours_off_neither_drops_nor_hurries(
    office: Post, hours: int
) -> None:
    office.fill(PEOPLE, SPREAD, 8)
    wrong = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    office.carrier(("tests/support/frozen_clock.py", wrong, *DELIVER))
    office.carrier(DELIVER)
    office.wait_until_settled(SETTLES)
    assert office.ledger().keys() <= {"done"}
    assert office.lateness()[0] >= 0, "nothing came before it was due"
    report(office, f"a clock {hours:+} h off", 0, is_an_outage=False)
