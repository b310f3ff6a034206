"""The ticks: doorbells that say "look at the tables". They carry no data, so none can be lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notifications.actions.forgetting import forget_old
from notifications.dispatch import dispatch
from notifications.models import Way
from notifications.planner import plan


@shared_task(name="notifications.plan")
def plan_notices() -> None:
    """Write the notices that are owed for the days ahead."""
    plan(timezone.now())


@shared_task(name="notifications.deliver")
def deliver(way: str) -> None:
    """Hand over what is due by one way."""
    dispatch(Way(way))


@shared_task(name="notifications.forget")
def forget() -> None:
    """Forget what nobody needs any more."""
    forget_old(now=timezone.now())
