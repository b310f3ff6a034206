"""Periodic work on schedules, seats and searches: each task reads from the tables what is due."""

from __future__ import annotations

from threading import Lock, Thread
from typing import Final

from celery import shared_task
from django.db import connections
from django.utils import timezone

from scheduler.actions import cover, group_end, schedule, searches, seats
from scheduler.models import Search

_searching: Final = Lock()


@shared_task(name="scheduler.expire_and_offer_seats")
def expire_and_offer_seats() -> None:
    """Expire seat offers, make new ones, and end memberships of past substitutes."""
    seats.expire_and_offer(now=timezone.now())
    cover.end_covering_memberships(now=timezone.now())


@shared_task(name="scheduler.top_up")
def top_up() -> None:
    """Fill the rolling window of every series that has run short, and close ended groups."""
    schedule.top_up(now=timezone.now())
    group_end.close_ended_groups(now=timezone.now())


@shared_task(name="scheduler.search")
def search() -> None:
    """Start the queued searches on a thread.

    A search takes a minute and reminders must not wait for it: the thread waits for a child process
    while the worker is free for the next tick.
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
    """Delete old searches and their proposals."""
    searches.delete_old_searches(now=timezone.now())
