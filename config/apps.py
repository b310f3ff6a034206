"""The Django app of ``config``, which brings ``manage.py serve``."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, URLs and the server."""

    name = "config"

    def ready(self) -> None:
        """Load the Celery app, so that tasks sent by views use it."""
        from config import celery  # noqa: F401, PLC0415 settings must be there first
