"""A Celery worker, beat and whoever carries notices, on threads of this process: no Redis needed."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from celery.beat import Scheduler, Service

from config.celery import app
from notifications.delivery.workers import on_their_rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

# A task that outlives this is let go with the process: what it held in the ledger has a lease.
PATIENCE_SECONDS: Final = 2.0


@contextmanager
def worker_and_clock() -> Iterator[None]:
    """Run all of them for as long as the block lasts.

    ``WorkController`` is Celery's worker without its signal handlers: signals belong
    to the web server, which has the main thread.
    """
    worker = app.WorkController(
        pool="solo", without_gossip=True, without_mingle=True, without_heartbeat=True
    )
    clock = Service(app, max_interval=1, scheduler_cls=Scheduler)
    threads = [
        Thread(target=worker.start, name="worker", daemon=True),
        Thread(target=clock.start, name="clock", daemon=True),
    ]
    for thread in threads:
        thread.start()
    stopping = Event()
    try:
        with on_their_rounds(stopping, patience=PATIENCE_SECONDS):
            yield
    finally:
        clock.stop()
        _stop_worker()
        deadline = monotonic() + PATIENCE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - monotonic()))


def _stop_worker() -> None:
    """Send the message that ends a worker: it wakes at once, where a flag waits 2 s to be seen."""
    logging.getLogger("celery.worker.control").setLevel(logging.ERROR)  # we know who asked
    app.control.shutdown()
