"""``manage.py deliver``: plan and deliver without a broker, beside Celery or without it."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from notifications.delivery import clock_skew
from notifications.delivery.workers import deliver_due, running_workers
from notifications.planning.planner import plan

if TYPE_CHECKING:
    from argparse import ArgumentParser

PLAN_SECONDS: Final = 5.0
ONCE_SECONDS: Final = 60.0


class Command(BaseCommand):
    """Any number may run at once: they share the ledger and never send a notice twice."""

    help = "Plan and send notices once a second until stopped; needs the database and no broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--once``."""
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")

    def handle(self, *_words: str, **options: Any) -> None:
        """Poll the tables until SIGTERM or SIGINT, also while there is no database."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        if options["once"]:
            self._plan()
            deliver_due(ONCE_SECONDS, stopping)
            return
        with running_workers(stopping):
            while not stopping.is_set():
                self._plan()
                stopping.wait(PLAN_SECONDS)

    def _plan(self) -> None:
        try:
            if clock_skew.is_right(timezone.now()):
                plan(timezone.now())
        except (DatabaseError, InterfaceError) as error:
            self.stderr.write(f"No database: {type(error).__name__}")
            connection.close()
