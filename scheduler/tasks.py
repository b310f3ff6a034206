"""The ticks of schedule and seats: each only says "look at the tables"."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from scheduler.actions import cover, schedule, seats


@shared_task(name="scheduler.hand_on_seats")
def hand_on_seats() -> None:
    """Let offers of seats lapse, offer what is free, and let substitutes of past sessions go."""
    seats.hand_on(now=timezone.now())
    cover.end_covers(now=timezone.now())


@shared_task(name="scheduler.top_up")
def top_up() -> None:
    """Fill the rolling window of every series that has run short."""
    schedule.top_up(now=timezone.now())
