"""Celery tasks. They carry no data, only the order to read the tables, so a lost one loses nothing."""

from __future__ import annotations

from typing import Final

from celery import shared_task
from django.utils import timezone

from notifications.actions.retention import delete_old
from notifications.delivery import clock_skew
from notifications.delivery.workers import deliver_due
from notifications.planning.planner import plan

DELIVER_SECONDS: Final = 10.0  # then the task of the next tick continues


@shared_task(name="notifications.plan")
def plan_notices() -> None:
    """Insert the notices for the days ahead."""
    if clock_skew.is_right(timezone.now()):
        plan(timezone.now())


@shared_task(name="notifications.deliver")
def deliver() -> None:
    """Hand over what is due on all transports."""
    deliver_due(DELIVER_SECONDS)


@shared_task(name="notifications.forget")
def forget() -> None:
    """Delete what is past its retention period."""
    delete_old(now=timezone.now())
