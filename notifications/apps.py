"""The notifications, as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The ledger of who must hear of what."""

    name = "notifications"

    def ready(self) -> None:
        """Listen to what mail providers report; anymail's webhooks speak by this signal alone."""
        from anymail.signals import tracking  # noqa: PLC0415 - models are there only now

        from notifications.transports.bounces import handle_event  # noqa: PLC0415 - as above

        tracking.connect(handle_event, dispatch_uid="notifications.transports.bounces")
