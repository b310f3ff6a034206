"""The scheduler, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class SchedulerConfig(AppConfig):
    """People, groups and their hours."""

    name = "scheduler"

    def ready(self) -> None:
        """Erase a person's traces in groups when they close their account."""
        from accounts.signals import account_closed  # noqa: PLC0415 - models are there only now
        from scheduler.actions.erasure import erase_person  # noqa: PLC0415 - as above

        account_closed.connect(erase_person, dispatch_uid="scheduler.erasure")
