"""The notifications, as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The ledger of who must hear of what."""

    name = "notifications"
