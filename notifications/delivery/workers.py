"""Carries all ways at once, a thread for each: a slow provider delays nobody's messages but its own."""

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

POLL_SECONDS: Final = 1.0  # seconds
STOP_SECONDS: Final = 25.0  # seconds: as long as the slowest way may hold one message


@contextmanager
def running_workers(stopping: Event, *, patience: float = STOP_SECONDS) -> Iterator[None]:
    """Carry in the background for as long as the block lasts, or until ``stopping`` is set.

    At the end each way has ``patience`` seconds for the message in hand; a thread that needs more
    is let go with its process, and the message is uncertain.
    """
    threads = _start(stopping, None)
    try:
        yield
    finally:
        stopping.set()
        ends = monotonic() + patience
        for thread in threads:
            thread.join(max(0.0, ends - monotonic()))


def deliver_due(seconds: float, stopping: Event | None = None) -> None:
    """Carry until no way has anything to do, the time is up, or ``stopping`` is set.

    While one way is busy the others are looked at again and again, so that whoever waits for the
    slow one does not keep the quick ones waiting.
    """
    for thread in _start(stopping or Event(), seconds):
        thread.join()


def _start(stopping: Event, seconds: float | None) -> list[Thread]:
    busy = set(senders())
    ends = None if seconds is None else monotonic() + seconds
    threads = [
        Thread(
            target=_run_worker,
            args=(transport, busy, stopping, ends),
            name=f"by {transport}",
            daemon=True,
        )
        for transport in senders()
    ]
    for thread in threads:
        thread.start()
    return threads


def _run_worker(
    transport: Transport, busy: set[Transport], stopping: Event, ends: float | None
) -> None:
    try:
        while not stopping.is_set() and (ends is None or (busy and monotonic() < ends)):
            if _work_once(transport, stopping):
                busy.add(transport)
            else:
                busy.discard(transport)
                stopping.wait(POLL_SECONDS if ends is None else min(POLL_SECONDS, 0.1))
    finally:
        busy.discard(transport)
        connection.close()


def _work_once(transport: Transport, stopping: Event) -> bool:
    """Hand over what is due by one way; whatever goes wrong, the next look comes."""
    try:
        if not clock_skew.is_right(timezone.now()):
            return False
        resolve(transport, timezone.now())
        return bool(dispatch(transport, stopping=stopping, trusts=clock_skew.is_right))
    except (DatabaseError, InterfaceError) as error:
        logger.warning("by %s: the database is away (%s)", transport, type(error).__name__)
        connection.close()
    except Exception:  # a thread that ended would silence its way until the next restart
        logger.exception("by %s: unexpected", transport)
    return False
