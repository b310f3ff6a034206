"""The clock of rooms in which nobody is: a process with sockets sweeps them each second itself."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sessions.actions.leases import forget_leases
from sessions.actions.purge import forget
from sessions.actions.reconcile import due
from sessions.actions.rooms import Wish, fulfil


@shared_task(name="sessions.tidy_rooms")
def tidy_rooms() -> None:
    """End what is over, show out whose line is dead, delete what had its time."""
    now = timezone.now()
    waiting = due(now)
    for room_id, commands in waiting.commands.items():
        fulfil(room_id=room_id, wishes=[Wish(command) for command in commands], now=now)
    forget_leases(lease_ids=waiting.lease_ids, now=now)
    forget(now=now)
