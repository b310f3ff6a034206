"""The scheduler, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class SchedulerConfig(AppConfig):
    """People, groups and their hours."""

    name = "scheduler"
