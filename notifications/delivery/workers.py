"""Delivery workers: one thread for each transport, so that a slow one delays no other."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from notifications.delivery import clock_skew
from notifications.delivery.dispatcher import dispatch
from notifications.delivery.unconfirmed import resolve
from notifications.transports.registry import senders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifications.models import Transport

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 1.0
BUSY_POLL_SECONDS: Final = 0.1  # while other transports are busy and a deadline is set
STOP_SECONDS: Final = 25.0  # the longest that a transport holds one message


@contextmanager
def running_workers(stopping: Event, *, patience_seconds: float = STOP_SECONDS) -> Iterator[None]:
    """Deliver in the background until the block ends or ``stopping`` is set.

    At the end all transports together have ``patience_seconds`` to finish their present message. A
    thread that needs longer ends with its process, and its message is unconfirmed.
    """
    threads = _start(stopping, None)
    try:
        yield
    finally:
        stopping.set()
        deadline = monotonic() + patience_seconds
        for thread in threads:
            thread.join(max(0.0, deadline - monotonic()))


def deliver_due(seconds: float, stopping: Event | None = None) -> None:
    """Deliver until nothing is due on any transport, time is up, or ``stopping`` is set.

    While one transport is busy the others are polled, so that their notices do not wait for it.
    """
    for thread in _start(stopping or Event(), seconds):
        thread.join()


def _start(stopping: Event, seconds: float | None) -> list[Thread]:
    transports = set(senders())
    busy, deadline = set(transports), None if seconds is None else monotonic() + seconds
    threads = [
        Thread(
            target=_run_worker,
            args=(transport, busy, stopping, deadline),
            name=f"deliver {transport}",
            daemon=True,
        )
        for transport in transports
    ]
    for thread in threads:
        thread.start()
    return threads


def _run_worker(
    transport: Transport, busy: set[Transport], stopping: Event, deadline: float | None
) -> None:
    """Poll one transport until ``stopping``, or until the deadline or no transport is busy."""
    try:
        while not stopping.is_set() and (deadline is None or (busy and monotonic() < deadline)):
            if _work_once(transport, stopping):
                busy.add(transport)
            else:
                busy.discard(transport)
                stopping.wait(POLL_SECONDS if deadline is None else BUSY_POLL_SECONDS)
    finally:
        busy.discard(transport)
        connection.close()


def _work_once(transport: Transport, stopping: Event) -> bool:
    """Deliver what is due on one transport; return whether anything was. Log every error."""
    try:
        if not clock_skew.is_right(timezone.now()):
            return False
        resolve(transport, timezone.now())
        return bool(dispatch(transport, stopping=stopping, is_clock_right=clock_skew.is_right))
    except (DatabaseError, InterfaceError) as error:
        logger.warning("deliver %s: no database (%s)", transport, type(error).__name__)
        connection.close()
    except Exception:  # if the thread ended, the transport would stop until the next restart
        logger.exception("deliver %s: unexpected error", transport)
    return False
