"""The wiring, as Django knows it: it brings the commands of the whole product."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds ``manage.py serve``, ``seed`` and their like."""

    name = "config"
