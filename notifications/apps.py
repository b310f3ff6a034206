"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Connects the reports of mail providers."""

    name = "notifications"

    def ready(self) -> None:
        """Receive anymail's signal, by which its webhooks report bounces and complaints."""
        from anymail.signals import tracking  # noqa: PLC0415 - models are not loaded before

        from notifications.transports.bounces import apply_report  # noqa: PLC0415 - as above

        tracking.connect(apply_report, dispatch_uid="notifications.transports.bounces")
