"""One Celery ETA task for each reminder, as in the fault runs, by a transport that does nothing.

``celery -A eta_task_baseline worker`` runs it. The task reads its rows as the other one does, and
hands them to the sender of its transport.
"""

from __future__ import annotations

from datetime import UTC, datetime

from tests.chaos.eta_task_baseline import app  # it sets Django up

# isort: split
from notifications.models import Notice, Transport
from notifications.queries.due_notices import read_due_notices
from notifications.transports.registry import senders


@app.task(name="remind_nowhere")
def remind(notice: int) -> None:
    """Hand over one reminder."""
    (due,) = read_due_notices(Notice.objects.filter(pk=notice))
    senders()[Transport(due.notice.transport)]().prepare([due])()


def enqueue() -> None:
    """Schedule a task for each notice of the ledger, due now."""
    with app.producer_pool.acquire(block=True) as producer:
        for pk in list(Notice.objects.values_list("pk", flat=True)):
            remind.apply_async((pk,), eta=datetime.now(UTC), producer=producer)
