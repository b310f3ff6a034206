"""Periodic work on accounts."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.actions import browser_sessions


@shared_task(name="accounts.delete_expired_sessions")
def delete_expired_sessions() -> None:
    """Delete browser sessions past their expiry."""
    browser_sessions.delete_expired_sessions(now=timezone.now())
