"""The usual design, for comparison: one Celery task with an ETA for each reminder.

``celery -A tests.chaos.eta_task_baseline worker`` runs it; ``enqueue`` puts the tasks into the broker.
The task reads its rows, composes the same message and sends it over a kept connection. It uses late
acknowledgement and the default visibility timeout, as is commonly recommended.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import cache

import django
from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from notifications.models import Notice  # noqa: E402
from notifications.queries.due_notices import read_due_notices  # noqa: E402 - models need Django to be set up
from notifications.transports.email import EmailSender  # noqa: E402

app = Celery("one_task_each", broker=os.environ["REDIS_URL"])
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_hijack_root_logger=False,
)


@cache
def sender(_process: int) -> EmailSender:
    """Return the sender of a process, made once."""
    return EmailSender()


@app.task(name="remind")
def remind(notice: int) -> None:
    """Send one reminder."""
    sender(os.getpid()).prepare(read_due_notices(Notice.objects.filter(pk=notice)))()


def enqueue(first: datetime, spread_seconds: int) -> None:
    """Schedule a task for each notice in the ledger, from an instant on."""
    start = first.astimezone(UTC)
    with app.producer_pool.acquire(block=True) as producer:
        for pk in list(Notice.objects.values_list("pk", flat=True)):
            eta = start + timedelta(seconds=pk % max(spread_seconds, 1))
            remind.apply_async((pk,), eta=eta, producer=producer)
