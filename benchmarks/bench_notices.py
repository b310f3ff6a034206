"""How fast notices are handed over, beside one Celery ETA task for each, in one run.

``python benchmarks/bench_notices.py``. BENCH_MAILS sets how many are sent. It needs PostgreSQL and a
redis-server. Both ways send from two processes: over SMTP to the same witness, and to a transport
that does nothing. Rows: FIGURE, name, value, unit, separated by tabs.
"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import psycopg
import redis

from tests.chaos.delivery_harness import Post, post
from tests.chaos.room_harness import Redis

MAILS = int(os.environ.get("BENCH_MAILS", "5000"))


def figure(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(f"FIGURE\t{name}\t{value:.4g}\t{unit}", flush=True)


def rate(office: Post, start: float) -> float:
    """Return how many mails a second arrived since an instant, once all have."""
    while (count := office.received().total()) < MAILS:
        time.sleep(0.1)
    last = float(office.log.read_text("ascii").splitlines()[-1].split()[1])
    office.log.write_text("", "ascii")
    return count / (last - start)


def first_arrival(office: Post) -> float:
    """Return when the first mail arrived: starting processes is not what is measured."""
    while not office.log.stat().st_size:
        time.sleep(0.02)
    return float(office.log.read_text("ascii").splitlines()[0].split()[1])


def hand_over(office: Post) -> tuple[float, float]:
    """Measure two dispatchers on a full ledger: mails a second, processor seconds for each."""
    office.fill(MAILS, 0, 0)
    carriers = [office.carrier() for _ in range(2)]
    start = first_arrival(office)
    before = sum(carrier.cpu_seconds() for carrier in carriers)
    speed = rate(office, start)
    spent = sum(carrier.cpu_seconds() for carrier in carriers) - before
    for carrier in carriers:
        carrier.stop()
    return speed, spent / MAILS


def to_nowhere(office: Post) -> float:
    """Measure two dispatchers whose transport does nothing: the inbox."""
    office.fill(MAILS, 1, 0)
    with psycopg.connect(office.database) as connection:
        for table in ("consent", "notice"):
            connection.execute(f"UPDATE notifications_{table} SET transport = 'inbox'")  # noqa: S608 - ours
    carriers = [office.carrier() for _ in range(2)]
    office.wait_until_begun(120)
    start, already = time.perf_counter(), office.ledger()["done"]
    office.wait_until_settled(600)
    speed = (MAILS - already) / (time.perf_counter() - start)
    for carrier in carriers:
        carrier.stop()
    return speed


def one_task_each(office: Post, folder: Path) -> tuple[float, float]:
    """Measure a worker of two processes on a full broker, all tasks being due; as above."""
    broker = Redis(folder)
    office.stack.callback(broker.kill)
    office.env["REDIS_URL"] = broker.url
    now = datetime.now(UTC).isoformat()
    words = (
        "from datetime import datetime; from tests.chaos.eta_task_baseline import enqueue;"
        f"enqueue(datetime.fromisoformat('{now}'), 0)"
    )
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=office.env, check=True)
    figure("one ETA task each: put into the broker", MAILS / (time.perf_counter() - start), "1/s")
    told = subprocess.run(
        ["redis-cli", "-p", str(broker.port), "info", "memory"],
        capture_output=True,
        text=True,
        check=True,
    )
    used = int(told.stdout.partition("used_memory:")[2].split()[0])
    figure("one ETA task each: broker memory for 100,000", used / MAILS * 0.1, "MB")
    figure("notices: broker memory for 100,000", 0, "MB")
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
    carrier = office.carrier(worker)
    start = first_arrival(office)
    before = carrier.cpu_seconds()
    speed = rate(office, start)
    spent = carrier.cpu_seconds() - before
    os.killpg(carrier.process.pid, signal.SIGKILL)
    return speed, spent / MAILS


def one_task_each_to_nowhere(office: Post, folder: Path) -> float:
    """Measure a worker of two processes whose tasks hand over to the same way that does nothing.

    Such a task leaves no trace, so what is left is counted in the broker: what waits in the queue
    and what a worker took and has not acknowledged.
    """
    broker = Redis(folder)
    office.stack.callback(broker.kill)
    office.env["REDIS_URL"] = broker.url
    office.env["PYTHONPATH"] = f"{ROOT}:{ROOT / 'tests'}:{ROOT / 'benchmarks'}"
    words = "import eta_task_baseline; eta_task_baseline.enqueue()"
    subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=office.env, check=True)
    office.carrier(("-m", "celery", "-A", "eta_task_baseline", "worker", "-c", "2", "-l", "ERROR"))
    with redis.Redis.from_url(broker.url) as connection:

        def left() -> int:
            return int(connection.llen("celery")) + int(connection.hlen("unacked"))  # type: ignore[arg-type]

        while left() == MAILS:
            time.sleep(0.02)
        start, begun_with = time.perf_counter(), left()
        while left():
            time.sleep(0.02)
        return begun_with / (time.perf_counter() - start)


def main() -> None:
    """Print every figure."""
    print(f"# {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder, post(Path(folder)) as office:
        (ours, our_cpu), (usual, their_cpu) = hand_over(office), one_task_each(office, Path(folder))
        figure("notices: handed over by SMTP", ours, "1/s")
        figure("one ETA task each: sent by SMTP", usual, "1/s")
        figure("notices beside one ETA task each", ours / usual, "x")
        figure("notices: processor time for each", our_cpu * 1000, "ms")
        figure("one ETA task each: processor time for each", their_cpu * 1000, "ms")
        figure("notices beside one ETA task each: processor time", their_cpu / our_cpu, "x")
    with tempfile.TemporaryDirectory() as folder, post(Path(folder)) as office:
        ours, usual = to_nowhere(office), one_task_each_to_nowhere(office, Path(folder))
        figure("notices: handed over to a transport that does nothing", ours, "1/s")
        figure("one ETA task each: handed to a transport that does nothing", usual, "1/s")
        figure("notices beside one ETA task each: to nowhere", ours / usual, "x")


if __name__ == "__main__":
    main()
