"""The Django app of ``demo``."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The invented data that ``make demo`` seeds."""

    name = "demo"
