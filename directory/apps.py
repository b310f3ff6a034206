"""The Django app of ``directory``."""

from __future__ import annotations

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """The public directory of meetings."""

    name = "directory"
