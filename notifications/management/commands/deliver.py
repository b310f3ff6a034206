"""``manage.py deliver``: plans and sends without any broker, beside the workers or instead of them."""

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

PLAN_EVERY: Final = 5.0  # seconds
ONCE_TAKES: Final = 60.0  # seconds at most


class Command(BaseCommand):
    """Any number of these may run: they share the ledger and never send the same notice twice."""

    help = "Plan and send notices once a second until stopped; needs the database and no broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``--once``."""
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")

    def handle(self, *_words: str, **options: Any) -> None:
        """Look at the tables until SIGTERM; a database that is away is waited for."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        if options["once"]:
            self._plan()
            deliver_due(ONCE_TAKES, stopping)
            return
        with running_workers(stopping):
            while not stopping.is_set():
                self._plan()
                stopping.wait(PLAN_EVERY)

    def _plan(self) -> None:
        try:
            if clock_skew.is_right(timezone.now()):
                plan(timezone.now())
        except (DatabaseError, InterfaceError) as error:
            self.stderr.write(f"The database is away: {type(error).__name__}")
            connection.close()
