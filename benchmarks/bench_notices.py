"""The rate at which notices are handed over, against one Celery ETA task for each, in one run.

``python benchmarks/bench_notices.py``. BENCH_MAILS sets the number of mails. It needs PostgreSQL and
a redis-server. Both designs send from two processes: over SMTP to the same server, and to a
transport that does nothing. Rows: FIGURE, name, value, unit, separated by tabs.
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

from tests.chaos.delivery_harness import Installation, running_installation
from tests.chaos.room_harness import Redis

MAILS = int(os.environ.get("BENCH_MAILS", "5000"))


def figure(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(f"FIGURE\t{name}\t{value:.4g}\t{unit}", flush=True)


def rate(installation: Installation, start: float) -> float:
    """Wait until all mails have arrived; return the rate since an instant, in mails a second."""
    while (count := installation.received().total()) < MAILS:
        time.sleep(0.1)
    last = float(installation.log.read_text("ascii").splitlines()[-1].split()[1])
    installation.log.write_text("", "ascii")
    return count / (last - start)


def first_arrival(installation: Installation) -> float:
    """Wait for the first mail and return when it arrived, in seconds since 1970."""
    while not installation.log.stat().st_size:
        time.sleep(0.02)
    return float(installation.log.read_text("ascii").splitlines()[0].split()[1])


def hand_over(installation: Installation) -> tuple[float, float]:
    """Return mails a second and processor seconds for each, of two dispatchers on a full ledger."""
    installation.fill(MAILS, 0, 0)
    processes = [installation.start_process() for _ in range(2)]
    start = first_arrival(installation)
    before = sum(process.cpu_seconds() for process in processes)
    speed = rate(installation, start)
    spent = sum(process.cpu_seconds() for process in processes) - before
    for process in processes:
        process.stop()
    return speed, spent / MAILS


def to_nowhere(installation: Installation) -> float:
    """Return notices a second of two dispatchers whose transport, the inbox, does nothing."""
    installation.fill(MAILS, 1, 0)
    with psycopg.connect(installation.database) as connection:
        for table in ("consent", "notice"):
            connection.execute(f"UPDATE notifications_{table} SET transport = 'inbox'")  # noqa: S608 - ours
    processes = [installation.start_process() for _ in range(2)]
    installation.wait_until_begun(120)
    start, already = time.perf_counter(), installation.ledger()["done"]
    installation.wait_until_settled(600)
    speed = (MAILS - already) / (time.perf_counter() - start)
    for process in processes:
        process.stop()
    return speed


def one_task_each(installation: Installation, folder: Path) -> tuple[float, float]:
    """Return the same for a worker of two processes, with all tasks in the broker and due."""
    broker = Redis(folder)
    installation.stack.callback(broker.kill)
    installation.env["REDIS_URL"] = broker.url
    now = datetime.now(UTC).isoformat()
    words = (
        "from datetime import datetime; from tests.chaos.eta_task_baseline import enqueue;"
        f"enqueue(datetime.fromisoformat('{now}'), 0)"
    )
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=installation.env, check=True)
    figure("one ETA task each: put into the broker", MAILS / (time.perf_counter() - start), "1/s")
    info = subprocess.run(
        ["redis-cli", "-p", str(broker.port), "info", "memory"],
        capture_output=True,
        text=True,
        check=True,
    )
    used = int(info.stdout.partition("used_memory:")[2].split()[0])
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
    process = installation.start_process(worker)
    start = first_arrival(installation)
    before = process.cpu_seconds()
    speed = rate(installation, start)
    spent = process.cpu_seconds() - before
    os.killpg(process.process.pid, signal.SIGKILL)
    return speed, spent / MAILS


def one_task_each_to_nowhere(installation: Installation, folder: Path) -> float:
    """Return tasks a second of a worker of two processes, with a transport that does nothing.

    Such a task leaves no trace, so the tasks that are left are counted in the broker: those in the
    queue and those that a worker has not acknowledged.
    """
    broker = Redis(folder)
    installation.stack.callback(broker.kill)
    installation.env["REDIS_URL"] = broker.url
    installation.env["PYTHONPATH"] = f"{ROOT}:{ROOT / 'tests'}:{ROOT / 'benchmarks'}"
    words = "import eta_task_baseline; eta_task_baseline.enqueue()"
    subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=installation.env, check=True)
    installation.start_process(
        ("-m", "celery", "-A", "eta_task_baseline", "worker", "-c", "2", "-l", "ERROR")
    )
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
    with tempfile.TemporaryDirectory() as folder, running_installation(Path(folder)) as run:
        (ours, our_cpu), (usual, usual_cpu) = hand_over(run), one_task_each(run, Path(folder))
        figure("notices: handed over by SMTP", ours, "1/s")
        figure("one ETA task each: sent by SMTP", usual, "1/s")
        figure("notices beside one ETA task each", ours / usual, "x")
        figure("notices: processor time for each", our_cpu * 1000, "ms")
        figure("one ETA task each: processor time for each", usual_cpu * 1000, "ms")
        figure("notices beside one ETA task each: processor time", usual_cpu / our_cpu, "x")
    with tempfile.TemporaryDirectory() as folder, running_installation(Path(folder)) as run:
        ours, usual = to_nowhere(run), one_task_each_to_nowhere(run, Path(folder))
        figure("notices: handed over to a transport that does nothing", ours, "1/s")
        figure("one ETA task each: handed to a transport that does nothing", usual, "1/s")
        figure("notices beside one ETA task each: to nowhere", ours / usual, "x")


if __name__ == "__main__":
    main()
