"""The ticks: doorbells that say "look at the tables". They carry no data, so none can be lost."""

from __future__ import annotations

from typing import Final

from celery import shared_task
from django.utils import timezone

from notifications.actions.retention import delete_old
from notifications.delivery import clock_skew
from notifications.delivery.workers import deliver_due
from notifications.planning.planner import plan

DELIVER_SECONDS: Final = 10.0  # seconds; then the next tick's task goes on


@shared_task(name="notifications.plan")
def plan_notices() -> None:
    """Write the notices that are owed for the days ahead."""
    if clock_skew.is_right(timezone.now()):
        plan(timezone.now())


@shared_task(name="notifications.deliver")
def deliver() -> None:
    """Hand over what is due, by all ways at once."""
    deliver_due(DELIVER_SECONDS)


@shared_task(name="notifications.forget")
def forget() -> None:
    """Forget what nobody needs any more."""
    delete_old(now=timezone.now())
