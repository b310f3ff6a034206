"""The Celery worker, beat and the delivery workers on threads of this process, without Redis."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from celery.beat import Scheduler, Service

from config.celery import app
from notifications.delivery.workers import running_workers

if TYPE_CHECKING:
    from collections.abc import Iterator

# A task that takes longer ends with the process; notices that it had claimed have a lease.
STOP_WITHIN_SECONDS: Final = 2.0


@contextmanager
def worker_and_beat() -> Iterator[None]:
    """Run worker, beat and delivery for as long as the block lasts.

    ``WorkController`` is Celery's worker without its signal handlers: signals belong
    to the web server, which has the main thread.
    """
    worker = app.WorkController(
        pool="solo", without_gossip=True, without_mingle=True, without_heartbeat=True
    )
    beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
    threads = [
        Thread(target=worker.start, name="worker", daemon=True),
        Thread(target=beat.start, name="beat", daemon=True),
    ]
    for thread in threads:
        thread.start()
    stopping = Event()
    try:
        with running_workers(stopping, patience_seconds=STOP_WITHIN_SECONDS):
            yield
    finally:
        beat.stop()
        _stop_worker()
        deadline = monotonic() + STOP_WITHIN_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - monotonic()))


def _stop_worker() -> None:
    """Send the control message that ends the worker at once; setting its flag takes up to 2 s."""
    logging.getLogger("celery.worker.control").setLevel(logging.ERROR)  # this process asked
    app.control.shutdown()
