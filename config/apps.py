"""The wiring, as Django knows it: it brings the commands of the whole product."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds ``manage.py serve``, ``seed`` and their like."""

    name = "config"

    def ready(self) -> None:
        """Make the Celery app the one that a task sent from a page goes to."""
        from config import celery  # noqa: F401, PLC0415 settings must be there first
