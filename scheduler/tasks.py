"""The ticks of schedule and seats: each only says "look at the tables"."""

from __future__ import annotations

from threading import Lock, Thread
from typing import Final

from celery import shared_task
from django.db import connections
from django.utils import timezone

from scheduler.actions import cover, schedule, searches, seats
from scheduler.models import Search

_searching: Final = Lock()


@shared_task(name="scheduler.expire_and_offer_seats")
def expire_and_offer_seats() -> None:
    """Let offers of seats lapse, offer what is free, and let substitutes of past sessions go."""
    seats.expire_and_offer(now=timezone.now())
    cover.end_covering_memberships(now=timezone.now())


@shared_task(name="scheduler.top_up")
def top_up() -> None:
    """Fill the rolling window of every series that has run short."""
    schedule.top_up(now=timezone.now())


@shared_task(name="scheduler.search")
def search() -> None:
    """Start what coordinators asked for, on a thread of its own.

    A search takes a minute; reminders must not wait for it. So the thread only looks on while a
    process of its own searches, and the worker is free for the next tick.
    """
    if Search.objects.open().exists() and _searching.acquire(blocking=False):
        Thread(target=_search, name="searches", daemon=True).start()


def _search() -> None:
    try:
        while searches.run_next_search():
            pass
    finally:
        _searching.release()
        connections.close_all()


@shared_task(name="scheduler.delete_old_searches")
def delete_old_searches() -> None:
    """Forget old drafts."""
    searches.delete_old_searches(now=timezone.now())
