"""Periodic work on rooms. Processes with open connections do it once a second themselves."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sessions.actions.leases import delete_leases
from sessions.actions.purge import purge
from sessions.actions.reconcile import due_work
from sessions.actions.rooms import CommandRequest, execute


@shared_task(name="sessions.tidy_rooms")
def tidy_rooms() -> None:
    """Apply due system commands, delete expired leases, and purge data past its term."""
    now = timezone.now()
    due = due_work(now)
    for room_id, commands in due.commands.items():
        requests = [CommandRequest(command) for command in commands]
        execute(room_id=room_id, requests=requests, now=now)
    delete_leases(lease_ids=due.lease_ids, now=now)
    purge(now=now)
